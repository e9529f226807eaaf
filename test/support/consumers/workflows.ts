// The workflows module of a user: workflows of their own, and ours re-exported.
import { proxyActivities } from '@temporalio/workflow';
import { copyMemoryDBSnapshot, latestSnapshot, runSnapshotJob } from 'temporal-memorydb-snapshots/workflows';
import type { CopySnapshotInput } from 'temporal-memorydb-snapshots';

export { copyMemoryDBSnapshot };

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: '1 minute' });

/** Uses the user's activities before and after our job. */
export async function copyBetweenGreetings(input: CopySnapshotInput): Promise<string[]> {
  const before = await greet('before');
  const result = await runSnapshotJob(input);
  const after = await greet('after');
  return [before, result.kind === 'copy' ? result.snapshot.Status : result.kind, after];
}

export async function findNewest(cluster: string): Promise<string> {
  return latestSnapshot(cluster);
}
