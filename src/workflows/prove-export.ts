import { ApplicationFailure } from '@temporalio/workflow';
import type { ExportResult, JobPlan, SeenExport, StartedCopy } from '../contract/job';
import { concludeExport, verifyObject } from './activity-proxies';

/** How many objects are looked at side by side. */
const LANES = 8;

/** Looks at every object, one activity each, a few at a time; all finish before the set is judged. */
export async function proveExport(
  plan: JobPlan,
  started: StartedCopy,
  { objects }: SeenExport & { kind: 'export seen' }
): Promise<ExportResult> {
  if (plan.kind !== 'export') throw ApplicationFailure.nonRetryable(`${plan.target} is a copy, and has no objects`);
  const { bucket, bucketOwner, level } = plan;
  const verdicts = await inLanes(objects, (object) => verifyObject({ bucket, bucketOwner, object, level }));
  return concludeExport(plan, started, verdicts);
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
