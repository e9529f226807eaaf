import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { activityType } from './contract/activities';
import { findSnapshotFailure } from './contract/failures';
import type { Discarded, JobPhase } from './contract/job';
import { JOB_MEMO, OUTCOME_MEMO, type JobLabels } from './contract/job-labels';
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
  /** Why nothing happens: no worker polls the job's task queue. */
  readonly problem?: string;
  /** Why the job failed, in its last event. */
  readonly failure?: { readonly type: string; readonly message: string; readonly hint?: string };
  /** What a cancelled job left behind, in its last event. */
  readonly leftBehind?: Discarded;
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
  handle: WorkflowHandle,
  { everyMs = 1_000, signal }: WatchOptions = {}
): AsyncIterableIterator<JobEvent> {
  let last = '';
  while (signal?.aborted !== true) {
    const description = await handle.describe();
    const closed = CLOSED[description.status.name];
    const event = closed === undefined ? await readRunning(handle, description) : await readClosed(handle, description);
    const shown = JSON.stringify({ ...event, historyEvents: 0 });
    if (shown !== last) yield event;
    if (closed !== undefined) return;
    last = shown;
    await sleep(everyMs, undefined, signal && { signal }).catch(() => undefined);
  }
}

async function readClosed(
  handle: WorkflowHandle,
  { status, historyLength, memo }: WorkflowExecutionDescription
): Promise<JobEvent> {
  const leftBehind = memo?.[OUTCOME_MEMO] as Discarded | undefined;
  return {
    phase: CLOSED[status.name] ?? 'running',
    ...(status.name === 'FAILED' && { failure: await readFailure(handle) }),
    ...(leftBehind !== undefined && { leftBehind }),
    historyEvents: historyLength,
  };
}

async function readFailure(handle: WorkflowHandle): Promise<NonNullable<JobEvent['failure']>> {
  const error: unknown = await handle.result().then(
    () => undefined,
    (reason: unknown) => reason
  );
  const failure = findSnapshotFailure(error);
  if (failure) {
    const { type, message, details } = failure;
    return { type, message, hint: details[0].hint };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error
    ? { type: safeText(cause.name), message: safeText(cause.message) }
    : { type: 'Unknown', message: 'the failure cannot be read' };
}

async function readRunning(handle: WorkflowHandle, description: WorkflowExecutionDescription): Promise<JobEvent> {
  const { historyLength, memo, raw } = description;
  const [pending] = raw.pendingActivities ?? [];
  const nextTry = toIso(pending?.nextAttemptScheduleTime);
  const lastAnswer = await readAnswer(handle, pending?.lastFailure);
  const problem = isUnheard(raw) ? await findIdleQueue(handle, description) : undefined;
  const phase = PHASES[pending?.activityType?.name ?? ''] ?? 'running';
  return {
    phase: phase === 'copying' && readLabels(memo)?.kind === 'export' ? 'exporting' : phase,
    ...(pending?.attempt != null && { attempt: pending.attempt }),
    ...(lastAnswer !== undefined && { lastAnswer }),
    ...(nextTry !== undefined && { nextTry }),
    ...(problem !== undefined && { problem }),
    historyEvents: historyLength,
  };
}

type RawDescription = WorkflowExecutionDescription['raw'];
type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];

/** Reads the failure of the last attempt by the client's own data converter: it may be encoded. */
async function readAnswer(
  { client }: WorkflowHandle,
  failure: PendingActivity['lastFailure']
): Promise<string | undefined> {
  const { loadedDataConverter } = client.options;
  const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failure).catch(
    () => new Error('an answer that this client cannot decode')
  );
  return error && safeText(findSnapshotFailure(error)?.details[0].lastAnswer ?? error.message);
}

/** Whether a task waits that no worker has taken yet. */
function isUnheard({ pendingWorkflowTask: task, pendingActivities }: RawDescription): boolean {
  const [pending] = pendingActivities ?? [];
  return pending == null
    ? task != null && task.startedTime == null
    : pending.lastStartedTime == null && pending.attempt === 1;
}

/** Says so where the server knows of no worker at the task queue. */
async function findIdleQueue(
  { client }: WorkflowHandle,
  { taskQueue }: WorkflowExecutionDescription
): Promise<string | undefined> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
  });
  return pollers.length > 0 ? undefined : `no worker polls task queue ${safeText(taskQueue)}`;
}

function readLabels(memo: Record<string, unknown> | undefined): JobLabels | undefined {
  return memo?.[JOB_MEMO] as JobLabels | undefined;
}

interface Timestamp {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

function toIso(time: Timestamp | null | undefined): string | undefined {
  if (time?.seconds == null) return undefined;
  return new Date(time.seconds.toNumber() * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000)).toISOString();
}
