import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { CLUSTER, copyOf, inWorld, openTimeSkipping, SOURCE, TARGET, type Server, type World } from '../support/world';

const HOUR = 3_600_000;

/** Does something to the target when it has been looked at n times. */
function atTargetLook({ sim }: World, n: number, act: () => void): void {
  let looks = 0;
  sim.onCall(({ operation, input, outcome }) => {
    const { SnapshotName: name } = input as { SnapshotName?: string };
    if (operation === 'DescribeSnapshots' && name === TARGET && outcome === 'ok' && ++looks === n) act();
  });
}

describeWith('time-skipping server', 'endings', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test('a copy that MemoryDB ends as failed', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ copyTakes: '2h', copyEnds: 'failed' });

      expect(await failureOf(run(copyOf()))).toMatchObject({
        type: 'SnapshotCopyFailed',
        nonRetryable: true,
        phase: 'copying',
        source: SOURCE,
        target: TARGET,
        status: 'failed',
      });
    });
  });

  test('a copy that is deleted in mid-copy', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ copyTakes: '4h' });
      atTargetLook(world, 3, () => world.sim.removeSnapshot(TARGET));

      const failure = await failureOf(world.run(copyOf()));

      expect(failure).toMatchObject({ type: 'SnapshotVanished', phase: 'copying', target: TARGET });
      const missed = world.sim
        .callsTo('DescribeSnapshots')
        .filter(({ outcome }) => outcome === 'SnapshotNotFoundFault')
        .slice(2); // the first two looked whether the name was free
      expect(missed.length).toBeGreaterThanOrEqual(3);
      expect((missed.at(-1)?.at ?? 0) - (missed[0]?.at ?? 0)).toBeGreaterThanOrEqual(15_000);
    });
  });

  test('a copy that was accepted and never shows up', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ visibleAfter: '10h' });

      expect(await failureOf(run(copyOf()))).toMatchObject({
        type: 'SnapshotVanished',
        message: expect.stringContaining('never showed up') as string,
      });
    });
  });

  test("somebody else's snapshot in the place of the copy", async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ copyTakes: '4h' });
      atTargetLook(world, 3, () => {
        world.sim.removeSnapshot(TARGET);
        world.sim.addSnapshot(TARGET, { cluster: CLUSTER });
      });

      expect(await failureOf(world.run(copyOf()))).toMatchObject({ type: 'SnapshotVanished', status: 'available' });
    });
  });

  test.for([
    {
      phase: 'inspecting',
      patience: { start: '5h' },
      waitedMs: 5 * HOUR,
      operation: 'DescribeSnapshots',
      lastAnswer: `the source ${SOURCE} is busy (creating)`,
      arrange: ({ sim }: World) => sim.setStatus(SOURCE, 'creating'),
    },
    {
      phase: 'starting',
      patience: {},
      waitedMs: 26 * HOUR,
      operation: 'CopySnapshot',
      lastAnswer: 'SnapshotQuotaExceededFault',
      arrange: ({ sim }: World) => sim.exhaustQuota(CLUSTER, { for: '90h' }),
    },
    {
      phase: 'copying',
      patience: { copy: '10h' },
      waitedMs: 10 * HOUR,
      operation: 'DescribeSnapshots',
      lastAnswer: `${TARGET} is creating`,
      arrange: ({ sim }: World) => sim.set({ copyTakes: '90h' }),
    },
  ] as const)('the patience of $phase runs out, after a last look', async (row) => {
    await inWorld(server, async (world) => {
      row.arrange(world);
      const begun = await world.env.currentTimeMs();

      const failure = await failureOf(world.run(copyOf({ patience: row.patience })));

      expect(failure).toMatchObject({ type: 'PatienceExhausted', phase: row.phase, nonRetryable: true });
      expect(failure.lastAnswer).toContain(row.lastAnswer);
      expect(failure.waitedMs).toBeGreaterThan(row.waitedMs - 60_000);
      expect(failure.waitedMs).toBeLessThanOrEqual(row.waitedMs);
      const lastLook = (world.sim.callsTo(row.operation).at(-1)?.at ?? 0) - begun;
      expect(lastLook).toBeGreaterThan(row.waitedMs - 120_000);
      expect(lastLook).toBeLessThanOrEqual(row.waitedMs + 5_000);
    });
  });
});
