import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { MemoryDBClientConfig } from '@aws-sdk/client-memorydb';
import type { WorkflowHandleWithStartDetails } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import {
  MemoryDBSnapshotPlugin,
  type CopySnapshotInput,
  type CopySnapshotRequest,
  type CopySnapshotResult,
  type MemoryDBSnapshotPluginOptions,
} from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { startTimeSkipping } from './start-time-skipping';

export const CLUSTER = 'prod';
export const SOURCE = 'automatic.prod-2026-11-23-03-15';
export const TARGET = 'prod-copy';
export const BUCKET = 'acme-backups';

/** A copy of the sample source, with what a test wants otherwise. */
export function copyOf(
  changes: Partial<Omit<CopySnapshotInput, 'request'>> & { request?: Partial<CopySnapshotRequest> } = {}
): CopySnapshotInput {
  return {
    ...changes,
    request: { SourceSnapshotName: SOURCE, TargetSnapshotName: TARGET, ...changes.request },
  };
}

/** An export of the sample source, with what a test wants otherwise. */
export function exportOf(changes: Parameters<typeof copyOf>[0] = {}): CopySnapshotInput {
  return copyOf({ ...changes, request: { TargetBucket: BUCKET, TargetSnapshotName: 'nightly', ...changes.request } });
}

type CopyWorkflow = (input: CopySnapshotInput) => Promise<CopySnapshotResult>;
type JobHandle = WorkflowHandleWithStartDetails<CopyWorkflow>;

/** A Temporal server, for all tests of a file. */
export interface Server {
  readonly env: TestWorkflowEnvironment;
  readonly bundle: WorkflowBundleWithSourceMap;
  close(): Promise<void>;
}

/** A simulator with the sample source and a worker on a task queue of their own, for one test. */
export interface World {
  readonly env: TestWorkflowEnvironment;
  readonly sim: MemoryDBSimulator;
  readonly taskQueue: string;
  readonly bundle: WorkflowBundleWithSourceMap;
  /** Starts the job; its id is fresh unless given. */
  readonly start: (input: CopySnapshotInput, workflowId?: string) => Promise<JobHandle>;
  /** Starts the job and waits for its result. */
  readonly run: (input: CopySnapshotInput, workflowId?: string) => Promise<CopySnapshotResult>;
  /** Runs another worker while `work` runs. */
  readonly withWorker: <T>(work: () => Promise<T>, options?: Partial<WorkerOptions>) => Promise<T>;
}

export interface WorldOptions {
  readonly plugin?: Omit<MemoryDBSnapshotPluginOptions, 'memorydb'>;
  /** Beside what points the client at the simulator. */
  readonly memorydb?: MemoryDBClientConfig;
  readonly worker?: Partial<WorkerOptions>;
  /** Where exports go instead of the simulator's own S3. */
  readonly s3Endpoint?: string;
  readonly shards?: number;
}

const quiet = new DefaultLogger('ERROR');

/** Keeps the workers' logs out of the test's output; must come before the first server or worker. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: quiet,
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}

/** Starts a time-skipping server: its clock jumps while a result is awaited. */
export async function openTimeSkipping(
  workflows = join(__dirname, '..', '..', 'lib', 'workflows', 'index.js')
): Promise<Server> {
  installQuietRuntime();
  const [env, bundle] = await Promise.all([
    startTimeSkipping(),
    bundleWorkflowCode({ workflowsPath: workflows, logger: quiet }),
  ]);
  return { env, bundle, close: () => env.teardown() };
}

/** Runs a test in a world of its own, with a worker, and takes it down again. */
export async function inWorld<T>(
  { env, bundle }: Omit<Server, 'close'>,
  test: (world: World) => Promise<T>,
  options: WorldOptions = {}
): Promise<T> {
  const { s3Endpoint } = options;
  const sim = await MemoryDBSimulator.start({ now: () => env.currentTimeMs(), ...(s3Endpoint && { s3Endpoint }) });
  const taskQueue = `world-${randomUUID()}`;
  try {
    sim.addCluster(CLUSTER, { shards: options.shards ?? 3 });
    sim.addSnapshot(SOURCE, { cluster: CLUSTER });
    if (s3Endpoint === undefined) sim.addBucket(BUCKET);
    const start: World['start'] = (input, workflowId = `job-${randomUUID()}`) =>
      env.client.workflow.start<CopyWorkflow>('copyMemoryDBSnapshot', { args: [input], taskQueue, workflowId });
    const withWorker: World['withWorker'] = async (work, more = {}) => {
      const worker = await Worker.create({
        connection: env.nativeConnection,
        ...(env.namespace !== undefined && { namespace: env.namespace }),
        taskQueue,
        workflowBundle: bundle,
        // A cancel reaches a running attempt with the next heartbeat: let that be soon.
        maxHeartbeatThrottleInterval: 100,
        plugins: [
          new MemoryDBSnapshotPlugin({
            ...sim.aws,
            ...options.plugin,
            memorydb: { ...sim.aws.memorydb, ...options.memorydb },
          }),
        ],
        ...options.worker,
        ...more,
      });
      return worker.runUntil(work());
    };
    const world: World = {
      env,
      sim,
      taskQueue,
      bundle,
      start,
      run: async (input, workflowId) => (await start(input, workflowId)).result(),
      withWorker,
    };
    return await withWorker(() => test(world));
  } finally {
    await sim.close();
  }
}

/** How many events the job's history has. */
export async function historyEvents(handle: JobHandle): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}

/** Whether a call to S3 is about the file of a shard: `match` of a scripted fault. */
export function isShardFile({ Key = '' }: { readonly Key?: string }): boolean {
  return Key.endsWith('.rdb');
}
