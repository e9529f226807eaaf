import { ApplicationFailure } from '@temporalio/workflow';
import type { ExportResult, SeenExport } from '../contract/export';
import type { JobPlan, StartedCopy } from '../contract/job';
import { concludeExport, verifyObject } from './activity-proxies';

/** How many objects are looked at side by side. */
const LANES = 8;

/**
 * Looks at every object, one activity each, a few at a time; all finish before the set is judged. What is known is not
 * told twice: with 500 shards every word is half a kilobyte of history.
 */
export async function proveExport(
  plan: JobPlan,
  started: StartedCopy,
  seen: SeenExport & { kind: 'export seen' }
): Promise<ExportResult> {
  if (plan.kind !== 'export') throw ApplicationFailure.nonRetryable(`${plan.target} is a copy, and has no objects`);
  const { bucket, bucketOwner, level, manifestKey } = plan;
  const looks = await inLanes(seen.objects, async (object) => {
    const { shard, key, size, etag } = object;
    return { object, facts: await verifyObject(shard, { bucket, bucketOwner, level, key, size, etag }) };
  });
  const judged = looks.map(({ object: { shard, etag }, facts }) => ({ shard, etag, ...facts }));
  await concludeExport(plan, judged);
  const objects = looks.map(({ object, facts }) => ({ ...object, level, ...facts }));
  return { kind: 'export', adopted: started.adopted, bucket, manifestKey, objects };
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
