import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { CopySnapshotInput, Discarded } from 'temporal-memorydb-snapshots';
import { expect } from 'vitest';
import type { World } from './world';

type ActivityInterceptor = NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']>[number];

/** Tells when a running attempt of `activityType` has heard of the cancel. */
export function hearCancel(activityType: string): {
  readonly cancelled: Promise<void>;
  readonly worker: { readonly interceptors: { readonly activity: ActivityInterceptor[] } };
} {
  let heard: () => void;
  const cancelled = new Promise<void>((resolve) => (heard = resolve));
  const activity: ActivityInterceptor = ({ info, cancellationSignal }) => {
    if (info.activityType === activityType) cancellationSignal.addEventListener('abort', heard);
    return {};
  };
  return { cancelled, worker: { interceptors: { activity: [activity] } } };
}

/** When a job is cancelled, what happens then, and which job it is. */
export interface Cancelling {
  readonly when: (job: Awaited<ReturnType<World['start']>>) => Promise<unknown>;
  readonly then?: () => Promise<void> | void;
  readonly workflowId?: string;
}

/**
 * Between two attempts of the activity that runs now, with nothing in flight. A time-skipping server never ends an
 * attempt that fails before it has heard of a cancel.
 */
export const isBetweenAttempts: Cancelling['when'] = async (job) => {
  for (;;) {
    const { raw } = await job.describe();
    if ((raw.pendingActivities?.[0]?.attempt ?? 0) > 1) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/**
 * Cancels the job once `when` holds, and reads how it ended: in its memo, and in the answer to its query. The clock
 * stands still until then.
 */
export async function cancelJob(
  { start }: World,
  input: CopySnapshotInput,
  { when, then, workflowId }: Cancelling
): Promise<Discarded> {
  const job = await start(input, workflowId);
  await when(job);
  await job.cancel();
  await then?.();
  const err: unknown = await job.result().then(
    () => new Error('the job succeeded'),
    (reason: unknown) => reason
  );
  if (!(err instanceof WorkflowFailedError)) throw err;
  expect(err.cause).toBeInstanceOf(CancelledFailure);
  const outcome = (await job.describe()).memo?.['memorydbSnapshots'] as Discarded;
  const progress = await job.query<{ phase: string; cancelled: Discarded }>('progress');
  expect(progress).toMatchObject({ phase: 'cancelled', cancelled: outcome });
  return outcome;
}
