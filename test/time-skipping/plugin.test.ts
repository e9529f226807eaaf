import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkerPlugin,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import {
  closeSnapshotActivities,
  createSnapshotActivities,
  MemoryDBSnapshotPlugin,
  type ClosableActivities,
  type CopySnapshotResult,
  type MemoryDBOption,
  type MemoryDBSnapshotPluginOptions,
} from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { COPY, inScene, installNotes, type Notes, type Scene } from '../support/consumers/scene';
import { startTimeSkipping } from '../support/start-time-skipping';
import { describeWith } from '../support/temporal-servers';

const CONSUMERS = join(__dirname, '..', 'support', 'consumers');
const WORKFLOWS = join(CONSUMERS, 'workflows.ts');
const INTERCEPTORS = join(CONSUMERS, 'workflow-interceptors.ts');
const OURS = [
  'memorydbAwaitCopy',
  'memorydbConcludeExport',
  'memorydbDiscardCopy',
  'memorydbFindLatest',
  'memorydbInspectSource',
  'memorydbStartCopy',
  'memorydbVerifyObject',
];

describeWith('time-skipping server', 'the plugin', () => {
  let notes: Notes;
  let env: TestWorkflowEnvironment;
  /** The user's workflows with ours, bundled without the plugin's knowledge. */
  let bundle: WorkflowBundleWithSourceMap;

  beforeAll(async () => {
    notes = installNotes();
    [env, bundle] = await Promise.all([startTimeSkipping(), bundleOf(WORKFLOWS)]);
  });
  beforeEach(() => void notes.entries.splice(0));
  afterAll(() => env.teardown());

  describe('makes a job run', () => {
    const rows: readonly (readonly [
      what: string,
      options: (plugin: MemoryDBSnapshotPlugin) => Partial<WorkerOptions>,
    ])[] = [
      ['on a worker of its own', (plugin) => ({ plugins: [plugin] })],
      ["on a worker with the user's workflows", (plugin) => ({ plugins: [plugin], workflowsPath: WORKFLOWS })],
      ['on a worker with a prebuilt bundle', (plugin) => ({ plugins: [plugin], workflowBundle: bundle })],
      ['given twice', (plugin) => ({ plugins: [plugin, plugin] })],
      ['without a workflow cache: each step replays', (plugin) => ({ plugins: [plugin], maxCachedWorkflows: 0 })],
      ['before another plugin', (plugin) => ({ plugins: [plugin, otherPlugin()] })],
      ['after another plugin', (plugin) => ({ plugins: [otherPlugin(), plugin] })],
    ];

    test.for(rows)('%s', ([, options]) =>
      inScene(env, async ({ plugin, sim, worker, copy }) => {
        const running = await worker(options(plugin));

        const result = await running.runUntil(copy());

        expectCopied(sim, result);
        expect(ourActivities(running)).toEqual(OURS);
        expect(notes.advice).toBe(0);
      })
    );

    test('with a bundle that the plugin watched', () =>
      inScene(env, async ({ plugin, sim, worker, copy }) => {
        const watched = await bundleOf(WORKFLOWS, { plugins: [plugin] });

        const running = await worker({ plugins: [plugin], workflowBundle: watched });
        const result = await running.runUntil(copy());

        expectCopied(sim, result);
        expect(notes.advice).toBe(0);
      }));

    test.for([
      ['on the connection', []],
      ['on both connection and worker, and counts once', ['worker']],
    ] as const)('%s', ([, places]) =>
      inScene(env, async ({ sim, worker, copy }) => {
        const { plugin, clients } = countingPlugin(sim);
        const connection = await NativeConnection.connect({ address: env.address, plugins: [plugin] });
        try {
          const running = await worker({ connection, ...(places.length > 0 && { plugins: [plugin] }) });
          const result = await running.runUntil(copy());

          expectCopied(sim, result);
          expect(ourActivities(running)).toEqual(OURS);
          expect(clients()).toEqual({ made: 1, closed: 1 });
        } finally {
          await connection.close();
        }
      })
    );

    test.for<readonly [how: string, activities: (ours: ClosableActivities) => object]>([
      ['as they are', (ours) => ours],
      ['beside others', (ours) => ({ ...ours, greet: () => Promise.resolve('hello') })],
    ])('not needed at all, when activities and workflows are wired by hand: %s', ([, activitiesOf]) =>
      inScene(env, async ({ sim, worker, copy }) => {
        const activities = createSnapshotActivities(sim.aws);

        const running = await worker({
          activities: activitiesOf(activities),
          workflowsPath: require.resolve('temporal-memorydb-snapshots/workflows'),
        });
        const result = await running.runUntil(copy());
        await closeSnapshotActivities(activities);

        expectCopied(sim, result);
        expect([...running.options.activities.keys()].filter((name) => name !== 'greet').sort()).toEqual(OURS);
      })
    );
  });

  describe('where AWS_REGION is not set and there are no profiles', () => {
    beforeEach(() => {
      for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_')))
        vi.stubEnv(name, undefined);
      vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config').stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
    });
    afterEach(() => void vi.unstubAllEnvs());

    test.for<readonly [what: string, memorydb: (sim: MemoryDBSimulator) => MemoryDBOption]>([
      ['configuration', (sim) => sim.aws.memorydb],
      ['client', (sim) => new MemoryDBClient(sim.aws.memorydb)],
    ])('exports with the region and the credentials of the %s of MemoryDB', ([, memorydb]) =>
      inScene(env, async ({ sim, worker, taskQueue }) => {
        sim.addBucket('acme-backups');
        const plugin = new MemoryDBSnapshotPlugin({ memorydb: memorydb(sim), s3: { endpoint: sim.endpoint } });

        const running = await worker({ plugins: [plugin], workflowBundle: bundle });
        const { kind } = await running.runUntil(
          env.client.workflow.execute<(input: typeof COPY) => Promise<CopySnapshotResult>>('copyMemoryDBSnapshot', {
            args: [{ request: { ...COPY.request, TargetBucket: 'acme-backups' } }],
            taskQueue,
            workflowId: `export-${randomUUID()}`,
          })
        );

        expect(kind).toBe('export');
        expect(sim.callsTo('PutObject').map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
      })
    );

    test.for<readonly [options: MemoryDBSnapshotPluginOptions, option: string]>([
      [{}, 'memorydb'],
      [{ memorydb: {}, s3: { region: 'eu-central-1' } }, 'memorydb'],
      [{ memorydb: { region: 'eu-central-1' }, s3: { profile: 'elsewhere' } }, 's3'],
    ])('a worker is not made with %j, and the error says what to set', ([options, option]) =>
      inScene(env, async ({ worker }) => {
        await expect(
          worker({ plugins: [new MemoryDBSnapshotPlugin(options)], workflowBundle: bundle })
        ).rejects.toThrow(
          `no AWS region (Region is missing): pass ${option}.region, or set AWS_REGION, or a region in the AWS profile`
        );
      })
    );
  });

  describe("leaves the user's own in place:", () => {
    const greet = (name: string) => Promise.resolve(`hello ${name}`);
    const greetings = ({ env, taskQueue }: Scene, workflowId: string) =>
      env.client.workflow.execute<(input: typeof COPY) => Promise<string[]>>('copyBetweenGreetings', {
        args: [COPY],
        taskQueue,
        workflowId,
      });

    test('activities and interceptors of activities and workflows', () =>
      inScene(env, async (scene) => {
        const intercepted: string[] = [];
        const workflowId = `parent-${randomUUID()}`;
        const running = await scene.worker({
          plugins: [scene.plugin],
          workflowsPath: WORKFLOWS,
          activities: { greet },
          interceptors: { workflowModules: [INTERCEPTORS], activity: [noteActivities(intercepted)] },
        });

        const result = await running.runUntil(greetings(scene, workflowId));

        expect(result).toEqual(['hello before', 'available', 'hello after']);
        expect(intercepted).toEqual(
          expect.arrayContaining(['greet', 'memorydbInspectSource', 'memorydbStartCopy', 'memorydbAwaitCopy'])
        );
        const parent = await env.client.workflow.getHandle(workflowId).describe();
        const child = await env.client.workflow.getHandle(`${workflowId}:memorydb-copy:prod-copy`).describe();
        expect(parent.memo).toEqual({ intercepted: true });
        expect(child.memo).toMatchObject({ intercepted: true, memorydbSnapshotsJob: { kind: 'copy' } });
      }));

    test('interceptors of a client, where the plugin is given to the whole environment', async () => {
      const started: string[] = [];
      let clock: () => number | Promise<number> = Date.now;
      const sim = await MemoryDBSimulator.start({ now: () => clock() });
      const theirs = await startTimeSkipping({
        plugins: [new MemoryDBSnapshotPlugin(sim.aws)],
        client: {
          interceptors: {
            workflow: [
              {
                startWithDetails(input, next) {
                  started.push(input.workflowType);
                  return next(input);
                },
              },
            ],
          },
        },
      });
      clock = () => theirs.currentTimeMs();
      try {
        const result = await inScene(theirs, async ({ worker, copy }) => (await worker({})).runUntil(copy()), sim);

        expectCopied(sim, result);
        expect(started).toEqual(['copyMemoryDBSnapshot']);
      } finally {
        await theirs.teardown();
      }
    });

    test('what other plugins add, whichever comes first', async () => {
      for (const ours of ['first', 'last']) {
        await inScene(env, async (scene) => {
          const intercepted: string[] = [];
          const other = otherPlugin({
            activities: { greet },
            interceptors: { activity: [noteActivities(intercepted)] },
          });
          const plugins = ours === 'first' ? [scene.plugin, other] : [other, scene.plugin];
          const running = await scene.worker({ plugins, workflowBundle: bundle });

          const result = await running.runUntil(greetings(scene, `parent-${randomUUID()}`));

          expect(result).toEqual(['hello before', 'available', 'hello after']);
          expect(intercepted).toContain('greet');
          expect(intercepted).toContain('memorydbStartCopy');
        });
      }
    });

    test('another plugin that is on connection and worker is asked as often as without ours', async () => {
      const runs = await Promise.all(
        [true, false].map((withOurs) =>
          inScene(env, async ({ plugin, worker }) => {
            let ran = 0;
            const other = otherPlugin({}, () => (ran += 1));
            const connection = await NativeConnection.connect({ address: env.address, plugins: [other] });
            const plugins = withOurs ? [other, plugin] : [other];
            const running = await worker({ connection, plugins, workflowBundle: bundle });
            await running.runUntil(Promise.resolve());
            await connection.close();
            return ran;
          })
        )
      );

      expect(runs).toEqual([2, 2]);
    });

    test('an activity that has the name of one of ours: the user’s is the one that runs', () =>
      inScene(env, async ({ plugin, sim, worker, taskQueue }) => {
        const running = await worker({
          plugins: [plugin],
          workflowBundle: bundle,
          activities: { memorydbFindLatest: () => Promise.resolve('the one I say') },
        });

        const name = await running.runUntil(
          env.client.workflow.execute<(cluster: string) => Promise<string>>('findNewest', {
            args: ['prod'],
            taskQueue,
            workflowId: `newest-${randomUUID()}`,
          })
        );

        expect(name).toBe('the one I say');
        expect(sim.calls).toEqual([]);
      }));
  });

  describe('replays', () => {
    test('the histories of jobs, with no workflows named', () =>
      inScene(env, async ({ plugin, worker, copy }) => {
        const workflowId = `job-${randomUUID()}`;
        const running = await worker({ plugins: [plugin] });
        await running.runUntil(copy(workflowId));
        const history = await env.client.workflow.getHandle(workflowId).fetchHistory();

        const replays = Worker.runReplayHistories({ plugins: [plugin] }, [{ workflowId, history }]);

        const errors: unknown[] = [];
        for await (const { error } of replays) errors.push(error);
        expect(errors).toEqual([undefined]);
      }));

    test("with the user's workflows, where they are named", () =>
      inScene(env, async ({ plugin, worker, copy }) => {
        const workflowId = `job-${randomUUID()}`;
        const running = await worker({ plugins: [plugin], workflowBundle: bundle });
        await running.runUntil(copy(workflowId));
        const history = await env.client.workflow.getHandle(workflowId).fetchHistory();

        const replays = Worker.runReplayHistories({ plugins: [plugin], workflowsPath: WORKFLOWS }, [
          { workflowId, history },
        ]);

        const errors: unknown[] = [];
        for await (const { error } of replays) errors.push(error);
        expect(errors).toEqual([undefined]);
      }));
  });

  describe('shared by two workers', () => {
    test('goes on when the first one ends, and closes its client once, with the last', () =>
      inScene(env, async ({ sim, worker, copy, taskQueue }) => {
        const { plugin, clients } = countingPlugin(sim);
        const options = { plugins: [plugin], workflowBundle: bundle };
        const [first, second] = [await worker({ ...options, taskQueue: `other-${taskQueue}` }), await worker(options)];

        const result = await second.runUntil(async () => {
          await first.runUntil(Promise.resolve());
          expect(clients()).toEqual({ made: 1, closed: 0 });
          return copy();
        });

        expectCopied(sim, result);
        expect(clients()).toEqual({ made: 1, closed: 1 });
      }));

    test('works for one that was made before the other ended, and runs after', () =>
      inScene(env, async ({ sim, worker, copy, taskQueue }) => {
        const { plugin, clients } = countingPlugin(sim);
        const options = { plugins: [plugin], workflowBundle: bundle };
        const [first, second] = [await worker({ ...options, taskQueue: `other-${taskQueue}` }), await worker(options)];

        await first.runUntil(Promise.resolve());
        const result = await second.runUntil(copy());

        expectCopied(sim, result);
        expect(clients()).toEqual({ made: 1, closed: 2 });
      }));

    test('leaves a client that was handed in open', () =>
      inScene(env, async ({ sim, worker, copy }) => {
        const memorydb = new MemoryDBClient(sim.aws.memorydb);
        const { requestHandler, closings } = countingHandler(memorydb);
        const theirs = new MemoryDBClient({ ...sim.aws.memorydb, requestHandler });
        const running = await worker({
          plugins: [new MemoryDBSnapshotPlugin({ memorydb: theirs })],
          workflowBundle: bundle,
        });

        const result = await running.runUntil(copy());

        expectCopied(sim, result);
        expect(closings()).toBe(0);
        theirs.destroy();
        expect(closings()).toBe(1);
      }));
  });
});

function expectCopied(sim: MemoryDBSimulator, result: CopySnapshotResult): void {
  expect(result).toMatchObject({ kind: 'copy', adopted: false, snapshot: { Name: 'prod-copy', Status: 'available' } });
  expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
}

function ourActivities({ options }: Worker): string[] {
  return [...options.activities.keys()].filter((name) => name.startsWith('memorydb')).sort();
}

function bundleOf(workflowsPath: string, options = {}): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR'), ...options });
}

/** A plugin of somebody else, as careful as ours. */
function otherPlugin(
  adds: Pick<WorkerOptions, 'activities' | 'interceptors'> = {},
  onRun: () => unknown = () => undefined
): WorkerPlugin {
  return {
    name: 'other',
    configureWorker: (options) => ({
      ...options,
      activities: { ...options.activities, ...adds.activities },
      interceptors: { ...options.interceptors, ...adds.interceptors },
    }),
    runWorker(worker, next) {
      onRun();
      return next(worker);
    },
  };
}

function noteActivities(types: string[]) {
  return () => ({
    inbound: {
      execute<Input, Output>(input: Input, next: (input: Input) => Promise<Output>): Promise<Output> {
        types.push(Context.current().info.activityType);
        return next(input);
      },
    },
  });
}

/** A plugin that makes its client itself: how many it made, and how often it closed the connections of one. */
function countingPlugin(sim: MemoryDBSimulator): {
  plugin: MemoryDBSnapshotPlugin;
  clients: () => { made: number; closed: number };
} {
  const { requestHandler, closings } = countingHandler(new MemoryDBClient(sim.aws.memorydb));
  let made = 0;
  const extensions = [{ configure: () => void (made += 1) }];
  return {
    plugin: new MemoryDBSnapshotPlugin({ memorydb: { ...sim.aws.memorydb, requestHandler, extensions } }),
    clients: () => ({ made, closed: closings() }),
  };
}

function countingHandler({ config: { requestHandler } }: MemoryDBClient) {
  let closed = 0;
  const destroy = requestHandler.destroy?.bind(requestHandler);
  requestHandler.destroy = () => {
    closed += 1;
    destroy?.();
  };
  return { requestHandler, closings: () => closed };
}
