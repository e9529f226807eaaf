import { packNumbers, unpackNumbers } from './number-text';
import { addRange, containsSlot, type SlotRange } from './slot-ranges';
import { SLOT_COUNT } from './slots';

/** Which keys a shard may hold, and those that it holds beyond them. */
export interface ShardSlots {
  /** By slot: 0 where its keys are strays. */
  readonly allowed: Uint8Array;
  /**
   * The shard imports slots: their keys are no strays.
   *
   * @returns false where it imports so many ranges that slots between them count as imported too
   */
  addImported(range: SlotRange): boolean;
  addStray(slot: number, offset: number): void;
  readonly imported: readonly SlotRange[];
  /** Undefined where there are none. */
  readonly strays: Strays | undefined;
  state(): ShardSlotsState;
}

/** Keys of slots that are not the shard's. */
export interface Strays {
  readonly keys: number;
  /** Of the first one. */
  readonly offset: number;
  /** Ranges that hold every slot of theirs; of many slots a few wide ones. */
  readonly slots: readonly SlotRange[];
}

/** The same as JSON, as {@link packNumbers} writes it: how many keys, the offset of the first, and the ends of each range. */
export interface ShardSlotsState {
  readonly strays?: string;
  readonly imported?: string;
}

/** A checkpoint is small. */
const MAX_STRAY_RANGES = 4;
const MAX_IMPORTED_RANGES = 4;

/** Slots of a shard, undefined for any. */
export function openShardSlots(slots: readonly SlotRange[] | undefined, from: ShardSlotsState = {}): ShardSlots {
  const [keysBefore = 0, offsetBefore = 0, ...strayBefore] = unpackNumbers(from.strays);
  let [keys, firstOffset] = [keysBefore, offsetBefore];
  let straySlots = rangesOf(strayBefore);
  let imported = rangesOf(unpackNumbers(from.imported));
  const allowed = new Uint8Array(SLOT_COUNT).fill(slots === undefined ? 1 : 0);
  const allow = ({ first, last }: SlotRange) => allowed.fill(1, first, last + 1);
  [...(slots ?? []), ...imported].forEach(allow);
  return {
    allowed,
    addImported(range) {
      const isExact = addRange(imported, range, Infinity).length <= MAX_IMPORTED_RANGES;
      imported = addRange(imported, range, MAX_IMPORTED_RANGES);
      imported.forEach(allow);
      return isExact;
    },
    addStray(slot, offset) {
      if (keys === 0) firstOffset = offset;
      keys += 1;
      if (containsSlot(straySlots, slot)) return;
      straySlots = addRange(straySlots, { first: slot, last: slot }, MAX_STRAY_RANGES);
    },
    get imported() {
      return imported;
    },
    get strays() {
      return keys === 0 ? undefined : { keys, offset: firstOffset, slots: straySlots };
    },
    state: () => ({
      ...(keys > 0 && { strays: packNumbers([keys, firstOffset, ...numbersOf(straySlots)]) }),
      ...(imported.length > 0 && { imported: packNumbers(numbersOf(imported)) }),
    }),
  };
}

function numbersOf(ranges: readonly SlotRange[]): readonly number[] {
  return ranges.flatMap(({ first, last }) => [first, last]);
}

function rangesOf(numbers: readonly number[]): readonly SlotRange[] {
  return numbers.flatMap((first, index) => (index % 2 === 0 ? [{ first, last: numbers[index + 1] ?? first }] : []));
}
