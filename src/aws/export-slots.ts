import type { PlannedObject } from '../contract/job';
import { formatSlots, parseSlots, slotsCover } from '../rdb';

/** What is wrong with the slots of a set of shards: they must be disjoint, and 0-16383 in all. */
export function judgeSlots(shards: readonly PlannedObject[]): string | undefined {
  const listed = shards.flatMap(({ slots }) => (slots === undefined ? [] : [slots]));
  if (listed.length < shards.length) return undefined; // MemoryDB told no shard detail
  const { isWhole, gaps, overlaps } = slotsCover(listed.map(parseSlots));
  if (isWhole) return undefined;
  return [
    ...(gaps.length > 0 ? [`no shard has the slots ${formatSlots(gaps)}`] : []),
    ...(overlaps.length > 0 ? [`more than one shard has the slots ${formatSlots(overlaps)}`] : []),
  ].join('; ');
}
