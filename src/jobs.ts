import { randomUUID } from 'node:crypto';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { finalFailure } from './contract/failures';
import type { CopySnapshotInput, CopySnapshotResult, Discarded, JobProgress, ResultOf } from './contract/job';
import { jobId } from './contract/job-id';
import { differingOptions, readOptions, type JobOptions } from './contract/job-options';
import { JOB_MEMO, labelsOf, OUTCOME_MEMO, summaryOf } from './contract/job-labels';
import { refuse, refuseProblems } from './contract/request';
import { placeProblems } from './contract/request-names';
import { requestHash } from './request-hash';
import { watchJob, type JobEvent, type WatchOptions } from './watch-job';

/** Where workers run our workflows unless they say otherwise. */
export const DEFAULT_TASK_QUEUE = 'memorydb-snapshots';

/** How a job is started. */
export interface StartJobOptions {
  /** @default 'memorydb-snapshots' */
  readonly taskQueue?: string;
  /** @default `memorydb-copy:<target>:<hash of the request>`: the same request is the same job */
  readonly workflowId?: string;
}

/** A job, seen from outside a workflow. */
export interface SnapshotJob<Result extends CopySnapshotResult = CopySnapshotResult> {
  readonly workflowId: string;
  /** True when the same job was running already, and this is that one. */
  readonly attached: boolean;
  /** Waits for the result. @throws WorkflowFailedError; `isSnapshotFailure` reads it */
  result(): Promise<Result>;
  /** Asks the workflow where it stands. */
  progress(): Promise<JobProgress>;
  /**
   * Every change that the server knows of, until the job is closed. On the time-skipping test server time stands still
   * unless somebody waits for `result`: there it ends beside that alone.
   */
  watch(options?: WatchOptions): AsyncIterableIterator<JobEvent>;
  /** Asks for a cancel; `result` rejects once it is settled. */
  cancel(): Promise<void>;
  /** What a cancelled job left behind; undefined while it is not settled. */
  leftBehind(): Promise<Discarded | undefined>;
}

type CopyWorkflow<Input extends CopySnapshotInput = CopySnapshotInput> = (input: Input) => Promise<ResultOf<Input>>;

/** Memo of a job, beside its labels: `request` is a hash, `token` tells who started it. */
interface JobMemo {
  readonly request: string;
  readonly options: JobOptions;
  readonly token: string;
}

/**
 * Starts a job, or attaches to the one that runs for the same request. A job that is closed runs again, and proves
 * again what is there.
 *
 * @throws ApplicationFailure `InvalidRequest` before anything is sent; `RequestMismatch` when the running job was
 * started with other options
 */
export async function startSnapshotJob<Input extends CopySnapshotInput>(
  client: Client,
  input: Input,
  options: StartJobOptions = {}
): Promise<SnapshotJob<ResultOf<Input>>> {
  refuseProblems(input);
  refuse(placeProblems(options));
  const { request } = input;
  const memo: JobMemo = { request: requestHash(request), options: readOptions(input), token: randomUUID() };
  const labels = labelsOf({ ...request });
  const workflowId = options.workflowId ?? jobId(request, memo.request);
  const handle = await client.workflow.start<CopyWorkflow<Input>>('copyMemoryDBSnapshot', {
    args: [input],
    workflowId,
    taskQueue: options.taskQueue ?? DEFAULT_TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    memo: { [JOB_MEMO]: { ...labels, ...memo } },
    staticSummary: summaryOf(labels),
  });
  const running = (await handle.describe()).memo?.[JOB_MEMO] as JobMemo | undefined;
  const attached = running?.token !== memo.token;
  if (attached) refuseMismatch(input, workflowId, memo, running);
  return toJob(client.workflow.getHandle<CopyWorkflow<Input>>(workflowId, handle.firstExecutionRunId), attached);
}

/**
 * A job that was started before, by its workflow id.
 *
 * @throws ApplicationFailure `InvalidRequest` where that can be no id
 */
export function getSnapshotJob(client: Client, workflowId: string): SnapshotJob {
  refuse(placeProblems({ workflowId }));
  return toJob(client.workflow.getHandle<CopyWorkflow>(workflowId), true);
}

function toJob<Input extends CopySnapshotInput>(
  handle: WorkflowHandle<CopyWorkflow<Input>>,
  attached: boolean
): SnapshotJob<ResultOf<Input>> {
  return {
    workflowId: handle.workflowId,
    attached,
    result: () => handle.result(),
    progress: () => handle.query<JobProgress>('progress'),
    watch: (options) => watchJob(handle, options),
    cancel: async () => {
      await handle.cancel();
    },
    leftBehind: async () => readOutcome(await handle.describe()),
  };
}

function readOutcome({ memo }: WorkflowExecutionDescription): Discarded | undefined {
  return memo?.[OUTCOME_MEMO] as Discarded | undefined;
}

function refuseMismatch(
  { request }: CopySnapshotInput,
  workflowId: string,
  wanted: JobMemo,
  running: JobMemo | undefined
): void {
  const what =
    running?.request === wanted.request ? differingOptions(wanted.options, running.options) : ['another request'];
  if (what.length === 0) return;
  throw finalFailure('RequestMismatch', `the job ${workflowId} is running already, with ${what.join(' and ')}`, {
    phase: 'inspecting',
    source: request.SourceSnapshotName,
    target: request.TargetSnapshotName,
    hint: 'Attach with the same input, wait for the running job, or cancel it first.',
  });
}
