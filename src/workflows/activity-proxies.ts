import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { RegisteredActivities } from '../contract/activities';
import {
  READS_CONTENT,
  type JudgedObject,
  type EtagsByShard,
  type ObjectCheck,
  type ObjectFacts,
  type SeenExport,
} from '../contract/export';
import type {
  CopyResult,
  CopySnapshotInput,
  Discarded,
  ExportPlan,
  JobPlan,
  LatestSnapshotQuery,
  StartedCopy,
} from '../contract/job';
import { MAX_SUMMARY } from '../contract/job-labels';
import { DEFAULT_PATIENCE_MS, patienceMs, refuse } from '../contract/request';
import { nestingProblems, show } from '../contract/request-problem';
import { safeText } from '../contract/text';
import {
  parseCopy,
  parseDiscarded,
  parseFacts,
  parseLatest,
  parsePlan,
  parseSeenExport,
  parseStarted,
} from './activity-results';

/**
 * What all activities share. An attempt is one look at AWS; the waits between attempts are the server's and cost no
 * history. The hint of a failure decides how long they are: the intervals here are for crashes and time-outs, which
 * carry none.
 */
const ATTEMPTS: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '15 seconds', backoffCoefficient: 1, maximumInterval: '2 hours' },
};

/** For each object, and for the set of them. */
export const PATIENCE_TO_VERIFY_MS = DEFAULT_PATIENCE_MS.copy;

export async function inspectSource(input: CopySnapshotInput): Promise<JobPlan> {
  refuse(nestingProblems('input', input));
  return parsePlan(await proxy(patienceMs(input, 'start'), 'look at source and target').memorydbInspectSource(input));
}

/** A cancel waits for an attempt in flight: what it started must be known. */
export async function startCopy(plan: JobPlan): Promise<StartedCopy> {
  const { memorydbStartCopy } = proxy(plan.patience.startMs, `copy ${plan.source} to ${plan.target}`, {
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return parseStarted(await memorydbStartCopy(plan));
}

export async function awaitCopy(plan: JobPlan, started: StartedCopy, round: number): Promise<CopyResult | SeenExport> {
  const until =
    plan.kind === 'copy' ? `until ${plan.target} is available` : `until ${plan.shards.length} objects are there`;
  const result = await proxy(plan.patience.copyMs, until).memorydbAwaitCopy(plan, started, round);
  return plan.kind === 'copy' ? parseCopy(result) : parseSeenExport(result);
}

/** Where every byte is read, an attempt lasts as long as that takes; its heartbeats show that it goes on. */
export async function verifyObject(shard: string, check: ObjectCheck): Promise<ObjectFacts> {
  const { memorydbVerifyObject } = proxy(PATIENCE_TO_VERIFY_MS, `shard ${shard}`, {
    ...(READS_CONTENT[check.level] && { startToCloseTimeout: PATIENCE_TO_VERIFY_MS }),
  });
  return parseFacts(await memorydbVerifyObject(check));
}

/** Its result is not read. */
export async function concludeExport(plan: ExportPlan, objects: readonly JudgedObject[]): Promise<void> {
  await proxy(PATIENCE_TO_VERIFY_MS, plan.manifestKey).memorydbConcludeExport(plan, objects);
}

export async function discardCopy(
  plan: JobPlan,
  started: StartedCopy | undefined,
  etags: EtagsByShard | undefined
): Promise<Discarded> {
  const { memorydbDiscardCopy } = proxy(plan.patience.copyMs, `after the cancel: ${plan.onCancel} ${plan.target}`);
  return parseDiscarded(await memorydbDiscardCopy(plan, started ?? null, etags ?? null));
}

/** @param query not checked yet */
export async function findLatest(query: LatestSnapshotQuery, taskQueue: string | undefined): Promise<string> {
  refuse(nestingProblems('query', query));
  const { memorydbFindLatest } = proxy(DEFAULT_PATIENCE_MS.start, `newest snapshot of ${show(query.cluster)}`, {
    ...(taskQueue !== undefined && { taskQueue }),
  });
  return parseLatest(await memorydbFindLatest(query));
}

function proxy(scheduleToCloseTimeout: number, summary: string, options: ActivityOptions = {}): RegisteredActivities {
  return proxyActivities<RegisteredActivities>({
    ...ATTEMPTS,
    ...options,
    scheduleToCloseTimeout,
    summary: safeText(summary, MAX_SUMMARY),
  });
}
