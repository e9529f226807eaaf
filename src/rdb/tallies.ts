import { VALUE_TYPES } from './record-walks';
import type { CountWarning, DatabaseCounts } from './report';
import { packNumbers, unpackNumbers } from './number-text';

/** What a file holds, and what it says of itself. */
export interface Tallies {
  /**
   * What is being counted, of the database at hand: values by type (the index in {@link VALUE_TYPES}), then keys with an
   * expiry. The same array for all databases; in doubles, because there may be more than 2^31 keys.
   */
  readonly fresh: Float64Array;
  /** A field `slot-info` says what a slot holds. Not in every version: to be set once that is known. */
  hasSlotFields: boolean;
  /** Goes on with a logical database. */
  select(db: number, offset: number): void;
  /** The file says what its database holds. */
  expectDatabase(keys: number, expires: number): void;
  /** The file says what a slot holds, whose keys follow. */
  expectSlot(slot: number, keys: number, expires: number, offset: number): void;
  /** What follows is of no slot of which the file said what it holds. */
  endSlot(offset: number): void;
  /** No more keys. */
  close(offset: number): void;
  /** The first {@link MAX_DATABASES} with a key. */
  readonly databases: readonly DatabaseCounts[];
  /** All others together; undefined where they have no key. */
  readonly otherDatabases: Omit<DatabaseCounts, 'db'> | undefined;
  readonly warnings: readonly CountWarning[];
  state(): TalliesState;
}

/** Tallies as JSON, short: lists of numbers as {@link packNumbers} writes them. */
export interface TalliesState {
  readonly db: number;
  /** Of each database its number, its values by type and its expiries. */
  readonly rows: readonly string[];
  /** The same of all others together, without a number. */
  readonly others?: string;
  /** What is expected of the database at hand: keys and expiries, and how many were found so far. */
  readonly keys?: string;
  /** The same of a slot, behind its number. */
  readonly slot?: string;
  /** A {@link WARNINGS mark}, the number of the database or the slot, what was expected and found. */
  readonly warnings: readonly string[];
}

/** How many logical databases are counted one by one; what more there are, together. */
export const MAX_DATABASES = 256;

/** Warnings that are kept. */
export const MAX_WARNINGS = 8;

const EXPIRES = VALUE_TYPES.length;
const NONE = new Float64Array(EXPIRES + 1);

/** What the file says, and what had been counted when it said so. */
interface Expectation {
  readonly of: CountWarning['of'];
  readonly keys: number;
  readonly expires: number;
  readonly keysBefore: number;
  readonly expiresBefore: number;
}

/** Counts from the beginning, or on from a state. */
export function openTallies(onMismatch: (offset: number) => void, from?: TalliesState): Tallies {
  const fresh = new Float64Array(EXPIRES + 1);
  const rows = new Map((from?.rows ?? []).map(unpackRow));
  let others = countsOf(unpackNumbers(from?.others));
  const warnings = (from?.warnings ?? []).map((text) => warningOf(unpackNumbers(text)));
  let db = from?.db ?? 0;
  begin();
  let ofDatabase = from?.keys === undefined ? undefined : expectation({ db }, unpackNumbers(from.keys));
  let ofSlot = from?.slot === undefined ? undefined : expectationOfSlot(unpackNumbers(from.slot));

  function begin(): void {
    fresh.set(rows.get(db) ?? (rows.size < MAX_DATABASES ? NONE : others));
  }
  /** Puts the database at hand to those that have a key. */
  function settle(): void {
    if (keysIn(fresh) === 0) return;
    if (rows.has(db) || rows.size < MAX_DATABASES) rows.set(db, fresh.slice());
    else others = fresh.slice();
  }
  function expectation(of: CountWarning['of'], numbers: readonly number[]): Expectation {
    const [keys = 0, expires = 0, found = 0, foundExpires = 0] = numbers;
    const [keysBefore, expiresBefore] = [keysIn(fresh) - found, (fresh[EXPIRES] ?? 0) - foundExpires];
    return { of, keys, expires, keysBefore, expiresBefore };
  }
  function expectationOfSlot([slot = 0, ...numbers]: readonly number[]): Expectation {
    return expectation({ slot }, numbers);
  }
  function numbersOf({ keys, expires, keysBefore, expiresBefore }: Expectation): readonly number[] {
    return [keys, expires, keysIn(fresh) - keysBefore, (fresh[EXPIRES] ?? 0) - expiresBefore];
  }
  const expect = (of: CountWarning['of'], keys: number, expires: number): Expectation => {
    return { of, keys, expires, keysBefore: keysIn(fresh), expiresBefore: fresh[EXPIRES] ?? 0 };
  };
  const mismatch = (
    kind: CountWarning['kind'],
    { of, [kind]: expected }: Expectation,
    found: number,
    offset: number
  ) => {
    if (found === expected) return;
    onMismatch(offset);
    if (warnings.length < MAX_WARNINGS) warnings.push({ kind, of, expected, found });
  };
  const compare = (expected: Expectation | undefined, offset: number) => {
    if (expected === undefined) return;
    mismatch('keys', expected, keysIn(fresh) - expected.keysBefore, offset);
    mismatch('expires', expected, (fresh[EXPIRES] ?? 0) - expected.expiresBefore, offset);
  };
  const endSlot = (offset: number) => {
    compare(ofSlot, offset);
    ofSlot = undefined;
  };
  const close = (offset: number) => {
    endSlot(offset);
    compare(ofDatabase, offset);
    ofDatabase = undefined;
  };

  return {
    fresh,
    hasSlotFields: false,
    select(next, offset) {
      close(offset);
      settle();
      db = next;
      begin();
    },
    expectDatabase(keys, expires) {
      ofDatabase = expect({ db }, keys, expires);
    },
    expectSlot(slot, keys, expires, offset) {
      compare(ofSlot, offset);
      ofSlot = expect({ slot }, keys, expires);
    },
    endSlot,
    close,
    get databases() {
      settle();
      return [...rows].map(([number, counts]) => ({ db: number, ...describe(counts) }));
    },
    get otherDatabases() {
      settle();
      return keysIn(others) > 0 ? describe(others) : undefined;
    },
    warnings,
    state() {
      settle();
      return {
        db,
        rows: [...rows].map(packRow),
        ...(keysIn(others) > 0 && { others: packNumbers([...others]) }),
        ...(ofDatabase && { keys: packNumbers(numbersOf(ofDatabase)) }),
        ...(ofSlot && 'slot' in ofSlot.of && { slot: packNumbers([ofSlot.of.slot, ...numbersOf(ofSlot)]) }),
        warnings: warnings.map((warning) => packNumbers(numbersOfWarning(warning))),
      };
    },
  };
}

/**
 * The same with one database less, the last but the one at hand, which is counted together with others; undefined where
 * there is none.
 */
export function foldDatabase(state: TalliesState): TalliesState | undefined {
  const rows = state.rows.map(unpackRow);
  const index = rows.findLastIndex(([db]) => db !== state.db);
  if (index < 0) return undefined;
  const folded = rows[index]?.[1] ?? NONE;
  const others = countsOf(unpackNumbers(state.others)).map((count, at) => count + (folded[at] ?? 0));
  return { ...state, rows: state.rows.toSpliced(index, 1), others: packNumbers([...others]) };
}

type Row = readonly [db: number, counts: Float64Array];

function packRow([db, counts]: Row): string {
  return packNumbers([db, ...counts]);
}

function unpackRow(text: string): Row {
  const [db = 0, ...counts] = unpackNumbers(text);
  return [db, countsOf(counts)];
}

function countsOf(counts: readonly number[]): Float64Array {
  return Float64Array.from(NONE, (none, at) => counts[at] ?? none);
}

/** A plain loop: a file may ask for it with every other byte. */
function keysIn(counts: Float64Array): number {
  let sum = 0;
  for (let type = 0; type < EXPIRES; type += 1) sum += counts[type] ?? 0;
  return sum;
}

function describe(counts: Float64Array): Omit<DatabaseCounts, 'db'> {
  const types = VALUE_TYPES.map((type, index) => [type, counts[index] ?? 0] as const).filter(([, count]) => count > 0);
  return { keys: keysIn(counts), expires: counts[EXPIRES] ?? 0, types: Object.fromEntries(types) };
}

/** Marks of warnings: 1 for one of expiries, and 2 for one of a slot. */
const WARNINGS = { expires: 1, slot: 2 } as const;

function numbersOfWarning({ kind, of, expected, found }: CountWarning): readonly number[] {
  const mark = kind === 'expires' ? WARNINGS.expires : 0;
  return 'slot' in of ? [mark | WARNINGS.slot, of.slot, expected, found] : [mark, of.db, expected, found];
}

function warningOf([mark = 0, number = 0, expected = 0, found = 0]: readonly number[]): CountWarning {
  const of = mark & WARNINGS.slot ? ofSlotNumber(number) : ofDb(number);
  return { kind: mark & WARNINGS.expires ? 'expires' : 'keys', of, expected, found };
}

const ofDb = (db: number): CountWarning['of'] => ({ db });
const ofSlotNumber = (slot: number): CountWarning['of'] => ({ slot });
