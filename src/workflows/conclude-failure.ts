import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
  upsertMemo,
} from '@temporalio/workflow';
import { finalFailure, type SnapshotFailureDetails } from '../contract/failures';
import type { Discarded } from '../contract/job';
import { OUTCOME_MEMO } from '../contract/job-labels';
import { patienceMs } from '../contract/request';
import { safeText } from '../contract/text';
import { discardCopy, PATIENCE_TO_VERIFY_MS } from './activity-proxies';
import type { TrackedJob } from './progress';

/** What a job throws in the end: the failure itself, not the wrapper around it, or the cancellation once it is settled. */
export async function concludeFailure(err: unknown, job: TrackedJob): Promise<unknown> {
  if (!isCancel(err)) {
    const failure = explain(err, job);
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
function explain(err: unknown, job: TrackedJob): unknown {
  if (!(err instanceof ActivityFailure)) return err;
  if (err.retryState === 'TIMEOUT' || err.cause instanceof TimeoutFailure) return patienceExhausted(err, job);
  return err.cause instanceof ApplicationFailure ? err.cause : err;
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
    const failure = explain(err, job);
    return { outcome: 'kept', detail: `${plan.target} may be there still: ${messageOf(failure)}` };
  }
}

function patienceExhausted({ cause }: ActivityFailure, job: TrackedJob): ApplicationFailure {
  const { phase, plan } = job;
  const waitedMs = patienceOf(job);
  const lastAnswer = messageOf(cause);
  const last = (cause instanceof ApplicationFailure && cause.details?.[0]) as
    Partial<SnapshotFailureDetails> | undefined;
  return finalFailure(
    'PatienceExhausted',
    `waited ${Math.round(waitedMs / 1_000)} s while ${phase}; the last answer was: ${lastAnswer}`,
    {
      ...last,
      phase,
      waitedMs,
      lastAnswer,
      hint: 'Give this phase more patience, or cure what the last answer names, and run the job again: it goes on from what is there.',
      ...(plan && { source: plan.source, target: plan.target }),
    }
  );
}

function patienceOf({ phase, plan, input }: TrackedJob): number {
  if (plan === undefined) return patienceMs(input, 'start');
  if (phase === 'verifying') return PATIENCE_TO_VERIFY_MS;
  return phase === 'starting' ? plan.patience.startMs : plan.patience.copyMs;
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
