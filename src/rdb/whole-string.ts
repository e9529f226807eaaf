import { unfoldLzf } from './lzf';
import { emptyStringHead, integerText, readStringHead } from './string-head';
import type { Reason } from './verdict';

/** Instead of where a step ends: it needs bytes that are not there yet. */
export const CUT = -1;
/** Instead of where a step ends: it cannot be, and has been noted. */
export const FAILED = -2;

/** What steps tell of what they meet. Offsets are those in the buffer. */
export interface StepNotes {
  /** Proven wrong, or not known: the walk ends. */
  fail(reason: Reason, at: number): typeof FAILED;
  /** Could not be looked into, or may be right: the walk goes on. */
  doubt(at: number, reason?: Reason): void;
  /** Where in the file that is. */
  offsetOf(at: number): number;
  /** Where a string ends; beyond what the buffer can hold, the rest is left to be skipped. */
  leap(start: number, length: number): number;
}

/** The bytes of a string, wherever they are: in the buffer itself, or unfolded from it. Valid until the next one. */
export interface WholeString {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** False for one that is too long to be held. */
  readonly isHeld: boolean;
  /** Whether the bytes are as they are in the buffer. */
  readonly isInPlace: boolean;
  /** Reads the string at an offset; where it ends, or {@link CUT} or {@link FAILED}. */
  read(bytes: Uint8Array, at: number, edge: number): number;
}

/** Bytes of a key or a packed value that are held; the engines' own limit is 512 MB, their use a few KB. */
const MAX_HELD = (1 << 25) - (1 << 10);

/** A compressed byte stands for 88 at most. */
const MAX_UNFOLDING = 88;

/** A reader with room of its own for what is not stored plain. */
export function openWholeString(notes: StepNotes): WholeString {
  const head = emptyStringHead();
  let room = new Uint8Array(4_096);
  const string = {
    bytes: room as Uint8Array,
    from: 0,
    to: 0,
    isHeld: true,
    isInPlace: true,
    read(bytes: Uint8Array, at: number, edge: number): number {
      const outcome = readStringHead(bytes, at, edge, head);
      if (outcome === 'cut') return CUT;
      if (outcome === 'wrong') return notes.fail('invalid-length', head.start);
      const { form, start, length, unfolded } = head;
      const whole = form === 'lzf' ? unfolded : length;
      string.isHeld = length <= MAX_HELD && whole <= MAX_HELD;
      if (!string.isHeld) {
        notes.doubt(at);
        return notes.leap(start, length);
      }
      const end = start + length;
      if (end > edge) return CUT;
      string.isInPlace = form === 'plain';
      string.bytes = form === 'plain' ? bytes : room;
      string.from = form === 'plain' ? start : 0;
      string.to = form === 'plain' ? end : whole;
      if (form === 'integer') {
        string.to = new TextEncoder().encodeInto(integerText(bytes, start, length), room).written;
      } else if (form === 'lzf') {
        if (whole > length * MAX_UNFOLDING) return notes.fail('invalid-string', at);
        if (whole > room.length) room = new Uint8Array(2 ** Math.ceil(Math.log2(whole)));
        string.bytes = room;
        if (!unfoldLzf(bytes, start, end, room, whole)) return notes.fail('invalid-string', at);
      }
      return end;
    },
  };
  return string;
}
