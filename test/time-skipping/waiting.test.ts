import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import {
  CLUSTER,
  copyOf,
  historyEvents,
  inWorld,
  openTimeSkipping,
  SOURCE,
  TARGET,
  type Server,
} from '../support/world';

const HOUR = 3_600_000;

describeWith('time-skipping server', 'waiting', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for(['1m', '4h', '23h'] as const)('a copy of %s has the same 23 events', async (copyTakes) => {
    await inWorld(server, async ({ sim, start }) => {
      sim.set({ copyTakes });

      const job = await start(copyOf());
      const result = await job.result();

      expect(result).toMatchObject({ kind: 'copy', adopted: false, snapshot: { Name: TARGET, Status: 'available' } });
      expect(sim.callsTo('CopySnapshot')).toMatchObject([{ input: { SourceSnapshotName: SOURCE }, outcome: 'ok' }]);
      expect(await historyEvents(job)).toBe(23);
    });
  });

  test('a quota that is exhausted for 20 hours costs a few sends', async () => {
    await inWorld(server, async ({ env, sim, start }) => {
      sim.exhaustQuota(CLUSTER, { for: '20h' });
      const begun = await env.currentTimeMs();

      const job = await start(copyOf());
      await job.result();

      const sends = sim.callsTo('CopySnapshot');
      expect(sends.at(-1)).toMatchObject({ outcome: 'ok' });
      expect(sends.slice(0, -1).every(({ outcome }) => outcome === 'SnapshotQuotaExceededFault')).toBe(true);
      expect(sends.length).toBeLessThan(40);
      expect((sends.at(-1)?.at ?? 0) - begun).toBeGreaterThanOrEqual(20 * HOUR);
      expect((sends.at(-1)?.at ?? 0) - begun).toBeLessThan(21.5 * HOUR);
      expect(await historyEvents(job)).toBe(23);
    });
  });

  test('a source that is busy for 3 hours after a quota wait of 20 is asked for every few minutes', async () => {
    await inWorld(server, async ({ env, sim, run }) => {
      sim.fail('CopySnapshot', { error: 'SnapshotQuotaExceededFault', for: '20h' });
      sim.busy(SOURCE, { for: '23h' });
      const begun = await env.currentTimeMs();

      await run(copyOf());

      const sends = sim.callsTo('CopySnapshot');
      const busy = sends.filter(({ outcome }) => outcome === 'InvalidSnapshotStateFault');
      expect(busy.length).toBeGreaterThanOrEqual(20);
      expect((sends.at(-1)?.at ?? 0) - begun).toBeLessThan(23 * HOUR + 6 * 60_000);
    });
  });

  test('throttling for an hour is waited out', async () => {
    await inWorld(server, async ({ sim, run }) => {
      const throttle = sim.fail('*', { error: 'ThrottlingException', for: '1h' });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: false });

      expect(throttle.hits).toBeGreaterThan(60);
      expect(sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    });
  });

  test('a status that nobody has heard of is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ copyStatus: 'reticulating', copyTakes: '2h' });

      await expect(run(copyOf())).resolves.toMatchObject({ snapshot: { Status: 'available' } });
    });
  });

  test('a record that shows up late is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ visibleAfter: '100s' });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: false, snapshot: { Name: TARGET } });

      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('a source that is still creating is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addSnapshot('fresh', { cluster: CLUSTER, availableAfter: '3h' });

      await run(copyOf({ request: { SourceSnapshotName: 'fresh' } }));

      expect(sim.callsTo('CopySnapshot')).toMatchObject([{ outcome: 'ok' }]);
    });
  });

  test('the polls of a copy grow with the logarithm of its duration until the ceiling', async () => {
    const polls = (copyTakes: '15m' | '30m') =>
      inWorld(server, async ({ sim, run }) => {
        sim.set({ copyTakes });
        await run(copyOf());
        return sim.callsTo('DescribeSnapshots').length;
      });

    const [short, long] = [await polls('15m'), await polls('30m')];

    expect(long - short).toBeLessThan(15); // log(2) / log(1.1) is 7, and the spread of the delays
  });
});
