import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type LogEntry, type WorkerOptions } from '@temporalio/worker';
import { MemoryDBSnapshotPlugin, type CopySnapshotInput, type CopySnapshotResult } from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';

const SOURCE = 'automatic.prod-2026-11-23-03-15';

/** What the plugin says where our workflow is not exported. */
const ADVICE = "export { copyMemoryDBSnapshot } from 'temporal-memorydb-snapshots/workflows';";

/** A copy that takes a minute. */
export const COPY: CopySnapshotInput = {
  request: { SourceSnapshotName: SOURCE, TargetSnapshotName: 'prod-copy' },
};

/** A logger that keeps what it is told. */
export class Notes extends DefaultLogger {
  readonly entries: LogEntry[] = [];

  constructor() {
    super('WARN', (entry) => this.entries.push(entry));
  }

  /** How often the line to add was said. */
  get advice(): number {
    return this.entries.filter(({ message }) => message.includes(ADVICE)).length;
  }
}

/** Installs the Runtime with a logger that the tests can read; once in a process, before the first server. */
export function installNotes(): Notes {
  const notes = new Notes();
  Runtime.install({ logger: notes });
  return notes;
}

/** A simulator and a task queue for one test; how the worker is set up is what the test is about. */
export interface Scene {
  readonly env: TestWorkflowEnvironment;
  readonly sim: MemoryDBSimulator;
  readonly taskQueue: string;
  readonly plugin: MemoryDBSnapshotPlugin;
  /** A worker with the test's options and nothing else. */
  readonly worker: (options: Partial<WorkerOptions>) => Promise<Worker>;
  /** Starts the job and waits for its result. */
  readonly copy: (workflowId?: string) => Promise<CopySnapshotResult>;
}

/** Runs a test in a scene of its own, and takes it down again, a given simulator included. */
export async function inScene<T>(
  env: TestWorkflowEnvironment,
  test: (scene: Scene) => Promise<T>,
  given?: MemoryDBSimulator
): Promise<T> {
  const sim = given ?? (await MemoryDBSimulator.start({ now: () => env.currentTimeMs() }));
  const taskQueue = `scene-${randomUUID()}`;
  try {
    sim.addCluster('prod', { shards: 3 });
    sim.addSnapshot(SOURCE, { cluster: 'prod' });
    return await test({
      env,
      sim,
      taskQueue,
      plugin: new MemoryDBSnapshotPlugin(sim.aws),
      worker: (options) => Worker.create({ connection: env.nativeConnection, taskQueue, ...options }),
      copy: (workflowId = `job-${randomUUID()}`) =>
        env.client.workflow.execute<(input: CopySnapshotInput) => Promise<CopySnapshotResult>>('copyMemoryDBSnapshot', {
          args: [COPY],
          taskQueue,
          workflowId,
        }),
    });
  } finally {
    await sim.close();
  }
}
