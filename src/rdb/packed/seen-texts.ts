import { openSecretHash, someSecret } from './secret-hash';
import { readDecimal } from './texts';

/** The texts that were met in one packed value; an integer is the same as its decimal digits. */
export interface SeenTexts {
  /** Forgets them all. */
  forget(): void;
  /**
   * False where it was there before, as one of the first {@link MOST_SEEN}. The bytes must stay as they are until the next
   * `forget`.
   */
  addText(bytes: Uint8Array, start: number, end: number): boolean;
  /** The same of a 64-bit integer, in two signed words. */
  addInteger(low: number, high: number): boolean;
  /** How many places of the table it takes to find each once more: the work that a file must not make grow. */
  countProbes(): number;
}

/**
 * How many different ones are remembered; what comes behind them is compared with these alone. The table takes 2 MiB for
 * so many, and engines pack a few hundred elements unless they are told otherwise.
 */
export const MOST_SEEN = 0xffff;

/**
 * A table with open addresses that is used again and again: forgetting costs nothing, adding takes no memory.
 *
 * @param secret what the places in the table depend on, and no answer does: a file must not choose where they are
 */
export function openSeenTexts(secret: Int32Array = someSecret()): SeenTexts {
  const hashes = openSecretHash(secret);
  let slots = new Int32Array(SMALLEST);
  let limit = SMALLEST - 1;
  let used = 0;
  let round = 1;

  const forget = () => {
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
      if (old[slot] !== round) continue;
      const [length, first, second] = [old[slot + LENGTH] ?? 0, old[slot + FIRST] ?? 0, old[slot + SECOND] ?? 0];
      put(find(hashAt(old, slot), NOTHING, 0, 0, NO_BYTES), length, first, second);
    }
  };

  const hashAt = (table: Int32Array, slot: number) => {
    const [first, second] = [table[slot + FIRST] ?? 0, table[slot + SECOND] ?? 0];
    return table[slot + LENGTH] === INTEGER ? hashes.ofInteger(first, second) : second;
  };

  const add = (hash: number, length: number, first: number, second: number, bytes: Uint8Array) => {
    const slot = find(hash, length, first, second, bytes);
    if (slots[slot] === round) return false;
    if (used === MOST_SEEN) return true;
    put(slot, length, first, second);
    used += 1;
    if (used * SLOT * 2 > limit) grow();
    return true;
  };

  const addInteger = (low: number, high: number) => add(hashes.ofInteger(low, high), INTEGER, low, high, NO_BYTES);

  const addText = (bytes: Uint8Array, start: number, end: number) => {
    // Below the colon are the digits and the minus; hardly a text begins so.
    if ((bytes[start] ?? 0) < COLON) {
      const integer = readDecimal(bytes, start, end);
      if (integer !== undefined) {
        return addInteger(Number(BigInt.asIntN(32, integer)), Number(BigInt.asIntN(32, integer >> 32n)));
      }
    }
    const hash = hashes.ofText(bytes, start, end);
    return add(hash, end - start, start, hash, bytes);
  };

  return {
    forget,
    addText,
    addInteger,
    countProbes() {
      let probes = 0;
      for (let slot = 0; slot < slots.length; slot += SLOT) {
        if (slots[slot] === round) probes += 1 + ((slot - (hashAt(slots, slot) << 2)) & limit) / SLOT;
      }
      return probes;
    },
  };
}

/** Words at first. */
const SMALLEST = 1_024;

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
