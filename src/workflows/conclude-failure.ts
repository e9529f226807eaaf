import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  upsertMemo,
} from '@temporalio/workflow';
import type { Discarded } from '../contract/job';
import { OUTCOME_MEMO } from '../contract/job-labels';
import { safeText } from '../contract/text';
import { discardCopy } from './activity-proxies';
import type { TrackedJob } from './progress';

/** What a job throws in the end: the failure itself, not the wrapper around it, or the cancellation once it is settled. */
export async function concludeFailure(err: unknown, job: TrackedJob): Promise<unknown> {
  if (!isCancel(err)) {
    const failure = explain(err);
    job.close('failed');
    return failure;
  }
  const { outcome, detail } = await settleCancel(job);
  const discarded: Discarded = { outcome, detail: safeText(detail) };
  upsertMemo({ [OUTCOME_MEMO]: discarded });
  job.close('cancelled', discarded);
  return new CancelledFailure(safeText(`${outcome}: ${detail}`));
}

/** What an activity's failure means to whoever waits for the job. */
function explain(err: unknown): unknown {
  return err instanceof ActivityFailure && err.cause instanceof ApplicationFailure ? err.cause : err;
}

/** A cancel during a back-off, or while a send was in flight, arrives in several shapes. */
function isCancel(err: unknown): boolean {
  return isCancellation(err) || (err instanceof ActivityFailure && err.retryState === 'CANCEL_REQUESTED');
}

async function settleCancel(job: TrackedJob): Promise<Discarded> {
  const { plan, started, etags } = job;
  if (plan === undefined)
    return { outcome: 'nothing was started', detail: 'the job was cancelled before it asked for a copy' };
  if (plan.onCancel === 'keep' && started) return { outcome: 'kept', detail: `${plan.target} goes on without the job` };
  try {
    return await CancellationScope.nonCancellable(() =>
      job.during('cancelling', () => discardCopy(plan, started, etags))
    );
  } catch (err) {
    const failure = explain(err);
    return { outcome: 'kept', detail: `${plan.target} may be there still: ${messageOf(failure)}` };
  }
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
