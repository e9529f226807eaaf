import { workflowInfo } from '@temporalio/workflow';
import type { CopySnapshotInput } from '../contract/job';
import { childJobId } from '../contract/job-id';
import { JOB_MEMO, labelsOf, summaryOf } from '../contract/job-labels';
import { refuse, requestOf } from '../contract/request';
import { placeProblems } from '../contract/request-names';
import { nestingProblems } from '../contract/request-problem';

/** Options of `executeChild` and `startChild` for a job. */
export interface ChildJob<Input extends CopySnapshotInput = CopySnapshotInput> {
  args: [Input];
  workflowId: string;
  /** A parent that is cancelled or ends cancels the job, which then settles what it leaves behind. */
  parentClosePolicy: 'REQUEST_CANCEL';
  /** What the job is about, in plain words. */
  memo: Record<string, unknown>;
  staticSummary: string;
  taskQueue?: string;
}

/** Where a job runs as a child. */
export interface ChildJobOptions {
  /** Where a dedicated worker runs our workflows. @default the parent's own task queue */
  readonly taskQueue?: string;
}

/**
 * A job as a child of the calling workflow, under an id that stays the same over the parent's retries.
 *
 * This alone is not enough for a parent that is retried, reset, or continues as new. When such a run ends, its job is
 * cancelled and may take hours to settle. Until then it holds the id, and the next run fails with "already started":
 * use {@link runSnapshotJob}, which waits for it.
 *
 * @example
 * ```ts
 * const { snapshot } = await executeChild(copyMemoryDBSnapshot, childJob({ request }));
 * ```
 */
export function childJob<Input extends CopySnapshotInput>(
  input: Input,
  options: ChildJobOptions = {}
): ChildJob<Input> {
  const { taskQueue }: ChildJobOptions = { ...options };
  refuse([...nestingProblems('input', input), ...placeProblems({ taskQueue })]);
  const request = requestOf(input);
  const labels = labelsOf(request);
  return {
    args: [input],
    workflowId: childJobId(workflowInfo().workflowId, request),
    parentClosePolicy: 'REQUEST_CANCEL',
    memo: { [JOB_MEMO]: labels },
    staticSummary: summaryOf(labels),
    ...(taskQueue != null && { taskQueue }),
  };
}
