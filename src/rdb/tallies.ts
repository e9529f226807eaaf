import { VALUE_TYPES } from './record-walks';
import type { CountWarning, DatabaseCounts } from './report';

/** What a file holds, and what it says of itself. */
export interface Tallies {
  /**
   * What is being counted, of the database at hand: values by type (the index in {@link VALUE_TYPES}), then keys with an
   * expiry. The same array for all databases; in doubles, because there may be more than 2^31 keys.
   */
  readonly fresh: Float64Array;
  /** A field `slot-info` says what a slot holds. Not in every version: to be set once that is known. */
  hasSlotFields: boolean;
  /** Goes on with a logical database; how many there are by now. */
  select(db: number, offset: number): number;
  /** The file says what its database holds. */
  expectDatabase(keys: number, expires: number): void;
  /** The file says what a slot holds, whose keys follow. */
  expectSlot(slot: number, keys: number, expires: number, offset: number): void;
  /** What follows is of no slot of which the file said what it holds. */
  endSlot(offset: number): void;
  /** No more keys. */
  close(offset: number): void;
  readonly databases: readonly DatabaseCounts[];
  readonly warnings: readonly CountWarning[];
  state(): TalliesState;
}

/**
 * Tallies as JSON, short: a database is its number, its values by type and its expiries; an expectation its numbers in a
 * row; a warning its {@link WARNINGS mark}, the number of the database or the slot, what was expected and found.
 */
export interface TalliesState {
  readonly db: number;
  readonly databases: readonly (readonly number[])[];
  readonly database?: readonly number[];
  readonly slot?: readonly number[];
  readonly warnings: readonly (readonly number[])[];
}

/** How many logical databases are counted, of all that a file may have. */
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
  const rows = new Map((from?.databases ?? []).map(([db = 0, ...counts]) => [db, Float64Array.from(counts)]));
  const warnings = (from?.warnings ?? []).map(warningOf);
  let db = from?.db ?? 0;
  let ofDatabase = expectation(ofDb, from?.database);
  let ofSlot = expectation(ofSlotNumber, from?.slot);
  fresh.set(rows.get(db)?.subarray(0, fresh.length) ?? NONE);

  /** The databases that have a key, with the one at hand. */
  const settle = () => {
    if (keysIn(fresh) > 0) rows.set(db, fresh.slice());
    return rows;
  };
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
      if (next !== db) {
        settle();
        db = next;
        fresh.set(rows.get(db) ?? NONE);
      }
      return rows.size + (rows.has(db) ? 0 : 1);
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
      return [...settle()].map(([number, counts]) => describe(number, counts));
    },
    warnings,
    state() {
      return {
        db,
        databases: [...settle()].map(([number, counts]) => [number, ...counts]),
        ...(ofDatabase && { database: numbersOf(ofDatabase) }),
        ...(ofSlot && { slot: numbersOf(ofSlot) }),
        warnings: warnings.map(numbersOfWarning),
      };
    },
  };
}

/** A plain loop: a file may ask for it with every other byte. */
function keysIn(counts: Float64Array): number {
  let sum = 0;
  for (let type = 0; type < EXPIRES; type += 1) sum += counts[type] ?? 0;
  return sum;
}

function describe(db: number, counts: Float64Array): DatabaseCounts {
  const types = VALUE_TYPES.map((type, index) => [type, counts[index] ?? 0] as const).filter(([, count]) => count > 0);
  return { db, keys: keysIn(counts), expires: counts[EXPIRES] ?? 0, types: Object.fromEntries(types) };
}

function numbersOf({ of, keys, expires, keysBefore, expiresBefore }: Expectation): readonly number[] {
  return ['db' in of ? of.db : of.slot, keys, expires, keysBefore, expiresBefore];
}

function expectation(
  name: (number: number) => CountWarning['of'],
  numbers: readonly number[] | undefined
): Expectation | undefined {
  if (numbers === undefined) return undefined;
  const [number = 0, keys = 0, expires = 0, keysBefore = 0, expiresBefore = 0] = numbers;
  return { of: name(number), keys, expires, keysBefore, expiresBefore };
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
