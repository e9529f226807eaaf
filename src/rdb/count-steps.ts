import type { Findings } from './findings';
import type { RdbMagic } from './formats';
import { lengthAt, lengthSize } from './lengths';
import { Step } from './record-walks';
import type { ShardSlots } from './shard-slots';
import { SLOT_COUNT } from './slots';
import type { Tallies } from './tallies';
import { CUT, type StepNotes, type WholeString } from './whole-string';

/** The steps of which a file tells what it holds: which database is next, how many keys that or a slot has, which slots. */
export interface CountSteps {
  /** Reads the lengths of a step; where they end, or {@link CUT} or {@link FAILED}. */
  take(step: CountStep, bytes: Uint8Array, at: number, edge: number): number;
  /** Reads a field if it says what the keys of a slot are; of any other one where it begins. */
  takeAux(bytes: Uint8Array, at: number, edge: number): number;
}

/** A step of lengths alone. */
export type CountStep = Step.SelectDatabase | Step.ResizeDatabase | Step.SlotInfo | Step.ImportedSlots;

/** Whom the steps tell, and what they read strings with. */
export interface CountSetting {
  readonly tallies: Tallies;
  readonly findings: Findings;
  readonly shard: Pick<ShardSlots, 'addImported'>;
  readonly string: WholeString;
  /**
   * A database other than 0 is wrong: engines of before Valkey 9 have no other in a cluster, and MemoryDB does not restore
   * one. Valkey 9 (magic VALKEY) may have some; MemoryDB is not known to write that, so there is one rule for all.
   */
  readonly isOfCluster: boolean;
}

/** Steps that keep nothing themselves. */
export function openCountSteps(notes: StepNotes, setting: CountSetting): CountSteps {
  const { tallies, findings, shard, string, isOfCluster } = setting;
  const lengths = [0, 0, 0];

  /** So many lengths in a row. */
  function readLengths(bytes: Uint8Array, from: number, edge: number, count: number): number {
    let at = from;
    for (let index = 0; index < count; index += 1) {
      if (at >= edge) return CUT;
      const size = lengthSize(bytes[at] ?? 0);
      if (size === 0) return notes.fail('invalid-length', at);
      if (at + size > edge) return CUT;
      lengths[index] = toCount(lengthAt(bytes, at, size));
      at += size;
    }
    return at;
  }

  function selectDatabase(db: number, at: number, next: number): number {
    if (db !== 0 && isOfCluster) findings.note('misfit', 'other-database', notes.offsetOf(at));
    tallies.select(db, notes.offsetOf(at));
    return next;
  }

  function expectSlot(slot: number, keys: number, expires: number, at: number, next: number): number {
    if (slot >= SLOT_COUNT) return notes.fail('invalid-value', at);
    tallies.expectSlot(slot, keys, expires, notes.offsetOf(at));
    return next;
  }

  function importSlots(first: number, last: number, at: number, next: number): number {
    if (first > last || last >= SLOT_COUNT) return notes.fail('invalid-value', at);
    if (!shard.addImported({ first, last }) && isOfCluster) notes.doubt(at);
    return next;
  }

  /** What Valkey cannot read it refuses; a slot that there is not it passes over. */
  function readSlotField(value: string, at: number, next: number): number {
    if (!READABLE.test(value)) return notes.fail('invalid-value', at);
    const [slot, keys = 0, expires = 0] = AS_WRITTEN.exec(value)?.slice(1).map(toCount) ?? [];
    if (slot === undefined || slot >= SLOT_COUNT) tallies.endSlot(notes.offsetOf(at));
    else tallies.expectSlot(slot, keys, expires, notes.offsetOf(at));
    return next;
  }

  return {
    take(step, bytes, at, edge) {
      const next = readLengths(bytes, at, edge, LENGTHS[step]);
      if (next < 0) return next;
      const [first = 0, second = 0, third = 0] = lengths;
      switch (step) {
        case Step.SelectDatabase:
          return selectDatabase(first, at, next);
        case Step.ResizeDatabase:
          tallies.expectDatabase(first, second);
          return next;
        case Step.SlotInfo:
          return expectSlot(first, second, third, at, next);
        case Step.ImportedSlots:
          return importSlots(first, second, at, next);
      }
    },
    takeAux(bytes, at, edge) {
      const value = at + 1 + SLOT_INFO.length;
      if (bytes[at] !== SLOT_INFO.length || !tallies.hasSlotFields) return at;
      if (value > edge) return CUT;
      if (SLOT_INFO.some((byte, index) => bytes[at + 1 + index] !== byte)) return at;
      const next = string.read(bytes, value, edge);
      if (next < 0 || !string.isHeld) return next;
      const start = string.bytes.subarray(string.from, Math.min(string.to, string.from + MOST_CHARACTERS));
      return readSlotField(String.fromCharCode(...start), value, next);
    },
  };
}

/** No file holds more than a double can count. */
function toCount(number: string | number): number {
  return Math.min(Number(number), Number.MAX_SAFE_INTEGER);
}

const LENGTHS: Readonly<Record<CountStep, number>> = {
  [Step.SelectDatabase]: 1,
  [Step.ResizeDatabase]: 2,
  [Step.SlotInfo]: 3,
  [Step.ImportedSlots]: 2,
};

/**
 * The name of the field by which Valkey says which slot's keys follow, and how many: `slot,keys,expires`, and more in
 * later versions.
 */
const SLOT_INFO = new TextEncoder().encode('slot-info');
const MOST_CHARACTERS = 100;

/** Of that field: the three numbers as `%i,%lu,%lu` of Valkey's sscanf takes them, and as Valkey writes them. */
const READABLE = /^[ \t-\r]*[+-]?(?:0x[\da-f]+|0[0-7]*|[1-9]\d*),[ \t-\r]*[+-]?\d+,[ \t-\r]*[+-]?\d/i;
const AS_WRITTEN = /^(0|[1-9]\d*),(\d+),(\d+)/;

/** The versions in which that field means it: those of Valkey 8 (as Redis 11) and 9 (valkey `src/rdb.c`). */
export function hasSlotFields(magic: RdbMagic, version: number): boolean {
  return magic === 'REDIS' ? version === 11 : version >= 80;
}
