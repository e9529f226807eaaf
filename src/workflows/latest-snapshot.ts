import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { LatestSnapshotQuery } from '../contract/job';
import { refuse } from '../contract/request';
import { placeProblems } from '../contract/request-names';
import { findLatest } from './activity-proxies';

/** Which snapshots count, and who looks for them. */
export interface LatestSnapshotOptions extends Omit<LatestSnapshotQuery, 'cluster'> {
  /** Where our activities run, if that is not the workflow's own task queue. */
  readonly taskQueue?: string;
}

/**
 * The name of a cluster's newest snapshot, by creation time; callable inside any workflow, because nobody knows
 * `automatic.*` names by heart. One that is being copied or exported counts, because a job waits until it is available
 * again; one that is `creating`, `failed` or `deleting` does not.
 *
 * @throws ApplicationFailure of type `SnapshotNotFoundFault` that names the cluster and what was seen
 */
export async function latestSnapshot(cluster: string, options: LatestSnapshotOptions = {}): Promise<string> {
  // Nothing is checked yet: the activity refuses what is wrong. A task queue must be right to reach it.
  const { taskQueue, ...query }: LatestSnapshotOptions = { ...options };
  refuse(placeProblems({ taskQueue }));
  try {
    return await findLatest({ cluster, ...query }, taskQueue);
  } catch (err) {
    throw err instanceof ActivityFailure && err.cause instanceof ApplicationFailure ? err.cause : err;
  }
}
