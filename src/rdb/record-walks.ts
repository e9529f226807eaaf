import type { RdbMagic } from './formats';
import type { PackedShape } from './packed/check-packed';
import type { ValueType } from './report';

/** What the walk does next. */
export const enum Step {
  /** Reads an opcode, and the key of a value. */
  Record,
  /** Behind the end mark: nothing more may come. */
  End,
  String,
  /** So many bytes as they are. */
  Raw,
  Length,
  /** Reads how often the steps up to `Next` are done; the argument is where to go on where that is never. */
  Each,
  /** Back to the step in the argument, where there is one more to do. */
  Next,
  /** The record is over. */
  Done,
  /** A score as text behind its length in one byte. */
  TextScore,
  /** A node of a list: how it is packed, and a string. */
  Node,
  /** An item of a module's value, described by itself; the last one is 0. */
  ModuleItem,
  /** When a module's field is read: an unsigned integer by its mark. */
  ModuleWhen,
  Expiry,
  SelectDatabase,
  ResizeDatabase,
  SlotInfo,
  /** Looks whether the field says what a slot holds; then the two strings behind are done with. */
  Aux,
  /** As `Each`; none at all is a value that engines do not write. */
  EachOfSome,
  /** A step of level `deep`, by the argument: a {@link Look}, and above its eight bits what that needs to know. */
  Deep,
  /** The first and the last of slots that are being imported. */
  ImportedSlots,
  /** As `Raw`; level `deep` has a {@link Look.Score} at it. A step of its own because it is taken that often. */
  Score,
}

/** What level `deep` looks at. */
export const enum Look {
  Packed,
  Node,
  ZiplistNode,
  ListEnd,
  Score,
  TextScore,
  FirstExpiry,
  LaterExpiry,
  /** A list of ids begins. */
  IdsBegin,
  StreamNode,
  StreamEntries,
  StreamLength,
  GroupPending,
  ConsumerPending,
  GroupEnd,
  FieldExpiry,
}

/** A part of a record: a step with its argument, and what level `deep` looks at instead of it. */
interface Part {
  /** Absent where nothing is to be read, and only level `deep` has something to look at. */
  readonly step?: Step;
  readonly argument?: number;
  readonly look?: Look;
  readonly each?: readonly Part[];
}

const part = (step: Step, look?: Look): Part => ({ step, ...(look !== undefined && { look }) });
const raw = (bytes: number, look?: Look): Part => ({ ...part(Step.Raw, look), argument: bytes });
/** Parts that come as often as a length before them says. */
const each = (...parts: readonly Part[]): Part => ({ step: Step.Each, each: parts });
/** The same, of which engines write one at least. */
const some = (...parts: readonly Part[]): Part => ({ step: Step.EachOfSome, each: parts });

const string = part(Step.String);
const length = part(Step.Length);

/** Every packed shape of a whole value; the index is the argument of {@link Look.Packed}. */
export const PACKED_SHAPES: readonly PackedShape[] = [
  'list listpack',
  'set listpack',
  'hash listpack',
  'zset listpack',
  'hash listpack with expiry',
  'list ziplist',
  'hash ziplist',
  'zset ziplist',
  'hash zipmap',
  'set intset',
];
const packed = (shape: PackedShape): Part => ({
  ...part(Step.String, Look.Packed),
  argument: PACKED_SHAPES.indexOf(shape),
});

/** A stream of one of three versions: each added fields to what was there before. */
function streamOf(version: 1 | 2 | 3): readonly Part[] {
  const sinceSecond = version > 1 ? [length] : [];
  const sinceThird = version > 2 ? [raw(8)] : [];
  const ids = { look: Look.IdsBegin };
  const pending = each(raw(16, Look.ConsumerPending));
  return [
    ids,
    each(part(Step.String, Look.StreamNode), part(Step.String, Look.StreamEntries)),
    part(Step.Length, Look.StreamLength),
    ...[length, length], // the last id
    ...(version > 1 ? [length, length, length, length, length] : []), // the first id, the highest deleted one, all added
    each(
      ...[string, length, length, ...sinceSecond], // the group's name, its last id, entries read
      ids,
      each(raw(16, Look.GroupPending), raw(8), length), // when delivered, and how often
      each(string, raw(8), ...sinceThird, ids, pending), // the consumer's name, when seen, when active
      { look: Look.GroupEnd }
    ),
  ];
}

/** Since which version something is written under each magic; absent = never. */
interface Since {
  readonly REDIS?: number;
  readonly VALKEY?: number;
}
const since = (redis: number): Since => ({ REDIS: redis, VALKEY: 80 });

interface RecordWalk {
  readonly code: number;
  readonly since: Since;
  readonly walk: readonly Part[];
  /** Of a value. Other records have no key. */
  readonly type?: ValueType;
}

/**
 * Every record that is known, by its first byte. Numbers mean other things under another magic, and what is not here
 * is refused: pre-release formats (6, 22, 23, 246), what came after Redis 8.4 and Valkey 9.1 (26-33, 242).
 *
 * Sources: `src/rdb.h` and `rdbLoadObject` in `src/rdb.c` of Redis 7.0 and 8.0, Valkey 8.1 and 9; for slots that are being
 * imported `src/cluster_migrateslots.c` of Valkey 9.
 */
const RECORDS: readonly RecordWalk[] = [
  { code: 0, type: 'string', since: since(1), walk: [string] },
  { code: 1, type: 'list', since: since(1), walk: [some(string)] },
  { code: 2, type: 'set', since: since(1), walk: [some(string)] },
  { code: 3, type: 'zset', since: since(1), walk: [some(string, part(Step.TextScore, Look.TextScore))] },
  { code: 4, type: 'hash', since: since(1), walk: [some(string, string)] },
  { code: 5, type: 'zset', since: since(8), walk: [some(string, raw(8, Look.Score))] },
  { code: 7, type: 'module', since: since(8), walk: [length, part(Step.ModuleItem)] },
  { code: 9, type: 'hash', since: since(1), walk: [packed('hash zipmap')] },
  { code: 10, type: 'list', since: since(1), walk: [packed('list ziplist')] },
  { code: 11, type: 'set', since: since(1), walk: [packed('set intset')] },
  { code: 12, type: 'zset', since: since(1), walk: [packed('zset ziplist')] },
  { code: 13, type: 'hash', since: since(1), walk: [packed('hash ziplist')] },
  {
    code: 14,
    type: 'list',
    since: since(7),
    walk: [some(part(Step.String, Look.ZiplistNode)), { look: Look.ListEnd }],
  },
  { code: 15, type: 'stream', since: since(9), walk: streamOf(1) },
  { code: 16, type: 'hash', since: since(10), walk: [packed('hash listpack')] },
  { code: 17, type: 'zset', since: since(10), walk: [packed('zset listpack')] },
  { code: 18, type: 'list', since: since(10), walk: [some(part(Step.Node, Look.Node)), { look: Look.ListEnd }] },
  { code: 19, type: 'stream', since: since(10), walk: streamOf(2) },
  { code: 20, type: 'set', since: since(11), walk: [packed('set listpack')] },
  { code: 21, type: 'stream', since: since(11), walk: streamOf(3) },
  { code: 22, type: 'hash', since: { VALKEY: 80 }, walk: [some(string, string, raw(8, Look.FieldExpiry))] },
  {
    code: 24,
    type: 'hash',
    since: { REDIS: 12 },
    walk: [raw(8, Look.FirstExpiry), some(part(Step.Length, Look.LaterExpiry), string, string)],
  },
  { code: 25, type: 'hash', since: { REDIS: 12 }, walk: [raw(8), packed('hash listpack with expiry')] },
  // The name of the job, and ranges of slots. Valkey writes it before the data; to Redis 8.6 the number means something else.
  { code: 243, since: { VALKEY: 80 }, walk: [string, each(part(Step.ImportedSlots))] },
  { code: 244, since: since(11), walk: [part(Step.SlotInfo)] },
  { code: 245, since: since(10), walk: [string] },
  { code: 247, since: since(9), walk: [length, part(Step.ModuleWhen), length, part(Step.ModuleItem)] },
  { code: 248, since: since(9), walk: [length] },
  { code: 249, since: since(9), walk: [raw(1)] },
  { code: 250, since: since(7), walk: [part(Step.Aux), string, string] },
  { code: 251, since: since(7), walk: [part(Step.ResizeDatabase)] },
  { code: 252, since: since(3), walk: [{ step: Step.Expiry, argument: 8 }] },
  { code: 253, since: since(1), walk: [{ step: Step.Expiry, argument: 4 }] },
  { code: 254, since: since(1), walk: [part(Step.SelectDatabase)] },
  { code: 255, since: since(1), walk: [] },
];

/** Every type of value, in the words of TYPE; the index is what the tallies count by. */
export const VALUE_TYPES: readonly ValueType[] = ['string', 'list', 'set', 'zset', 'hash', 'stream', 'module'];

/** How deep loops lie in each other: the pending entries of the consumers of the groups of a stream. */
export const MAX_NESTING = 3;

/** Where the walk is between two records, and behind the end mark. */
export const AT_RECORD = 0;
export const AT_END = 1;

/** How every record of a version is walked. */
export interface Walks {
  readonly steps: readonly Step[];
  /** One for each step. */
  readonly arguments: Int32Array;
  /**
   * One for each step: how many bytes are behind a string that is, with them, all that a loop repeats; -1 for any other
   * step.
   */
  readonly widths: Int32Array;
  /** By the first byte of a record: where its steps begin; 0 where it is not known. */
  readonly starts: Int32Array;
  /** By the first byte: the index of the value's type; -1 for a record without a key. */
  readonly types: Int8Array;
}

/** The walks of a version, and of a level. */
export function compileWalks(magic: RdbMagic, version: number, isDeep: boolean): Walks {
  const code: Code = { steps: [Step.Record, Step.End], arguments: [0, 0] };
  const starts = new Int32Array(256);
  const types = new Int8Array(256).fill(-1);
  for (const { code: first, since, walk, type } of RECORDS) {
    if (version < (since[magic] ?? Infinity)) continue;
    if (type !== undefined) types[first] = VALUE_TYPES.indexOf(type);
    starts[first] = walk.length === 0 ? AT_END : code.steps.length;
    compile(walk, isDeep, code);
    append(code, Step.Done);
  }
  const widths = Int32Array.from(code.steps, (_, at) => widthBehind(at, code));
  return { steps: code.steps, arguments: Int32Array.from(code.arguments), widths, starts, types };
}

interface Code {
  readonly steps: Step[];
  readonly arguments: number[];
}

function compile(parts: readonly Part[], isDeep: boolean, code: Code): void {
  for (const { step, argument = 0, look, each } of parts) {
    if (isDeep && look !== undefined) compileLook(look, argument, code);
    else if (each !== undefined) compileLoop(step === Step.EachOfSome && isDeep ? step : Step.Each, each, isDeep, code);
    else if (step !== undefined) append(code, step, argument);
  }
}

function compileLook(look: Look, argument: number, code: Code): void {
  if (look === Look.Score) append(code, Step.Score, argument);
  else append(code, Step.Deep, look | (argument << 8));
}

function compileLoop(step: Step, parts: readonly Part[], isDeep: boolean, code: Code): void {
  const at = code.steps.length;
  append(code, step);
  compile(parts, isDeep, code);
  append(code, Step.Next, at + 1);
  code.arguments[at] = code.steps.length;
}

function append(code: Code, step: Step, argument = 0): void {
  code.steps.push(step);
  code.arguments.push(argument);
}

function widthBehind(at: number, { steps, arguments: given }: Code): number {
  const isWide = steps[at + 1] === Step.Raw || steps[at + 1] === Step.Score;
  const next = isWide ? at + 2 : at + 1;
  if (steps[at] !== Step.String || steps[next] !== Step.Next || given[next] !== at) return -1;
  return isWide ? (given[at + 1] ?? 0) : 0;
}
