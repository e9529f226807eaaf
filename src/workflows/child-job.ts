import { workflowInfo } from '@temporalio/workflow';
import type { CopySnapshotInput } from '../contract/job';
import { childJobId } from '../contract/job-id';
import { refuse, requestOf } from '../contract/request';
import { placeProblems } from '../contract/request-names';
import { nestingProblems } from '../contract/request-problem';

/** Options of `executeChild` and `startChild` for a job. */
export interface ChildJob<Input extends CopySnapshotInput = CopySnapshotInput> {
  args: [Input];
  workflowId: string;
  /** A parent that is cancelled or ends cancels the job, which then settles what it leaves behind. */
  parentClosePolicy: 'REQUEST_CANCEL';
  taskQueue?: string;
}

/**
 * A job as a child of the calling workflow, under an id that stays the same over the parent's retries: a child cannot
 * attach to a running job.
 *
 * @param options.taskQueue where a dedicated worker runs our workflows; the default is the parent's own
 * @example
 * ```ts
 * const { snapshot } = await executeChild(copyMemoryDBSnapshot, childJob({ request }));
 * ```
 */
export function childJob<Input extends CopySnapshotInput>(
  input: Input,
  options: { readonly taskQueue?: string } = {}
): ChildJob<Input> {
  const { taskQueue } = options;
  refuse([...nestingProblems('input', input), ...placeProblems({ taskQueue })]);
  return {
    args: [input],
    workflowId: childJobId(workflowInfo().workflowId, requestOf(input)),
    parentClosePolicy: 'REQUEST_CANCEL',
    ...(taskQueue != null && { taskQueue }),
  };
}
