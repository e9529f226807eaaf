import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, sleep } from '@temporalio/workflow';
import type { CopySnapshotInput, ResultOf } from '../contract/job';
import { DEFAULT_PACES, nextDelayMs } from '../contract/pacing';
import { childJob, type ChildJobOptions } from './child-job';

/**
 * Runs a job as a child of the calling workflow and returns its result. An earlier run of the parent (before a retry, a
 * reset, or a continue-as-new) may have left the same job behind, which is still settling its cancel. Then this waits
 * until that one is closed and runs the job again, which adopts what is there. A cancel of the parent cancels the job.
 *
 * @throws ChildWorkflowFailure around the job's own failure; `isSnapshotFailure` reads it
 * @example
 * ```ts
 * const { snapshot } = await runSnapshotJob({ request });
 * ```
 */
export async function runSnapshotJob<Input extends CopySnapshotInput>(
  input: Input,
  options: ChildJobOptions = {}
): Promise<ResultOf<Input>> {
  const job = childJob(input, options);
  const begun = Date.now();
  for (;;) {
    try {
      return await executeChild<(input: Input) => Promise<ResultOf<Input>>>('copyMemoryDBSnapshot', job);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(nextDelayMs(DEFAULT_PACES.poll, { elapsedMs: Date.now() - begun }, Math.random()), {
        summary: 'an earlier run of the job is closing',
      });
    }
  }
}
