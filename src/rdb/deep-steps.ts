import { lengthAt, lengthSize, wordAt } from './lengths';
import { countPacked, openPackedChecks, type PackedShape } from './packed/check-packed';
import { Look, PACKED_SHAPES } from './record-walks';
import { openStreamChecks } from './stream-checks';
import { emptyStringHead, readStringHead } from './string-head';
import { CUT, FAILED, openWholeString, type StepNotes } from './whole-string';

/** The steps of level `deep`: they look into values. What they keep of a value goes into a checkpoint. */
export interface DeepSteps {
  /**
   * Looks at what is at an offset; where it ends, or {@link CUT} or {@link FAILED}.
   *
   * @param what the argument of `Step.Deep`
   */
  take(what: number, bytes: Uint8Array, at: number, edge: number): number;
  state(): readonly number[];
}

/** What engines drop where it holds nothing: a value of it without an element is refused by redis-check-rdb. */
const NEVER_EMPTY = new Set<PackedShape>([
  'set listpack',
  'hash listpack',
  'zset listpack',
  'hash listpack with expiry',
  'list ziplist',
  'hash ziplist',
  'zset ziplist',
]);

/** The latest expiry of a hash's field, in milliseconds (redis `src/ebuckets.h`). */
const LATEST_EXPIRY = 2 ** 48 - 1;

/** The expiry that a whole hash has where no field has any (redis `src/ebuckets.h`: EB_EXPIRE_TIME_INVALID). */
const NO_FIRST_EXPIRY = LATEST_EXPIRY + 1;

/** As `%.17g` writes a number. */
const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/** Passes over the string at an offset; where it ends, or {@link CUT} or {@link FAILED}. */
export type PassString = (bytes: Uint8Array, at: number, edge: number) => number;

/** Steps with nothing kept yet, or with what other ones had kept. */
export function openDeepSteps(notes: StepNotes, pass: PassString, from: readonly number[] = []): DeepSteps {
  const packed = openPackedChecks();
  const string = openWholeString(notes);
  const head = emptyStringHead();
  let [elements = 0, firstExpiry = 0] = from;
  const stream = openStreamChecks(from.slice(2));

  /** Reads a packed value and checks it. Not a step of its own: see {@link isWalked}. */
  function readPacked(shape: PackedShape, bytes: Uint8Array, at: number, edge: number): number {
    const next = string.read(bytes, at, edge);
    if (next < 0 || !string.isHeld) return next;
    const wrong = packed.check(shape, string.bytes, string.from, string.to);
    if (wrong < 0) return next;
    return notes.fail('invalid-value', string.isInPlace ? wrong : at);
  }
  const isWalked = (next: number) => next >= 0 && string.isHeld;
  const count = (shape: PackedShape) => countPacked(shape, string.bytes, string.from, string.to);

  function readValue(shape: PackedShape, bytes: Uint8Array, at: number, edge: number): number {
    const next = readPacked(shape, bytes, at, edge);
    const isEmpty = isWalked(next) && NEVER_EMPTY.has(shape) && count(shape) === 0;
    return isEmpty ? notes.fail('empty-value', at) : next;
  }

  /** A node of a list in one of two packings. */
  function readNode(shape: PackedShape, bytes: Uint8Array, at: number, edge: number): number {
    const next = readPacked(shape, bytes, at, edge);
    if (next >= 0) elements += string.isHeld ? count(shape) : 1;
    return next;
  }

  /** A node that is one element, of any length: it has a byte at least. */
  function readPlainNode(bytes: Uint8Array, at: number, edge: number): number {
    const outcome = readStringHead(bytes, at, edge, head);
    if (outcome === 'read' && (head.form === 'lzf' ? head.unfolded : head.length) === 0) {
      return notes.fail('invalid-value', at);
    }
    const next = pass(bytes, at, edge);
    if (next >= 0) elements += 1;
    return next;
  }

  function readEitherNode(bytes: Uint8Array, at: number, edge: number): number {
    if (bytes[at] === PLAIN) return readPlainNode(bytes, at + 1, edge);
    if (bytes[at] === LISTPACK) return readNode('list listpack', bytes, at + 1, edge);
    return notes.fail('invalid-value', at);
  }

  function endList(at: number): number {
    const isEmpty = elements === 0;
    elements = 0;
    return isEmpty ? notes.fail('empty-value', at) : at;
  }

  function readScore(bytes: Uint8Array, at: number, edge: number): number {
    if (at + 8 > edge) return CUT;
    return isNaN64(bytes, at) ? notes.fail('invalid-value', at) : at + 8;
  }

  function readTextScore(bytes: Uint8Array, at: number, edge: number): number {
    const length = bytes[at] ?? 0;
    if (length === NOT_A_NUMBER) return notes.fail('invalid-value', at);
    if (length > NOT_A_NUMBER) return at + 1;
    const end = at + 1 + length;
    if (end > edge) return CUT;
    const text = String.fromCharCode(...bytes.subarray(at + 1, end));
    return DECIMAL.test(text) ? end : notes.fail('invalid-value', at);
  }

  function readFirstExpiry(bytes: Uint8Array, at: number, edge: number): number {
    if (at + 8 > edge) return CUT;
    firstExpiry = littleWordAt(bytes, at) + littleWordAt(bytes, at + 4) * 2 ** 32;
    return firstExpiry > NO_FIRST_EXPIRY ? notes.fail('invalid-value', at) : at + 8;
  }

  function readLaterExpiry(bytes: Uint8Array, at: number, edge: number): number {
    const size = lengthSize(bytes[at] ?? 0);
    if (size === 0) return notes.fail('invalid-length', at);
    if (at + size > edge) return CUT;
    const later = lengthAt(bytes, at, size);
    const isTooLate = later > 0 && firstExpiry + later - 1 > LATEST_EXPIRY;
    return isTooLate ? notes.fail('invalid-value', at) : at + size;
  }

  /** A signed time in milliseconds, -1 for none: there is nothing below (valkey `src/rdb.c`). */
  function readFieldExpiry(bytes: Uint8Array, at: number, edge: number): number {
    if (at + 8 > edge) return CUT;
    const isNone = littleWordAt(bytes, at) === ALL_BITS && littleWordAt(bytes, at + 4) === ALL_BITS;
    const isNegative = (bytes[at + 7] ?? 0) >= 0x80;
    return isNegative && !isNone ? notes.fail('invalid-value', at) : at + 8;
  }

  function readStreamNode(bytes: Uint8Array, at: number, edge: number): number {
    if (bytes[at] !== ID_LENGTH) return notes.fail('invalid-value', at);
    if (at + 1 + ID_LENGTH > edge) return CUT;
    if (!stream.addNode(bytes, at + 1)) notes.doubt(at);
    return at + 1 + ID_LENGTH;
  }

  function readStreamEntries(bytes: Uint8Array, at: number, edge: number): number {
    const next = readPacked('stream listpack', bytes, at, edge);
    if (next >= 0) stream.addEntries(string.isHeld ? count('stream listpack') : undefined);
    return next;
  }

  function readStreamLength(bytes: Uint8Array, at: number, edge: number): number {
    const size = lengthSize(bytes[at] ?? 0);
    if (size === 0) return notes.fail('invalid-length', at);
    if (at + size > edge) return CUT;
    const compared = stream.endEntries(lengthAt(bytes, at, size));
    if (compared === 'more') notes.doubt(at, 'stream-length');
    return compared === 'wrong' ? notes.fail('invalid-value', at) : at + size;
  }

  function readPending(bytes: Uint8Array, at: number, edge: number, isOfConsumer: boolean): number {
    if (at + ID_LENGTH > edge) return CUT;
    if (!stream.addPending(bytes, at, isOfConsumer)) notes.doubt(at);
    return at + ID_LENGTH;
  }

  const readers: Partial<Record<number, Reader>> = {
    [Look.Packed]: (bytes, at, edge, shape) => readValue(PACKED_SHAPES[shape] ?? 'list listpack', bytes, at, edge),
    [Look.Node]: readEitherNode,
    [Look.ZiplistNode]: (bytes, at, edge) => readNode('list ziplist', bytes, at, edge),
    [Look.ListEnd]: (_, at) => endList(at),
    [Look.Score]: readScore,
    [Look.TextScore]: readTextScore,
    [Look.FirstExpiry]: readFirstExpiry,
    [Look.LaterExpiry]: readLaterExpiry,
    [Look.FieldExpiry]: readFieldExpiry,
    [Look.IdsBegin](_, at) {
      stream.beginIds();
      return at;
    },
    [Look.StreamNode]: readStreamNode,
    [Look.StreamEntries]: readStreamEntries,
    [Look.StreamLength]: readStreamLength,
    [Look.GroupPending]: (bytes, at, edge) => readPending(bytes, at, edge, false),
    [Look.ConsumerPending]: (bytes, at, edge) => readPending(bytes, at, edge, true),
    [Look.GroupEnd]: (_, at) => (stream.endGroup() ? at : notes.fail('invalid-value', at)),
  };
  return {
    take: (what, bytes, at, edge) => readers[what & 255]?.(bytes, at, edge, what >> 8) ?? FAILED,
    state: () => [elements, firstExpiry, ...stream.state()],
  };
}

/** Takes a step at an offset, see {@link DeepSteps}. */
type Reader = (bytes: Uint8Array, at: number, edge: number, argument: number) => number;

/** How a node of a list is packed. */
const [PLAIN, LISTPACK] = [1, 2];
/** The length byte of a score that is not a number; the two above it are the infinities. */
const NOT_A_NUMBER = 253;
const ID_LENGTH = 16;
const ALL_BITS = 0xffff_ffff;

function littleWordAt(bytes: Uint8Array, at: number): number {
  return swap(wordAt(bytes, at));
}

function swap(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24)) >>> 0;
}

/** A double, the lowest byte first: all bits of the exponent, and one of the rest at least. */
function isNaN64(bytes: Uint8Array, at: number): boolean {
  if (((bytes[at + 7] ?? 0) & 0x7f) !== 0x7f || (bytes[at + 6] ?? 0) < 0xf0) return false;
  return (littleWordAt(bytes, at + 4) & 0xf_ffff) !== 0 || littleWordAt(bytes, at) !== 0;
}
