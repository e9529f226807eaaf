import type {
  BundleOptions,
  BundlerPlugin,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
  WorkflowBundleOption,
} from '@temporalio/worker';
import { openActivities, type OpenActivities } from './activities/create';
import { checkOptions, type SnapshotActivitiesOptions } from './activities/options';
import { workflowsPath } from './activities/workflows-path';
import { checkBundle, watchBundling } from './workflow-check';

/** Options of the plugin: how its activities reach AWS. */
export type MemoryDBSnapshotPluginOptions = SnapshotActivitiesOptions;

/**
 * Adds the snapshot activities to a worker, and our workflows where the worker has none of its own. Everything that is
 * the user's stays as it is. The same plugin on connection and worker counts once.
 *
 * A worker with workflows of its own re-exports ours from its workflows module; the plugin says so where that is missing.
 *
 * @example
 * ```ts
 * const snapshots = new MemoryDBSnapshotPlugin({ memorydb: { region: 'eu-central-1' } });
 * const worker = await Worker.create({ connection, taskQueue: 'memorydb-snapshots', plugins: [snapshots] });
 * ```
 */
export class MemoryDBSnapshotPlugin implements WorkerPlugin, BundlerPlugin {
  readonly name = 'temporal-memorydb-snapshots';
  private opened: OpenActivities | undefined;
  private running = 0;
  private readonly checked = new WeakSet<WorkflowBundleOption>();

  /** @throws TypeError that names every option that cannot work, its value and the fix */
  constructor(private readonly options: MemoryDBSnapshotPluginOptions = {}) {
    checkOptions(options);
  }

  /**
   * Called by the SDK when a worker is made.
   *
   * @throws Error where no region is set: each job would fail by itself
   */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    this.opened ??= openActivities(this.options);
    await this.opened.requireRegions();
    await this.checkOnce(options.workflowBundle);
    return {
      ...withWorkflows(options),
      activities: { ...this.opened.activities, ...options.activities },
      plugins: (options.plugins ?? []).filter((plugin, i, all) => plugin !== this || all.indexOf(plugin) === i),
    };
  }

  /** Called by the SDK when histories are replayed. */
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return withWorkflows(options);
  }

  /** Called by the SDK when workflow code is bundled. */
  configureBundler(options: BundleOptions): BundleOptions {
    return options.workflowsPath === workflowsPath ? options : watchBundling(options);
  }

  /** Called by the SDK when a worker runs; the connections to AWS are closed with the last one. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    this.running += 1;
    try {
      await next(worker);
    } finally {
      this.running -= 1;
      if (this.running === 0) this.opened?.close();
    }
  }

  /** On both connection and worker, the plugin is asked twice. */
  private async checkOnce(bundle: WorkflowBundleOption | undefined): Promise<void> {
    if (bundle === undefined || this.checked.has(bundle)) return;
    this.checked.add(bundle);
    await checkBundle(bundle);
  }
}

function withWorkflows<Options extends Pick<WorkerOptions, 'workflowsPath' | 'workflowBundle'>>(
  options: Options
): Options {
  return options.workflowsPath === undefined && options.workflowBundle === undefined
    ? { ...options, workflowsPath }
    : options;
}
