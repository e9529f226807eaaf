import type { MemoryDBSnapshotPluginOptions } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelJob, hearCancel, isBetweenAttempts } from '../support/cancelling';
import { describeWith } from '../support/temporal-servers';
import { CLUSTER, copyOf, inWorld, openTimeSkipping, SOURCE, TARGET, type Server } from '../support/world';

/** A pause after a lost answer that is long enough to be cancelled in. */
const SLOW: Pick<MemoryDBSnapshotPluginOptions, 'paces'> = {
  paces: { throttled: { floorMs: 60_000, share: 0.5, ceilingMs: 60_000 } },
};

describeWith('time-skipping server', 'cancel', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for(['keep', 'delete'] as const)('while the source is waited for: %s', async (onCancel) => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.setStatus(SOURCE, 'creating');

      const outcome = await cancelJob(world, copyOf({ onCancel }), {
        when: isBetweenAttempts,
      });

      expect(outcome).toMatchObject({ outcome: 'nothing was started' });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
    });
  });

  test.for(['keep', 'delete'] as const)('while the quota is waited for: %s', async (onCancel) => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.exhaustQuota(CLUSTER, { for: '20h' });

      const outcome = await cancelJob(world, copyOf({ onCancel }), { when: isBetweenAttempts });

      expect(outcome).toMatchObject({ outcome: 'nothing was started' });
      expect((await sim.snapshots()).map(({ name }) => name)).toEqual([SOURCE]);
    });
  });

  test.for([
    { onCancel: 'keep', outcome: 'kept', left: 2 },
    { onCancel: 'delete', outcome: 'deleted', left: 1 },
  ] as const)('while an accepted send is in flight: $onCancel', async ({ onCancel, outcome, left }) => {
    const { cancelled, worker } = hearCancel('memorydbStartCopy');
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        const script = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });

        const discarded = await cancelJob(world, copyOf({ onCancel }), {
          when: () => script.hit,
          then: async () => {
            await cancelled;
            script.release();
          },
        });

        expect(discarded).toMatchObject({ outcome });
        expect(await sim.snapshots()).toHaveLength(left);
        expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      },
      { worker }
    );
  });

  test.for([
    { onCancel: 'keep', outcome: 'kept', left: 2 },
    { onCancel: 'delete', outcome: 'deleted', left: 1 },
  ] as const)('while a send is in flight whose answer gets lost: $onCancel', async ({ onCancel, outcome, left }) => {
    const { cancelled, worker } = hearCancel('memorydbStartCopy');
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        const script = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });

        const discarded = await cancelJob(world, copyOf({ onCancel }), {
          when: () => script.hit,
          then: async () => {
            await cancelled;
            script.release({ drop: true });
          },
        });

        expect(discarded).toMatchObject({ outcome });
        expect(await sim.snapshots()).toHaveLength(left);
      },
      { worker }
    );
  });

  test('while a send is in flight that is refused', async () => {
    const { cancelled, worker } = hearCancel('memorydbStartCopy');
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.exhaustQuota(CLUSTER, { for: '20h' });
        const script = sim.fail('CopySnapshot', { connection: 'hang', when: 'before' });

        const discarded = await cancelJob(world, copyOf({ onCancel: 'delete' }), {
          when: () => script.hit,
          then: async () => {
            await cancelled;
            script.release();
          },
        });

        expect(discarded).toMatchObject({ outcome: 'nothing was started' });
        expect(sim.callsTo('CopySnapshot')).toMatchObject([{ outcome: 'SnapshotQuotaExceededFault' }]);
      },
      { worker }
    );
  });

  test('after a lost answer, before the record shows up: delete finds it and deletes it', async () => {
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.set({ visibleAfter: '90s', copyTakes: '2h' });
        sim.fail('CopySnapshot', { httpStatus: 503, when: 'after' });

        const outcome = await cancelJob(world, copyOf({ onCancel: 'delete' }), { when: isBetweenAttempts });

        expect(outcome).toMatchObject({ outcome: 'deleted' });
        expect((await sim.snapshots()).map(({ name }) => name)).toEqual([SOURCE]);
      },
      { plugin: SLOW }
    );
  });

  test.for([
    { onCancel: 'keep', outcome: 'kept', left: 2, deletes: 0 },
    { onCancel: 'delete', outcome: 'deleted', left: 1, deletes: 1 },
  ] as const)('while the copy is waited for: $onCancel', async ({ onCancel, outcome, left, deletes }) => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ copyTakes: '4h' });

      const discarded = await cancelJob(world, copyOf({ onCancel }), {
        when: isBetweenAttempts,
      });

      expect(discarded).toMatchObject({ outcome, detail: expect.stringContaining(TARGET) as string });
      expect(await sim.snapshots()).toHaveLength(left);
      expect(sim.callsTo('DeleteSnapshot')).toHaveLength(deletes);
    });
  });

  test('a copy that is older than the run is kept', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      await run(copyOf({ onCancel: 'delete' }), 'nightly');
      sim.setStatus(TARGET, 'copying');

      const outcome = await cancelJob(world, copyOf({ onCancel: 'delete' }), {
        when: isBetweenAttempts,
        workflowId: 'nightly',
      });

      expect(outcome).toMatchObject({ outcome: 'kept', detail: expect.stringContaining('older') as string });
      expect(sim.callsTo('DeleteSnapshot')).toHaveLength(0);
    });
  });

  test('a deletion whose answer gets lost is still a deletion', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ copyTakes: '10m' });
      sim.fail('DeleteSnapshot', { connection: 'drop', when: 'after' });

      const outcome = await cancelJob(world, copyOf({ onCancel: 'delete' }), {
        when: isBetweenAttempts,
      });

      expect(outcome).toMatchObject({ outcome: 'deleted' });
      expect(await sim.snapshots()).toHaveLength(1);
    });
  });

  test('what may not be deleted is kept, and the outcome says why', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ copyTakes: '10m' });
      sim.fail('DeleteSnapshot', {
        error: 'AccessDeniedException',
        message: 'no DeleteSnapshot for you',
        times: 1_000,
      });

      const outcome = await cancelJob(world, copyOf({ onCancel: 'delete', patience: { copy: '1h' } }), {
        when: isBetweenAttempts,
      });

      expect(outcome).toMatchObject({
        outcome: 'kept',
        detail: expect.stringContaining('no DeleteSnapshot') as string,
      });
    });
  });
});
