import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import {
  CLUSTER,
  copyOf,
  exportOf,
  inWorld,
  openTimeSkipping,
  SOURCE,
  TARGET,
  type Server,
  type World,
} from '../support/world';

const PARENTS = join(__dirname, '..', 'support', 'workflows', 'parents.ts');

/** Runs one of the parents. */
function execute<T>({ env, taskQueue }: World, type: string, ...args: unknown[]): Promise<T> {
  return env.client.workflow.execute(type, { args, taskQueue, workflowId: 'parent-job' }) as Promise<T>;
}

describeWith('time-skipping server', "in a user's own workflows", () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping(PARENTS);
  });
  afterAll(() => server.close());

  test('the job runs as a child, under an id of the parent', async () => {
    await inWorld(server, async (world) => {
      await expect(execute(world, 'copyAsChild', copyOf())).resolves.toMatchObject({ snapshot: { Name: TARGET } });

      const child = world.env.client.workflow.getHandle(`parent-job:memorydb-copy:${TARGET}`);
      expect((await child.describe()).status.name).toBe('COMPLETED');
    });
  });

  test("the parent reads the type of its child's failure", async () => {
    await inWorld(server, async (world) => {
      world.sim.removeSnapshot(SOURCE);

      const read = await execute(world, 'readChildFailure', copyOf(), 'SnapshotNotFoundFault');

      expect(read).toEqual({
        matches: true,
        type: 'SnapshotNotFoundFault',
        hint: expect.stringContaining('SourceSnapshotName') as string,
      });
    });
  });

  test('a client reads it through the parent', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ copyEnds: 'failed' });

      expect(await failureOf(execute(world, 'copyAsChild', copyOf()))).toMatchObject({ type: 'SnapshotCopyFailed' });
    });
  });

  test('the newest available snapshot of a cluster is found, page by page', async () => {
    await inWorld(server, async (world) => {
      const { sim, env } = world;
      // Too old stays too old: after a result the server's clock jumps ahead, to the time-outs of what has ended.
      const day = 86_400_000;
      const now = await env.currentTimeMs();
      sim.set({ pageSize: 2 });
      sim.addCluster('other');
      sim.addSnapshot('elsewhere', { cluster: 'other', createdAt: now });
      sim.addSnapshot('old', { cluster: CLUSTER, createdAt: now - 300 * day });
      sim.addSnapshot('newer', { cluster: CLUSTER, createdAt: now - 100 * day });
      sim.addSnapshot('unfinished', { cluster: CLUSTER, status: 'creating' });
      sim.removeSnapshot(SOURCE);
      sim.addSnapshot('automatic.prod-2026-11-22', { cluster: CLUSTER, createdAt: now - 200 * day });

      expect(await execute(world, 'findNewest', CLUSTER)).toBe('newer');
      sim.setStatus('newer', 'exporting');
      expect(await execute(world, 'findNewest', CLUSTER)).toBe('newer');
      sim.setStatus('newer', 'available');
      expect(await execute(world, 'findNewest', CLUSTER, { kind: 'automatic' })).toBe('automatic.prod-2026-11-22');
      expect(await execute(world, 'findNewest', CLUSTER, { kind: 'manual' })).toBe('newer');
      expect(await failureOf(execute(world, 'findNewest', CLUSTER, { maxAge: '50d' }))).toMatchObject({
        type: 'SnapshotNotFoundFault',
        message: expect.stringMatching(/cluster prod .*newer \(manual, available\)/) as string,
      });
      expect(await failureOf(execute(world, 'findNewest', 'nowhere'))).toMatchObject({
        type: 'SnapshotNotFoundFault',
        message: expect.stringContaining('no snapshot at all') as string,
      });
      expect(await failureOf(execute(world, 'findNewest', CLUSTER, { maxAge: 'soon' }))).toMatchObject({
        type: 'InvalidRequest',
      });
    });
  });

  test('the newest snapshot is copied once its export is over', async () => {
    await inWorld(server, async (world) => {
      const { sim, env } = world;
      sim.set({ exportTakes: '3h' });
      const exported = await world.start(exportOf());
      await expect.poll(() => sim.callsTo('CopySnapshot').length).toBe(1);

      expect(await execute(world, 'findNewest', CLUSTER)).toBe(SOURCE);
      const begun = await env.currentTimeMs();
      await world.run(copyOf());

      expect((await env.currentTimeMs()) - begun).toBeGreaterThan(3_600_000);
      await exported.result();
    });
  });

  test('a newest snapshot on another task queue', async () => {
    await inWorld(server, async (world) => {
      await world.withWorker(
        async () => {
          const taskQueue = `${world.taskQueue}-aws`;
          expect(await execute(world, 'findNewest', CLUSTER, { taskQueue })).toBe(SOURCE);
        },
        { taskQueue: `${world.taskQueue}-aws` }
      );
    });
  });
});
