import { executeChild } from '@temporalio/workflow';
import type { CopySnapshotInput, CopySnapshotResult, SnapshotFailure } from 'temporal-memorydb-snapshots';
import { findSnapshotFailure } from 'temporal-memorydb-snapshots/contract';
import {
  childJob,
  copyMemoryDBSnapshot,
  isSnapshotFailure,
  latestSnapshot,
  type LatestSnapshotOptions,
} from 'temporal-memorydb-snapshots/workflows';

export { copyMemoryDBSnapshot };

/** A parent that lets its child's failure through. */
export async function copyAsChild(
  input: CopySnapshotInput,
  options?: { taskQueue?: string }
): Promise<CopySnapshotResult> {
  return executeChild(copyMemoryDBSnapshot, childJob(input, options));
}

/** A parent that reads why its child failed. */
export async function readChildFailure(
  input: CopySnapshotInput,
  type: string
): Promise<{ matches: boolean; type: string | undefined; hint: string | undefined }> {
  try {
    await executeChild(copyMemoryDBSnapshot, childJob(input));
    return { matches: false, type: undefined, hint: undefined };
  } catch (err) {
    const failure: SnapshotFailure | undefined = findSnapshotFailure(err);
    return { matches: isSnapshotFailure(err, type), type: failure?.type, hint: failure?.details[0].hint };
  }
}

export async function findNewest(cluster: string, options?: LatestSnapshotOptions): Promise<string> {
  return latestSnapshot(cluster, options);
}
