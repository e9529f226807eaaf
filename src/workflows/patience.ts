import { ActivityFailure, ApplicationFailure, TimeoutFailure, workflowInfo } from '@temporalio/workflow';
import { formatDuration } from '../contract/duration';
import { finalFailure, type SnapshotFailureDetails } from '../contract/failures';
import type { JobPhase } from '../contract/job';

/** How long a phase may wait, and for which job it waits. */
export interface PhasePatience {
  readonly phase: JobPhase;
  /** What the patience is called in the input, or in words. */
  readonly limit: 'patience.start' | 'patience.copy' | 'verification';
  readonly ms: number;
  readonly job?: { readonly source: string; readonly target: string };
}

/** A limit on a wait, and how much of it was left when the wait ended. */
interface Limit {
  readonly name: string;
  readonly ms: number;
  readonly leftMs: number;
  readonly hint: string;
}

/** What the server waits between two attempts where a failure does not say. Milliseconds. */
const USUAL_DELAY_MS = 15_000;

/** The workflow's clock is the time of its last task, which may be some seconds behind the server's. */
const CLOCK_SLACK_MS = 10_000;

const AGAIN = 'Then run the job again: it goes on from what is there.';

/**
 * Waits for an activity that is tried again for as long as `patience` allows. Where the wait ends without an answer, the
 * failure says how long it lasted by the workflow's clock, and which limit ended it.
 */
export async function withPatience<T>(patience: PhasePatience, activity: () => Promise<T>): Promise<T> {
  const begunMs = Date.now();
  try {
    return await activity();
  } catch (error) {
    if (error instanceof ActivityFailure && hasRunOut(error)) throw patienceExhausted(error, patience, begunMs);
    throw error;
  }
}

function hasRunOut({ retryState, cause }: ActivityFailure): boolean {
  return retryState === 'TIMEOUT' || retryState === 'MAXIMUM_ATTEMPTS_REACHED' || cause instanceof TimeoutFailure;
}

function patienceExhausted({ cause }: ActivityFailure, patience: PhasePatience, begunMs: number): ApplicationFailure {
  const { phase, job } = patience;
  const waitedMs = Date.now() - begunMs;
  const { nextLookMs, ...last } = ((cause instanceof ApplicationFailure ? cause.details?.[0] : undefined) ??
    {}) as Partial<SnapshotFailureDetails>;
  const lastAnswer =
    last.lastAnswer ?? (cause instanceof TimeoutFailure ? cause.cause : cause)?.message ?? 'none is known';
  const { name, ms, hint } = findLimit(patience, begunMs, nextLookMs ?? USUAL_DELAY_MS) ?? CHANGED_OPTIONS;
  const limit = ms === undefined ? name : `${name} of ${formatDuration(ms)}`;
  return finalFailure(
    'PatienceExhausted',
    `waited ${formatDuration(waitedMs)} while ${phase}, until the ${limit} ended it; the last answer was: ${lastAnswer}`,
    {
      ...last,
      phase,
      waitedMs,
      limit: name,
      lastAnswer,
      hint: `${hint} ${AGAIN}`,
      ...(job && { source: job.source, target: job.target }),
    }
  );
}

const CHANGED_OPTIONS = {
  name: "activity's options",
  ms: undefined,
  hint: 'The options of the activity were changed from outside, for example by `temporal activity update-options`: restore them.',
};

/** The server ends a wait when the next attempt would come after a limit: the one that is nearest by then. */
function findLimit({ limit, ms }: PhasePatience, begunMs: number, nextLookMs: number): Limit | undefined {
  const nowMs = Date.now();
  const { executionExpirationTime, executionTimeoutMs, runTimeoutMs, runStartTime } = workflowInfo();
  const limits: Limit[] = [
    {
      name: limit,
      ms,
      leftMs: begunMs + ms - nowMs,
      hint: `Give this phase more time (${limit}), or cure what the last answer names.`,
    },
  ];
  if (executionExpirationTime !== undefined && executionTimeoutMs !== undefined) {
    limits.push({
      name: "workflow's execution timeout",
      ms: executionTimeoutMs,
      leftMs: executionExpirationTime.getTime() - nowMs,
      hint: 'Start the workflow with a longer execution timeout, or with none: the job ends by its own patience.',
    });
  }
  if (runTimeoutMs !== undefined) {
    limits.push({
      name: "workflow's run timeout",
      ms: runTimeoutMs,
      leftMs: runStartTime.getTime() + runTimeoutMs - nowMs,
      hint: 'Start the workflow with a longer run timeout, or with none: the job ends by its own patience.',
    });
  }
  return limits
    .filter(({ leftMs }) => leftMs <= nextLookMs + CLOCK_SLACK_MS)
    .sort((a, b) => a.leftMs - b.leftMs)
    .at(0);
}
