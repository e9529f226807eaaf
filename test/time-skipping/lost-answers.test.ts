import { Worker } from '@temporalio/worker';
import { MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';
import type { Fault } from 'temporal-memorydb-snapshots/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import {
  CLUSTER,
  copyOf,
  inWorld,
  openTimeSkipping,
  SOURCE,
  TARGET,
  type Server,
  type WorldOptions,
} from '../support/world';

const TAG_KEY = 'temporal-memorydb-snapshots/job';

/** For a call that hangs: the SDK's time-out is on the real clock, and covers each of its calls. */
const IMPATIENT: WorldOptions = {
  memorydb: { requestHandler: { requestTimeout: 4_000, throwOnRequestTimeout: true } },
};

describeWith('time-skipping server', 'exactly one copy', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  const lost: Record<string, Fault> = {
    'the connection drops': { connection: 'drop', when: 'after' },
    'a proxy answers 503': { httpStatus: 503, when: 'after' },
    'the service answers InternalFailure': { error: 'InternalFailure', when: 'after' },
    'the answer is cut': { garbled: true, when: 'after' },
    'the answer never comes': { connection: 'hang', when: 'after' },
  };

  test.for(Object.keys(lost))('%s after acceptance: ours is adopted', async (name) => {
    const fault = lost[name] ?? {};
    await inWorld(
      server,
      async ({ sim, run }) => {
        const script = sim.fail('CopySnapshot', fault);

        const result = await run(copyOf());

        expect(result).toMatchObject({ adopted: true, snapshot: { Name: TARGET, Status: 'available' } });
        expect(script.hits).toBe(1);
        expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
        expect(await sim.snapshots()).toHaveLength(2);
      },
      fault.connection === 'hang' ? IMPATIENT : {}
    );
  });

  test.for(Object.keys(lost))('%s before acceptance: it is sent again', async (name) => {
    const fault: Fault = { ...lost[name], when: 'before' };
    await inWorld(
      server,
      async ({ sim, run }) => {
        sim.fail('CopySnapshot', fault);

        await expect(run(copyOf())).resolves.toMatchObject({ adopted: false });

        expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome === 'ok')).toEqual([false, true]);
      },
      fault.connection === 'hang' ? IMPATIENT : {}
    );
  });

  test('a lost answer and a record that shows up late', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ visibleAfter: '90s', tagsVisibleAfter: '2m', copyTakes: '10m' });
      sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: true });

      expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).not.toContain('ok');
    });
  });

  test('a lost answer, and the source is gone before the record shows up', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ visibleAfter: '60s' });
      const script = sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });
      void script.hit.then(() => {
        sim.removeSnapshot(SOURCE);
      });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: true, snapshot: { Name: TARGET } });
    });
  });

  test('a target that is still creating, with no tags yet, is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ tagsVisibleAfter: '5m', tagsUntilVisible: 'empty', copyTakes: '1h' });
      sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: true });
    });
  });

  test('a foreign target is neither adopted nor deleted', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addSnapshot(TARGET, { cluster: CLUSTER, tags: { team: 'other' } });

      expect(await failureOf(run(copyOf({ onCancel: 'delete' })))).toMatchObject({
        type: 'SnapshotAlreadyExistsFault',
        phase: 'inspecting',
      });

      expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
      expect(sim.callsTo('DeleteSnapshot')).toHaveLength(0);
    });
  });

  test('a foreign target that appears between the look and the send is not adopted', async () => {
    await inWorld(server, async ({ sim, run }) => {
      let looks = 0;
      sim.onCall(({ operation, input }) => {
        const { SnapshotName: name } = input as { SnapshotName?: string };
        // The inspection and the start each look at the target once before the send.
        if (operation === 'DescribeSnapshots' && name === TARGET && ++looks === 2) {
          sim.addSnapshot(TARGET, { cluster: CLUSTER });
        }
      });

      expect(await failureOf(run(copyOf()))).toMatchObject({
        type: 'SnapshotAlreadyExistsFault',
        phase: 'starting',
      });
    });
  });

  test('a job that is run again adopts its own copy, even when the source is gone', async () => {
    await inWorld(server, async ({ sim, run }) => {
      await run(copyOf(), 'nightly');
      sim.removeSnapshot(SOURCE);

      await expect(run(copyOf(), 'nightly')).resolves.toMatchObject({ adopted: true });

      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('an own target with another request is refused', async () => {
    await inWorld(server, async ({ sim, run }) => {
      await run(copyOf(), 'nightly');

      const other = copyOf({ request: { Tags: [{ Key: 'team', Value: 'data' }] } });

      expect(await failureOf(run(other, 'nightly'))).toMatchObject({ type: 'RequestMismatch', target: TARGET });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test("yesterday's copy of a source that was made again is not taken for today's", async () => {
    await inWorld(server, async ({ sim, run }) => {
      await run(copyOf(), 'nightly');
      sim.removeSnapshot(SOURCE);
      sim.addSnapshot(SOURCE, { cluster: CLUSTER });

      expect(await failureOf(run(copyOf(), 'nightly'))).toMatchObject({
        type: 'RequestMismatch',
        message: expect.stringContaining('earlier snapshot') as string,
      });
    });
  });

  test.for([
    { what: 'another workflow id', owner: 'team-a', workflowId: 'weekly' },
    { what: 'another owner', owner: 'team-b', workflowId: 'nightly' },
  ])('$what does not adopt it', async ({ owner, workflowId }) => {
    await inWorld(
      server,
      async ({ sim, run, taskQueue }) => {
        await run(copyOf(), 'nightly');
        const theirs = new MemoryDBSnapshotPlugin({ ...sim.aws, owner });
        const worker = await Worker.create({
          connection: server.env.nativeConnection,
          taskQueue: `${taskQueue}-theirs`,
          workflowBundle: server.bundle,
          plugins: [theirs],
        });

        const failure = await worker.runUntil(
          failureOf(
            server.env.client.workflow.execute('copyMemoryDBSnapshot', {
              args: [copyOf()],
              taskQueue: `${taskQueue}-theirs`,
              workflowId,
            })
          )
        );

        expect(failure).toMatchObject({ type: 'SnapshotAlreadyExistsFault' });
      },
      { plugin: { owner: 'team-a' } }
    );
  });

  test('without Tags the copy carries the tags of the source; with Tags it carries those', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.setTags(SOURCE, { stage: 'prod', 'memorydb:internal': 'x' });

      await run(copyOf());
      await run(copyOf({ request: { TargetSnapshotName: 'tagged', Tags: [{ Key: 'team', Value: null }] } }));

      const keys = async (name: string) => Object.keys((await sim.snapshot(name))?.tags ?? {});
      expect(await keys(TARGET)).toEqual(['stage', TAG_KEY]);
      expect(await keys('tagged')).toEqual(['team', TAG_KEY]);
    });
  });
});
