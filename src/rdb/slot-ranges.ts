import { SLOT_COUNT } from './slots';

/** Hash slots in a row, the first and the last included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/** What the shards of a cluster hold between them. */
export interface SlotCover {
  /** Every slot is with one shard and no slot with two. */
  readonly isWhole: boolean;
  /** Slots of no shard. */
  readonly gaps: readonly SlotRange[];
  /** Slots of more than one shard. */
  readonly overlaps: readonly SlotRange[];
}

/**
 * Reads slots as AWS lists them for a shard: `0-5460`, `1-2,5,7-9`.
 *
 * @throws RangeError that quotes the part that is not a slot, nor a range of slots, from 0 to 16383
 */
export function parseSlots(text: string): readonly SlotRange[] {
  return text.split(',').map((part) => {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (first <= last && last < SLOT_COUNT) return { first, last };
    const [shown, whole] = [part, text].map((some) => JSON.stringify(some.slice(0, 50)));
    throw new RangeError(`${shown} in the slots ${whole} is neither a slot nor a range of slots from 0 to 16383`);
  });
}

/** Ranges as AWS writes them; the inverse of {@link parseSlots}. */
export function formatSlots(ranges: readonly SlotRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** Whether one of the ranges holds the slot. */
export function containsSlot(ranges: readonly SlotRange[], slot: number): boolean {
  return ranges.some(({ first, last }) => first <= slot && slot <= last);
}

/**
 * The ranges with one more, in order, and none of them next to another. Of more than `most`, the two with the fewest slots
 * between them become one with those.
 */
export function addRange(ranges: readonly SlotRange[], added: SlotRange, most: number): readonly SlotRange[] {
  const joined: SlotRange[] = [];
  for (const range of [...ranges, added].sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push(range);
    else joined[joined.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  while (joined.length > most) {
    const gaps = joined.slice(1).map(({ first }, index) => first - (joined[index]?.last ?? 0));
    const at = gaps.indexOf(Math.min(...gaps));
    joined.splice(at, 2, { first: joined[at]?.first ?? 0, last: joined[at + 1]?.last ?? 0 });
  }
  return joined;
}

/**
 * Whether the slots of all shards are disjoint and all there is, and which are not. A slot that one shard lists twice
 * counts as an overlap too.
 *
 * @param shards the ranges of each shard
 */
export function slotsCover(shards: readonly (readonly SlotRange[])[]): SlotCover {
  const owners = new Uint32Array(SLOT_COUNT);
  for (const { first, last } of shards.flat()) {
    for (let slot = first; slot <= last && slot < SLOT_COUNT; slot += 1) owners[slot] = (owners[slot] ?? 0) + 1;
  }
  const gaps = rangesWhere((slot) => owners[slot] === 0);
  const overlaps = rangesWhere((slot) => (owners[slot] ?? 0) > 1);
  return { isWhole: gaps.length === 0 && overlaps.length === 0, gaps, overlaps };
}

function rangesWhere(holds: (slot: number) => boolean): readonly SlotRange[] {
  const ranges: SlotRange[] = [];
  for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
    if (!holds(slot)) continue;
    const first = slot;
    while (slot + 1 < SLOT_COUNT && holds(slot + 1)) slot += 1;
    ranges.push({ first, last: slot });
  }
  return ranges;
}
