import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { SnapshotJob } from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { vi } from 'vitest';
import { test as base, type Program } from '../support/processes';
import { devServer } from '../support/temporal-servers';
import { BUCKET, CLUSTER, SOURCE } from '../support/world';
import { freshCopy, freshExport, startJob } from './dev-world';

/** A simulator, and worker processes on a task queue of their own, for one test. */
export interface WorkerStage {
  readonly sim: MemoryDBSimulator;
  /** Lets an hour go by for the simulator alone: what takes that long there is over. */
  readonly skipHour: () => void;
  /** What points a worker at the simulator and the dev server. */
  readonly env: Environment;
  /** Starts a worker and waits until it polls. */
  readonly startWorker: (env?: Environment) => Promise<Program>;
  /** Starts a job with a target of its own. */
  readonly startJob: () => Promise<SnapshotJob>;
  /** Starts an export with a target of its own, of the sample source unless told. */
  readonly startExport: (source?: string) => Promise<SnapshotJob>;
  /** The worker that has the job's only pending activity, or had its last attempt; waits until there is but one. */
  readonly findHolder: (workers: readonly Program[], job: SnapshotJob) => Promise<Program>;
  readonly countEvents: (job: SnapshotJob) => Promise<number>;
  /** Whether the server still means to give the job's next workflow task to the worker that had the last one. */
  readonly isBoundTo: (worker: Program, job: SnapshotJob) => Promise<boolean>;
}

type Environment = Readonly<Record<string, string>>;

/** A test with worker processes; it may run beside others. */
export const test = base.extend<{ runWorker: (env: Environment) => Program; stage: WorkerStage }>({
  /** Starts the runnable worker. */
  runWorker: async ({ startProgram }, use) => {
    await use((env) => startProgram('lib/worker.js', [], env));
  },
  stage: async ({ runWorker }, use) => {
    const { address, namespace } = devServer();
    let aheadMs = 0;
    const sim = await MemoryDBSimulator.start({ now: () => Date.now() + aheadMs });
    sim.addCluster(CLUSTER, { shards: 3 });
    sim.addSnapshot(SOURCE, { cluster: CLUSTER });
    sim.addBucket(BUCKET);
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const taskQueue = `workers-${randomUUID()}`;
    const { region, endpoint, credentials } = sim.aws.memorydb;
    const env = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_TASK_QUEUE: taskQueue,
      AWS_REGION: region,
      AWS_ENDPOINT_URL_MEMORYDB: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const fetchEvents = async ({ workflowId }: SnapshotJob) =>
      (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    await use({
      sim,
      skipHour: () => {
        aheadMs += 3_600_000;
      },
      env,
      startWorker: async (more) => {
        const worker = runWorker({ ...env, ...more });
        await worker.printed('"worker is polling"');
        return worker;
      },
      startJob: () => startJob({ env: { client }, taskQueue }, freshCopy()),
      startExport: (source) => startJob({ env: { client }, taskQueue }, freshExport(source)),
      findHolder: (workers, { workflowId }) =>
        vi.waitFor(
          async () => {
            const { raw } = await client.workflow.getHandle(workflowId).describe();
            const [pending, ...others] = raw.pendingActivities ?? [];
            const holder = workers.find(({ pid }) => pending?.lastWorkerIdentity?.startsWith(`${pid}@`));
            if (holder === undefined || others.length > 0)
              throw new Error(`${workflowId}: nobody has its only activity`);
            return holder;
          },
          { timeout: 60_000 }
        ),
      countEvents: async (job) => (await fetchEvents(job)).length,
      isBoundTo: async ({ pid }, job) => {
        const queues = (await fetchEvents(job)).map((event) => event.workflowTaskScheduledEventAttributes?.taskQueue);
        const sticky = queues.findLast((queue) => queue?.normalName === taskQueue);
        const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: sticky ?? null });
        return pollers.some(({ identity }) => identity?.startsWith(`${pid}@`));
      },
    });
    await connection.close();
    await sim.close();
  },
});
