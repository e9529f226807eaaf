import { readableSlots } from '../aws/export-slots';
import { factsOf } from '../aws/object-facts';
import { scanObject } from '../aws/scan-object';
import type { ObjectCheck, ObjectFacts } from '../contract/export';
import { parseSlots, type ContentLevel } from '../rdb';
import { bucketOf } from './asking-s3';
import type { Attempt } from './attempt';
import type { Setting } from './setting';

/**
 * Reads an object to its end and judges it. It goes on where an earlier attempt stood, if the object is still the same;
 * the scan itself sees to it that what is looked for is the same.
 */
export async function readContent(
  setting: Setting,
  check: ObjectCheck,
  level: ContentLevel,
  attempt: Attempt
): Promise<ObjectFacts> {
  const { etag, size } = check;
  const before = attempt.memory?.scan;
  const slots = readableSlots(check.slots);
  const { rangesInFlight: inFlight, rangeBytes } = setting.verification;
  const scanned = await scanObject(bucketOf(setting, check), check, {
    level,
    inFlight,
    rangeBytes,
    signal: attempt.signal,
    ...(slots !== undefined && { slots: parseSlots(slots) }),
    ...(before?.etag === etag && before.size === size && { from: before.state }),
    onProgress: (running) => attempt.followScan(() => ({ etag, size, state: running.state() })),
  });
  return factsOf(scanned);
}
