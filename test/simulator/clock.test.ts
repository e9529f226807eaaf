import { MemoryDB } from '@aws-sdk/client-memorydb';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { expectRefusal, readStatus, setStage, source } from './stage';

/** A time source that answers when it is told to, as one behind a network would. */
function createSlowClock() {
  const waiting: (() => void)[] = [];
  const clock = {
    nowMs: 1_000_000,
    held: false,
    reads: 0,
    now: async (): Promise<number> => {
      const { nowMs } = clock;
      clock.reads += 1;
      if (clock.held) await new Promise<void>((resolve) => waiting.push(resolve));
      return nowMs;
    },
    answerAll: (): void => {
      clock.held = false;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
  return clock;
}

test('a time source may answer later: what is set up counts from its call, and the next request sees it', async () => {
  const clock = createSlowClock();
  const { sim, client } = await setStage({ now: clock.now });
  clock.nowMs += 5_000;
  clock.held = true;
  const readsBefore = clock.reads;
  sim.addSnapshot('young', { cluster: 'prod', availableAfter: '10s' });
  sim.busy(source, { for: '20s' });
  sim.exhaustQuota('prod', { for: '30s' });
  clock.nowMs += 10_000;
  clock.held = false;
  const first = client.describeSnapshots({});
  await expect.poll(() => clock.reads).toBe(readsBefore + 4);
  expect(sim.calls).toEqual([]);
  clock.answerAll();

  const statuses = async (): Promise<unknown> =>
    (await client.describeSnapshots({})).Snapshots?.map(({ Status }) => Status);
  expect((await first).Snapshots?.map(({ Status }) => Status)).toEqual(['copying', 'available']);
  expect(await sim.snapshot('young')).toMatchObject({ createdAt: 1_005_000 });
  const copy = (): Promise<unknown> => client.copySnapshot({ SourceSnapshotName: 'young', TargetSnapshotName: 'copy' });
  clock.nowMs += 10_000;
  expect(await statuses()).toEqual(['available', 'available']);
  await expectRefusal(copy(), 'SnapshotQuotaExceededFault');
  clock.nowMs += 10_000;
  await copy();
});

test('the clock is read once for each request', async () => {
  let reads = 0;
  const { client } = await setStage({ now: () => Promise.resolve((reads += 1)) });
  await client.describeSnapshots({});
  const before = reads;

  await client.describeSnapshots({});
  await client.describeClusters({});

  expect(reads - before).toBe(2);
});

test('a snapshot’s creation is a time of any form', async () => {
  const { sim } = await setStage();
  const at = Date.parse('2026-11-22T00:00:00Z');
  sim.addSnapshot('a', { cluster: 'prod', createdAt: at });
  sim.addSnapshot('b', { cluster: 'prod', createdAt: new Date(at) });
  sim.addSnapshot('c', { cluster: 'prod', createdAt: '2026-11-22T00:00:00Z' });
  sim.addSnapshot('d', { cluster: 'prod' });

  const created = (await sim.snapshots()).map(({ name, createdAt }) => [name, createdAt]);

  expect(created).toEqual([
    ['a', at],
    [source, Date.parse('2026-11-23T03:15:00Z')],
    ['b', at],
    ['c', at],
    ['d', Date.parse('2026-11-23T06:00:00Z')],
  ]);
});

test('a time source that gives no time fails the start', async () => {
  await expect(MemoryDBSimulator.start({ now: () => Number.NaN })).rejects.toThrow(/time source failed.*NaN/);
  const gone = (): Promise<number> => Promise.reject(new Error('the environment is gone'));
  await expect(MemoryDBSimulator.start({ now: gone })).rejects.toThrow(/the environment is gone/);
});

test('a time source that fails later answers requests with an internal failure that says so', async () => {
  let works = true;
  const now = (): Promise<number> =>
    works ? Promise.resolve(1) : Promise.reject(new Error('the environment is gone'));
  const { client, sim } = await setStage({ now });
  works = false;

  await expectRefusal(client.describeSnapshots({}), 'InternalFailure', 500);
  await expect(client.describeSnapshots({})).rejects.toThrow(/the environment is gone/);

  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(['InternalFailure', 'InternalFailure']);
});

test('without a time source it is the time of day', async () => {
  const sim = await MemoryDBSimulator.start();
  const client = new MemoryDB(sim.aws.memorydb);
  onTestFinished(async () => {
    client.destroy();
    await sim.close();
  });
  sim.addCluster('prod');
  const before = Date.now();
  sim.addSnapshot('manual', { cluster: 'prod' });
  const after = Date.now();

  expect(await readStatus(client, 'manual')).toBe('available');
  const createdAt = (await sim.snapshot('manual'))?.createdAt ?? 0;
  expect(createdAt).toBeGreaterThanOrEqual(before);
  expect(createdAt).toBeLessThanOrEqual(after);
});
