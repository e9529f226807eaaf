import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { RegisteredActivities } from '../contract/activities';
import type {
  CopyPlan,
  CopyResult,
  CopySnapshotInput,
  Discarded,
  LatestSnapshotQuery,
  StartedCopy,
} from '../contract/job';
import { DEFAULT_PATIENCE_MS, patienceMs } from '../contract/request';

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

export function inspectSource(input: CopySnapshotInput): Promise<CopyPlan> {
  return proxy(patienceMs(input, 'start'), 'look at source and target').memorydbInspectSource(input);
}

/** A cancel waits for an attempt in flight: what it started must be known. */
export function startCopy(plan: CopyPlan): Promise<StartedCopy> {
  return proxy(plan.patience.startMs, `copy ${plan.source} to ${plan.target}`, {
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  }).memorydbStartCopy(plan);
}

export function awaitCopy(plan: CopyPlan, started: StartedCopy): Promise<CopyResult> {
  return proxy(plan.patience.copyMs, `until ${plan.target} is available`).memorydbAwaitCopy(plan, started);
}

export function discardCopy(plan: CopyPlan, started: StartedCopy | undefined): Promise<Discarded> {
  return proxy(plan.patience.copyMs, `after the cancel: ${plan.onCancel} ${plan.target}`).memorydbDiscardCopy(
    plan,
    started ?? null
  );
}

export function findLatest(query: LatestSnapshotQuery, taskQueue: string | undefined): Promise<string> {
  return proxy(DEFAULT_PATIENCE_MS.start, `newest snapshot of ${query.cluster}`, {
    ...(taskQueue !== undefined && { taskQueue }),
  }).memorydbFindLatest(query);
}

function proxy(scheduleToCloseTimeout: number, summary: string, options: ActivityOptions = {}) {
  return proxyActivities<RegisteredActivities>({ ...ATTEMPTS, ...options, scheduleToCloseTimeout, summary });
}
