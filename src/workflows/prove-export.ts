import { ApplicationFailure } from '@temporalio/workflow';
import { keyOf } from '../contract/export-keys';
import type { ExportResult, SeenExport } from '../contract/export';
import { concludeExport, verifyObject } from './activity-proxies';
import type { TrackedJob } from './progress';

/** How many objects of a job are looked at side by side; a worker may allow fewer. */
const LANES = 8;

/**
 * Looks at every object, one activity each, a few at a time; all finish before the set is judged. What is known is not
 * told twice: with 500 shards every word is half a kilobyte of history.
 */
export async function proveExport(job: TrackedJob, seen: SeenExport & { kind: 'export seen' }): Promise<ExportResult> {
  const { plan, started } = job;
  if (plan?.kind !== 'export') throw ApplicationFailure.nonRetryable('a copy has no objects');
  const { bucket, bucketOwner, level, manifestKey, target } = plan;
  const slotsOf = new Map(plan.shards.map(({ shard, slots }) => [shard, slots]));
  job.verified(0, seen.objects.length);
  let verified = 0;
  const looks = await inLanes(seen.objects, async (brief) => {
    const object = { key: keyOf(target, brief.shard), ...brief };
    const { shard, key, size, etag } = object;
    const slots = slotsOf.get(shard);
    const check = { bucket, bucketOwner, level, key, size, etag, ...(slots !== undefined && { slots }) };
    const facts = await verifyObject(plan, shard, check);
    job.verified((verified += 1), seen.objects.length);
    return { object, facts };
  });
  const judged = looks.map(({ object: { shard, etag }, facts }) => ({ shard, etag, ...facts }));
  await concludeExport(plan, judged);
  const objects = looks.map(({ object, facts }) => ({ ...object, level, ...facts }));
  return { kind: 'export', adopted: started?.adopted ?? false, bucket, manifestKey, objects };
}

async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
