import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { judgeFault, type Acceptance } from '../aws/judge-fault';
import { classifyFault } from '../aws/faults';
import type { Final, Verdict, Wait } from '../aws/verdict';
import { finalFailure, safeFailure, type SnapshotFailureDetails } from '../contract/failures';
import { formatDuration } from '../contract/duration';
import type { JobPhase } from '../contract/job';
import { nextDelayMs, type Paces } from '../contract/pacing';
import type { Attempt } from './attempt';

/** Which job an activity works for, as its failures tell it. */
export interface Subject {
  readonly phase: JobPhase;
  readonly source?: string;
  readonly target?: string;
  readonly bucket?: string;
}

/** The value of a verdict; a `final` failure or a `wait` is thrown. */
export function valueOf<T>(verdict: Verdict<T>, attempt: Attempt, subject: Subject, paces: Paces): T {
  if (verdict.verdict === 'done') return verdict.value;
  if (verdict.verdict === 'final') throw fail(verdict, subject);
  throw wait(verdict, attempt, subject, paces);
}

/** Does a read, and turns a fault of AWS into a `final` failure or a `wait`. */
export async function asking<T>(
  read: () => Promise<T>,
  acceptance: Acceptance,
  attempt: Attempt,
  subject: Subject,
  paces: Paces
): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (attempt.signal.aborted) throw err;
    return valueOf(judgeFault(classifyFault(err), acceptance), attempt, subject, paces);
  }
}

/** The failure that ends the job. */
function fail({ type, message, hint, status, requestId }: Final, subject: Subject): ApplicationFailure {
  return finalFailure(type, message, detailsOf(subject, { hint, status, requestId }));
}

/** The server keeps a failure that is tried again only while its encoding has 4 KB at most. Bytes. */
const MAX_WAIT = { message: 1_000, details: 2_000 };

/**
 * The failure that makes the server look again after a delay: it writes no history and holds no worker slot. What is
 * merely not yet there is BENIGN: no warning, no failure metric. Temporal's user interfaces show its message while the
 * job waits, so it says when the next look is and how much patience is left. It carries no stack: nothing is broken.
 */
function wait(verdict: Wait, attempt: Attempt, subject: Subject, paces: Paces): ApplicationFailure {
  const { pace, reason, message, hint, status, requestId } = verdict;
  const nextLookMs = nextDelayMs(paces[pace], attempt, Math.random());
  attempt.noteDelay(nextLookMs);
  const details = { ...detailsOf(subject, { hint, status, requestId }), lastAnswer: message, nextLookMs };
  const failure = ApplicationFailure.create({
    ...safeFailure(reason, `${message}; ${whatIsLeft(attempt, nextLookMs)}`, details, MAX_WAIT),
    nextRetryDelay: nextLookMs,
    ...(pace !== 'throttled' && { category: ApplicationFailureCategory.BENIGN }),
  });
  failure.stack = '';
  return failure;
}

function whatIsLeft({ elapsedMs, patienceMs }: Attempt, nextLookMs: number): string {
  const nextLook = `next look in ${formatDuration(nextLookMs)}`;
  if (patienceMs === undefined) return nextLook;
  return `${nextLook}, ${formatDuration(Math.max(patienceMs - elapsedMs, 0))} of patience left`;
}

function detailsOf(
  subject: Subject,
  { hint, status, requestId }: { hint: string; status: string | undefined; requestId: string | undefined }
): SnapshotFailureDetails {
  return {
    ...subject,
    hint,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  };
}
