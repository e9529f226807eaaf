import type { Findings } from './findings';
import { lengthAt, lengthSize } from './lengths';
import { Step } from './record-walks';
import { SLOT_COUNT } from './slots';
import { MAX_DATABASES, type Tallies } from './tallies';
import { CUT, type StepNotes, type WholeString } from './whole-string';

/** The steps of which a file tells what it holds: which database is next, how many keys that or a slot has. */
export interface CountSteps {
  /** Reads the lengths of a step; where they end, or {@link CUT} or {@link FAILED}. */
  take(step: CountStep, bytes: Uint8Array, at: number, edge: number): number;
  /** Reads a field if it says what the keys of a slot are; of any other one where it begins. */
  takeAux(bytes: Uint8Array, at: number, edge: number): number;
}

/** A step of lengths alone. */
export type CountStep = Step.SelectDatabase | Step.ResizeDatabase | Step.SlotInfo;

/** Whom the steps tell, and what they read strings with. */
export interface CountSetting {
  readonly tallies: Tallies;
  readonly findings: Findings;
  readonly string: WholeString;
  /** A second database is wrong. */
  readonly isOfCluster: boolean;
}

/** Steps that keep nothing themselves. */
export function openCountSteps(notes: StepNotes, setting: CountSetting): CountSteps {
  const { tallies, findings, string, isOfCluster } = setting;
  const lengths = [0, 0, 0];

  /** So many lengths in a row. */
  function readLengths(bytes: Uint8Array, from: number, edge: number, count: number): number {
    let at = from;
    for (let index = 0; index < count; index += 1) {
      if (at >= edge) return CUT;
      const size = lengthSize(bytes[at] ?? 0);
      if (size === 0) return notes.fail('invalid-length', at);
      if (at + size > edge) return CUT;
      lengths[index] = lengthAt(bytes, at, size);
      at += size;
    }
    return at;
  }

  function selectDatabase(db: number, at: number, next: number): number {
    const count = tallies.select(db, notes.offsetOf(at));
    if (count > MAX_DATABASES) return notes.fail('too-many-databases', at);
    if (count > 1 && isOfCluster) findings.note('misfit', 'several-databases', notes.offsetOf(at));
    return next;
  }

  function expectSlot(slot: number, keys: number, expires: number, at: number, next: number): number {
    if (slot >= SLOT_COUNT) return notes.fail('invalid-value', at);
    tallies.expectSlot(slot, keys, expires, notes.offsetOf(at));
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
      }
    },
    takeAux(bytes, at, edge) {
      const value = at + 1 + SLOT_INFO.length;
      if (bytes[at] !== SLOT_INFO.length) return at;
      if (value > edge) return CUT;
      if (SLOT_INFO.some((byte, index) => bytes[at + 1 + index] !== byte)) return at;
      const next = string.read(bytes, value, edge);
      if (next < 0) return next;
      const start = string.bytes.subarray(string.from, Math.min(string.to, string.from + MOST_CHARACTERS));
      const [, slot, keys, expires] = /^(\d+),(\d+),(\d+)/.exec(String.fromCharCode(...start)) ?? [];
      if (slot === undefined || !string.isHeld) return notes.fail('invalid-value', value);
      return expectSlot(Number(slot), Number(keys), Number(expires), value, next);
    },
  };
}

const LENGTHS: Readonly<Record<CountStep, number>> = {
  [Step.SelectDatabase]: 1,
  [Step.ResizeDatabase]: 2,
  [Step.SlotInfo]: 3,
};

/** The name of the field by which Valkey says which slot's keys follow, and how many: `slot,keys,expires`. */
const SLOT_INFO = new TextEncoder().encode('slot-info');
const MOST_CHARACTERS = 100;
