import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { activityType } from './contract/activities';
import type { JobPhase } from './contract/job';
import { safeText } from './contract/text';

/** A change in a running job, as the server knows it: no query, no worker is needed for it. */
export interface JobEvent {
  /** `running` between two activities, and for a moment after the start. */
  readonly phase: JobPhase | 'running' | 'terminated' | 'timed out';
  /** How often this phase looked at AWS, the running attempt included. */
  readonly attempt?: number;
  /** What AWS answered last. */
  readonly lastAnswer?: string;
  /** When it looks again; ISO 8601. Absent while an attempt runs. */
  readonly nextTry?: string;
  readonly historyEvents: number;
}

export interface WatchOptions {
  /** How often the Temporal server is asked, in milliseconds. @default 1000 */
  readonly everyMs?: number;
  /** Ends the watching, not the job. */
  readonly signal?: AbortSignal;
}

const PHASES: Readonly<Record<string, JobPhase>> = {
  [activityType('inspectSource')]: 'inspecting',
  [activityType('startCopy')]: 'starting',
  [activityType('awaitCopy')]: 'copying',
  [activityType('verifyObject')]: 'verifying',
  [activityType('concludeExport')]: 'verifying',
  [activityType('discardCopy')]: 'cancelling',
};

const CLOSED: Readonly<Partial<Record<WorkflowExecutionDescription['status']['name'], JobEvent['phase']>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
};

/** Yields each change until the job is closed; the last event is the closed phase. */
export async function* watchJob(
  handle: Pick<WorkflowHandle, 'describe'>,
  { everyMs = 1_000, signal }: WatchOptions = {}
): AsyncIterableIterator<JobEvent> {
  let last = '';
  while (signal?.aborted !== true) {
    const description = await handle.describe();
    const event = readEvent(description);
    const shown = JSON.stringify({ ...event, historyEvents: 0 });
    if (shown !== last) yield event;
    if (CLOSED[description.status.name] !== undefined) return;
    last = shown;
    await sleep(everyMs, undefined, signal && { signal }).catch(() => undefined);
  }
}

function readEvent({ status, historyLength, raw }: WorkflowExecutionDescription): JobEvent {
  const closed = CLOSED[status.name];
  if (closed !== undefined) return { phase: closed, historyEvents: historyLength };
  const [pending] = raw.pendingActivities ?? [];
  const nextTry = toIso(pending?.nextAttemptScheduleTime);
  const lastAnswer = pending?.lastFailure?.message;
  return {
    phase: PHASES[pending?.activityType?.name ?? ''] ?? 'running',
    ...(pending?.attempt != null && { attempt: pending.attempt }),
    ...(lastAnswer != null && { lastAnswer: safeText(lastAnswer) }),
    ...(nextTry !== undefined && { nextTry }),
    historyEvents: historyLength,
  };
}

interface Timestamp {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

function toIso(time: Timestamp | null | undefined): string | undefined {
  if (time?.seconds == null) return undefined;
  return new Date(time.seconds.toNumber() * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000)).toISOString();
}
