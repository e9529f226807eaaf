import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf, type ReadFailure } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import type { Server, World } from '../support/world';
import { freshCopy, freshExport, inDevWorld, openDevServer } from './dev-world';

/** A pause that is longer than the limits of these tests. */
const SLOW = { floorMs: 60_000, share: 0, ceilingMs: 60_000 };

/** Starts a job whose copy never ends, with options of Temporal's own. */
async function start({ env, sim, taskQueue }: World, options: object, input = freshCopy()) {
  sim.set({ copyTakes: '9h', exportTakes: '9h' });
  const workflowId = `limited-${randomUUID()}`;
  return env.client.workflow.start('copyMemoryDBSnapshot', { args: [input], taskQueue, workflowId, ...options });
}

describeWith('dev server', 'a wait that is ended by a limit of somebody else', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer();
  });
  afterAll(() => server.close());

  /** Short as they were: neither 24 h of patience, nor a hint to give more of it. */
  function expectHonest(failure: ReadFailure, limit: string): void {
    expect(failure).toMatchObject({ type: 'PatienceExhausted', phase: 'copying', limit });
    expect(failure.waitedMs).toBeLessThan(30_000);
    expect(failure.message).toMatch(/^waited [\d.]+ (ms|s) while copying, until the /);
    expect(failure.message).toContain(limit);
    expect(failure.hint).not.toMatch(/patience\.(start|copy)|more time/);
  }

  test.for([
    ['execution timeout', { workflowExecutionTimeout: '12s' }],
    ['run timeout', { workflowRunTimeout: '12s' }],
  ] as const)('says so for the %s', async ([limit, options]) => {
    await inDevWorld(
      server,
      async (world) => {
        const job = await start(world, options);

        const failure = await failureOf(job.result());

        expectHonest(failure, `workflow's ${limit}`);
        expect(failure.lastAnswer).toMatch(/ is creating$/);
      },
      { plugin: { paces: { poll: SLOW } } }
    );
  });

  test('says so for options that an operator changed', async () => {
    await inDevWorld(server, async (world) => {
      const { env } = world;
      const job = await start(world, {});
      const pending = async () => (await job.describe()).raw.pendingActivities?.[0];
      await expect.poll(async () => (await pending())?.activityType?.name).toBe('memorydbAwaitCopy');

      await env.client.workflowService.updateActivityOptions({
        namespace: env.client.options.namespace,
        execution: { workflowId: job.workflowId },
        id: (await pending())?.activityId ?? '',
        activityOptions: { scheduleToCloseTimeout: { seconds: 5 as never } },
        updateMask: { paths: ['schedule_to_close_timeout'] },
      });

      expectHonest(await failureOf(job.result()), "activity's options");
    });
  });

  test('shows meanwhile what is exported where, how far it is, and how long it may still last', async () => {
    await inDevWorld(server, async (world) => {
      const input = freshExport();
      const { SourceSnapshotName: source, TargetSnapshotName: target, TargetBucket: bucket } = input.request;
      const job = await start(world, {}, input);
      const pending = async () => (await job.describe()).raw.pendingActivities?.[0];
      await expect.poll(async () => (await pending())?.lastFailure?.message ?? '').toContain('objects');

      const { lastFailure } = (await pending()) ?? {};
      const details = await job.query<string>('__temporal_workflow_metadata').catch((error: unknown) => String(error));

      expect(lastFailure?.message).toMatch(
        /: 0 of 3 objects are there, the source is exporting; next look in [\d.]+ (ms|s), (23|24) h of patience left$/
      );
      expect(lastFailure?.stackTrace).toBe('');
      expect(JSON.stringify(details)).toContain(`export \`${source}\` to \`s3://${bucket}/${target}\``);
      await job.terminate();
    });
  });
});
