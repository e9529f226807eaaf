import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  CopyResult,
  CopySnapshotInput,
  CopySnapshotResult,
  ExportResult,
  ExportSnapshotInput,
  PlainCopyInput,
  SnapshotFailure,
} from 'temporal-memorydb-snapshots';
import { findSnapshotFailure } from 'temporal-memorydb-snapshots/contract';
import {
  childJob,
  copyMemoryDBSnapshot,
  exportMemoryDBSnapshot,
  isSnapshotFailure,
  latestSnapshot,
  runSnapshotJob,
  scheduledTime,
  type LatestSnapshotOptions,
} from 'temporal-memorydb-snapshots/workflows';

export { copyMemoryDBSnapshot }; // and no other of ours

/** A parent that lets its child's failure through. */
export async function copyAsChild(
  input: CopySnapshotInput,
  options?: { taskQueue?: string }
): Promise<CopySnapshotResult> {
  return runSnapshotJob(input, options);
}

/** A parent that starts the job under the name that is typed for exports. */
export async function exportAsChild(input: ExportSnapshotInput): Promise<ExportResult> {
  return executeChild(exportMemoryDBSnapshot, childJob(input));
}

export const leaveSignal = defineSignal('leave');

/** A parent whose first run leaves the job behind: it fails, or continues as new, when it is told to. */
export async function leaveOnce(
  input: PlainCopyInput,
  by: 'failing' | 'continuing',
  isFirst = workflowInfo().attempt === 1
): Promise<CopySnapshotResult> {
  if (!isFirst) return runSnapshotJob(input);
  let isTold = false;
  setHandler(leaveSignal, () => {
    isTold = true;
  });
  await startChild(copyMemoryDBSnapshot, childJob(input));
  await condition(() => isTold);
  if (by === 'failing') throw ApplicationFailure.retryable('the first run fails');
  return continueAsNew<typeof leaveOnce>(input, by, false);
}

/** A parent that reads why its child failed. */
export async function readChildFailure(
  input: CopySnapshotInput,
  type: string
): Promise<{ matches: boolean; type: string | undefined; hint: string | undefined }> {
  try {
    await runSnapshotJob(input);
    return { matches: false, type: undefined, hint: undefined };
  } catch (err) {
    const failure: SnapshotFailure | undefined = findSnapshotFailure(err);
    return { matches: isSnapshotFailure(err, type), type: failure?.type, hint: failure?.details[0].hint };
  }
}

export async function findNewest(cluster: string, options?: LatestSnapshotOptions): Promise<string> {
  return latestSnapshot(cluster, options);
}

/** A parent under a schedule: its copy is named for the day. */
export async function copyOfTheDay(): Promise<CopyResult> {
  const SourceSnapshotName = await latestSnapshot('prod');
  const TargetSnapshotName = `prod-${scheduledTime().toISOString().slice(0, 10)}`;
  return runSnapshotJob({ request: { SourceSnapshotName, TargetSnapshotName } });
}
