import { wordAt } from './lengths';

/** What holds between the parts of a stream, kept in a few numbers: they go into a checkpoint. */
export interface StreamChecks {
  /** A list of ids begins: of nodes, or of what a group or a consumer awaits. */
  beginIds(): void;
  /** The id of a node at an offset; false where it is not above the one before. Engines write them in order. */
  addNode(bytes: Uint8Array, at: number): boolean;
  /** The entries of a node that are not deleted; undefined where they could not be counted. */
  addEntries(count: number | undefined): void;
  /** How the stream's own count of entries compares with those that are there. */
  endEntries(length: number): 'right' | 'more' | 'wrong';
  /** The id of an entry that awaits its acknowledgement, of a group or of a consumer; false where it is not above the one before. */
  addPending(bytes: Uint8Array, at: number, isOfConsumer: boolean): boolean;
  /** Whether what the group awaits is what its consumers await between them. */
  endGroup(): boolean;
  state(): readonly number[];
}

/** Nothing kept yet, or what others had kept. */
export function openStreamChecks(from: readonly number[] = []): StreamChecks {
  // Sums of a hash over the ids, of the group less those of its consumers: zero where they are the same.
  let [entries = 0, isCounted = 1, pending = 0, sumA = 0, sumB = 0, isBegun = 0] = from;
  const last = [0, 0, 0, 0].map((none, index) => from[FIELDS + index] ?? none);

  const isAscending = (bytes: Uint8Array, at: number): boolean => {
    let order = 1 - isBegun;
    isBegun = 1;
    for (let index = 0; index < last.length; index += 1) {
      const word = wordAt(bytes, at + 4 * index);
      if (order === 0) order = Math.sign(word - (last[index] ?? 0));
      last[index] = word;
    }
    return order > 0;
  };

  return {
    beginIds: () => (isBegun = 0),
    addNode: isAscending,
    addEntries(count) {
      if (count === undefined) isCounted = 0;
      else entries += count;
    },
    endEntries(length) {
      const isRight = isCounted === 0 || entries === length;
      // Engines refuse a length without a node, and no engine is known to write one that is too low.
      const isMore = length > entries && isBegun === 1;
      [entries, isCounted] = [0, 1];
      return isRight ? 'right' : isMore ? 'more' : 'wrong';
    },
    addPending(bytes, at, isOfConsumer) {
      const sign = isOfConsumer ? -1 : 1;
      const [a, b] = hashId(bytes, at);
      pending += sign;
      sumA = (sumA + sign * a) | 0;
      sumB = (sumB + sign * b) | 0;
      return isAscending(bytes, at);
    },
    endGroup: () => pending === 0 && sumA === 0 && sumB === 0,
    state: () => [entries, isCounted, pending, sumA, sumB, isBegun, ...last],
  };
}

/** How many numbers are kept besides the last id. */
const FIELDS = 6;

/** Two hashes of 16 bytes, 32 bits each. */
function hashId(bytes: Uint8Array, at: number): readonly [number, number] {
  let [a, b] = [0x9e37_79b9, 0x85eb_ca6b];
  for (let index = 0; index < 16; index += 4) {
    const word = wordAt(bytes, at + index);
    a = Math.imul(a ^ word, 0xcc9e_2d51);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x1b87_3593);
    b ^= b >>> 13;
  }
  return [Math.imul(a, 0xc2b2_ae35), Math.imul(b, 0x27d4_eb2f)];
}
