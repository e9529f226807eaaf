// Uses every subpath as a TypeScript program would, and prints what the simulator says of a copy.
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import type { Client } from '@temporalio/client';
import {
  DEFAULT_PACES,
  isSnapshotFailure,
  MemoryDBSnapshotPlugin,
  startSnapshotJob,
  type CopySnapshotInput,
  type CopySnapshotResult,
  type SnapshotFailureType,
} from 'temporal-memorydb-snapshots';
import {
  closeSnapshotActivities,
  createSnapshotActivities,
  type SnapshotActivitiesOptions,
} from 'temporal-memorydb-snapshots/activities';
import { findProblems, type SnapshotActivities } from 'temporal-memorydb-snapshots/contract';
import { MemoryDBSimulator, type SimulatorSettings } from 'temporal-memorydb-snapshots/testing';
import { childJob, type ChildJob } from 'temporal-memorydb-snapshots/workflows';

export const child: (input: CopySnapshotInput) => ChildJob = childJob;
export const quota: SnapshotFailureType = 'SnapshotQuotaExceededFault';
export type Plan = Awaited<ReturnType<SnapshotActivities['inspectSource']>>;

export async function start(client: Client, input: CopySnapshotInput): Promise<string | undefined> {
  try {
    const job = await startSnapshotJob(client, input, { taskQueue: 'snapshots' });
    for await (const { phase } of job.watch()) console.log(phase);
    const copy: CopySnapshotResult = await job.result();
    return copy.kind === 'copy' ? copy.snapshot.ARN : copy.manifestKey;
  } catch (err) {
    if (isSnapshotFailure(err, quota)) return undefined;
    throw err;
  }
}

async function main(): Promise<void> {
  const settings: SimulatorSettings = { copyTakes: '4h' };
  const sim = await MemoryDBSimulator.start();
  sim.set(settings);
  const options: SnapshotActivitiesOptions = { memorydb: new MemoryDBClient(sim.aws.memorydb), paces: DEFAULT_PACES };
  const activities = createSnapshotActivities(options);
  const input: CopySnapshotInput = { request: { SourceSnapshotName: 'a', TargetSnapshotName: 'b' } };
  console.log(
    JSON.stringify({
      plugin: new MemoryDBSnapshotPlugin(options).name,
      problems: findProblems(input),
      region: sim.aws.memorydb.region,
    })
  );
  await closeSnapshotActivities(activities);
  await sim.close();
}

void main();
