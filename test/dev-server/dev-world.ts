import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import {
  startSnapshotJob,
  type CopySnapshotInput,
  type JobEvent,
  type Paces,
  type SnapshotJob,
} from 'temporal-memorydb-snapshots';
import { devServer } from '../support/temporal-servers';
import {
  copyOf,
  exportOf,
  installQuietRuntime,
  inWorld,
  type Server,
  type World,
  type WorldOptions,
} from '../support/world';

/** On a real clock a test cannot wait for the paces that a real MemoryDB deserves. */
const BRISK: Paces = {
  poll: { floorMs: 200, share: 0.1, ceilingMs: 1_000 },
  throttled: { floorMs: 200, share: 0.5, ceilingMs: 1_000 },
  state: { floorMs: 200, share: 0.25, ceilingMs: 1_000 },
  quota: { floorMs: 200, share: 0.5, ceilingMs: 1_000 },
};

/** Joins the lane's dev server, for all tests of a file. */
export async function openDevServer(
  workflowsPath = join(__dirname, '..', '..', 'lib', 'workflows', 'index.js')
): Promise<Server> {
  installQuietRuntime();
  const [env, bundle] = await Promise.all([
    TestWorkflowEnvironment.createFromExistingServer(devServer()),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  ]);
  return { env, bundle, close: () => env.teardown() };
}

/** `inWorld` at brisk paces. */
export function inDevWorld<T>(
  server: Server,
  test: (world: World) => Promise<T>,
  options: WorldOptions = {}
): Promise<T> {
  return inWorld(server, test, { ...options, plugin: { paces: BRISK, ...options.plugin } });
}

/** A copy to a name of its own: all worlds of the lane share the server's workflow ids. */
export function freshCopy(changes: Partial<Omit<CopySnapshotInput, 'request'>> = {}): CopySnapshotInput {
  return copyOf({ ...changes, request: { TargetSnapshotName: `copy-${randomUUID()}` } });
}

/** An export to a name of its own. */
export function freshExport(source?: string): CopySnapshotInput {
  const TargetSnapshotName = `export-${randomUUID()}`;
  return exportOf({ request: { TargetSnapshotName, ...(source !== undefined && { SourceSnapshotName: source }) } });
}

/** Starts or attaches to a job on the world's task queue, as an application does. */
export function startJob(
  { env, taskQueue }: { readonly env: { readonly client: Client }; readonly taskQueue: string },
  input: CopySnapshotInput
): Promise<SnapshotJob> {
  return startSnapshotJob(env.client, input, { taskQueue });
}

/** Watches a job until something happens in it. */
export async function untilEvent(job: SnapshotJob, happened: (event: JobEvent) => boolean): Promise<JobEvent> {
  for await (const event of job.watch({ everyMs: 50 })) if (happened(event)) return event;
  throw new Error(`${job.workflowId} is closed, and it did not happen`);
}

/** Whether the copy, or the objects of an export, are waited for, and no attempt runs. */
export function isBetweenLooks({ phase, nextTry }: JobEvent): boolean {
  return (phase === 'copying' || phase === 'exporting') && nextTry !== undefined;
}
