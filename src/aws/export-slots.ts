import type { PlannedObject } from '../contract/export';
import { formatSlots, parseSlots, slotsCover } from '../rdb';

/** The slots of a shard as MemoryDB lists them, if they can be read: a notation that is not known here proves nothing. */
export function readableSlots(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    parseSlots(text);
    return text;
  } catch {
    return undefined;
  }
}

/** What is wrong with the slots of a set of shards: they must be disjoint, and 0-16383 in all. */
export function findSlotFault(shards: readonly PlannedObject[]): string | undefined {
  const listed = shards.flatMap(({ slots }) => (slots === undefined ? [] : [slots]));
  if (listed.length < shards.length) return undefined; // MemoryDB told no shard detail, or none that can be read
  const { isWhole, gaps, overlaps } = slotsCover(listed.map(parseSlots));
  if (isWhole) return undefined;
  return [
    ...(gaps.length > 0 ? [`no shard has the slots ${formatSlots(gaps)}`] : []),
    ...(overlaps.length > 0 ? [`more than one shard has the slots ${formatSlots(overlaps)}`] : []),
  ].join('; ');
}
