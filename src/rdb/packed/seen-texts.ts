import { readDecimal } from './texts';
import { readInt32 } from './words';

/** The texts that were met in one packed value; an integer is the same as its decimal digits. */
export interface SeenTexts {
  /** Forgets them all. */
  forget(): void;
  /** False where it was there before. The bytes must stay as they are until the next `forget`. */
  addText(bytes: Uint8Array, start: number, end: number): boolean;
  /** The same of a 64-bit integer, in two signed words. */
  addInteger(low: number, high: number): boolean;
}

/** A table with open addresses that is used again and again: forgetting costs nothing, adding takes no memory. */
export function openSeenTexts(): SeenTexts {
  let slots = new Int32Array(SMALLEST);
  let limit = SMALLEST - 1;
  let used = 0;
  let round = 1;

  const forget = () => {
    if (slots.length > KEPT) slots = new Int32Array(SMALLEST);
    limit = slots.length - 1;
    used = 0;
    round = (round + 1) | 0;
    if (round !== 0) return;
    // What was added 2^32 rounds ago would be there again.
    slots.fill(0);
    round = 1;
  };

  /** The slot that holds it, or the free one that is to. */
  const find = (hash: number, length: number, first: number, second: number, bytes: Uint8Array) => {
    for (let slot = (hash << 2) & limit; ; slot = (slot + SLOT) & limit) {
      if (slots[slot] !== round) return slot;
      if (slots[slot + LENGTH] !== length || slots[slot + SECOND] !== second) continue;
      const other = slots[slot + FIRST] ?? 0;
      if (length === INTEGER ? other === first : isSame(bytes, other, first, length)) return slot;
    }
  };

  const put = (slot: number, length: number, first: number, second: number) => {
    slots[slot] = round;
    slots[slot + LENGTH] = length;
    slots[slot + FIRST] = first;
    slots[slot + SECOND] = second;
  };

  const grow = () => {
    const old = slots;
    slots = new Int32Array(old.length * 2);
    limit = slots.length - 1;
    for (let slot = 0; slot < old.length; slot += SLOT) {
      const [length, first, second] = [old[slot + LENGTH] ?? 0, old[slot + FIRST] ?? 0, old[slot + SECOND] ?? 0];
      const hash = length === INTEGER ? hashInteger(first, second) : second;
      if (old[slot] === round) put(find(hash, NOTHING, 0, 0, NO_BYTES), length, first, second);
    }
  };

  const add = (hash: number, length: number, first: number, second: number, bytes: Uint8Array) => {
    const slot = find(hash, length, first, second, bytes);
    if (slots[slot] === round) return false;
    put(slot, length, first, second);
    used += 1;
    if (used * SLOT * 2 > limit) grow();
    return true;
  };

  const addInteger = (low: number, high: number) => add(hashInteger(low, high), INTEGER, low, high, NO_BYTES);

  const addText = (bytes: Uint8Array, start: number, end: number) => {
    // Below the colon are the digits and the minus; hardly a text begins so.
    if ((bytes[start] ?? 0) < COLON) {
      const integer = readDecimal(bytes, start, end);
      if (integer !== undefined) {
        return addInteger(Number(BigInt.asIntN(32, integer)), Number(BigInt.asIntN(32, integer >> 32n)));
      }
    }
    const hash = hashText(bytes, start, end);
    return add(hash, end - start, start, hash, bytes);
  };

  return { forget, addText, addInteger };
}

/** Words at first, and how many are kept after a large value. */
const SMALLEST = 1_024;
const KEPT = 262_144;

/**
 * A slot is four words: the round that it belongs to (it is free unless that is the present one), the length, then
 * start and hash of a text, or both words of an integer.
 */
const SLOT = 4;
const [LENGTH, FIRST, SECOND] = [1, 2, 3] as const;

/** What stands where a text has its length. */
const INTEGER = -1;
const NOTHING = -2;
const COLON = 0x3a;
const NO_BYTES = new Uint8Array();

function isSame(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    if (bytes[one + at] !== bytes[other + at]) return false;
  }
  return true;
}

/** Four bytes a step, with the constants of MurmurHash3. */
function hashText(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ readInt32(bytes, at), 0xcc9e2d51);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x1b873593);
  return spread(hash);
}

function hashInteger(low: number, high: number): number {
  return spread(low ^ Math.imul(high, 0xcc9e2d51));
}

function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
