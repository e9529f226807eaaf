import { expect, test } from 'vitest';
import { readStatus, setStage, source } from './stage';

test('a status can be forced, to any word, and given back to the clock', async () => {
  const { client, sim } = await setStage();
  sim.addSnapshot('broken', { cluster: 'prod', status: 'failed' });

  sim.setStatus(source, 'moonwalking');

  expect(await readStatus(client, source)).toBe('moonwalking');
  expect(await readStatus(client, 'broken')).toBe('failed');
  sim.setStatus(source, undefined);
  sim.setStatus('broken', undefined);
  expect(await readStatus(client, source)).toBe('available');
  expect(await readStatus(client, 'broken')).toBe('available');
});

test('the server’s own view of a snapshot', async () => {
  const { sim } = await setStage();
  sim.addSnapshot('Manual', { cluster: 'PROD', tags: [{ Key: 'a', Value: 'b' }, { Key: 'aws:c' }], kmsKeyId: 'k' });

  expect(await sim.snapshot('manual')).toEqual({
    name: 'manual',
    arn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/manual',
    cluster: 'prod',
    status: 'available',
    source: 'manual',
    createdAt: Date.parse('2026-11-23T06:00:00Z'),
    tags: { a: 'b', 'aws:c': '' },
    kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k',
    visible: true,
  });
  expect((await sim.snapshots()).map(({ name, source: kind }) => [name, kind])).toEqual([
    [source, 'automated'],
    ['manual', 'manual'],
  ]);
});

test('a name that is free again can be added again', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ deleteTakes: '1m' });
  await client.deleteSnapshot({ SnapshotName: source });
  expect(() => sim.addSnapshot(source, { cluster: 'prod' })).toThrow(/already/);

  clock.advance('1m');
  sim.addSnapshot(source, { cluster: 'prod', status: 'failed' });

  expect(await readStatus(client, source)).toBe('failed');
});

test('mistakes are refused at once, and say what is wrong', async () => {
  const { sim } = await setStage();

  expect(() => sim.addCluster('Prod')).toThrow(/a cluster prod already/);
  expect(() => sim.addCluster(' ')).toThrow(/blank/);
  expect(() => sim.addCluster('none', { shards: 0 })).toThrow(/shards must be/);
  expect(() => sim.addSnapshot(source.toUpperCase(), { cluster: 'prod' })).toThrow(/already/);
  expect(() => sim.addSnapshot('a', { cluster: 'prd' })).toThrow(/addCluster\('prd'\) comes first/);
  expect(() => sim.addSnapshot('a', { cluster: 'prod', createdAt: 'yesterday' })).toThrow(/createdAt: yesterday/);
  expect(() => sim.addSnapshot('a', { cluster: 'prod', availableAfter: -1 })).toThrow(/availableAfter: -1/);
  expect(() => sim.removeSnapshot('a')).toThrow(/no snapshot a/);
  expect(() => sim.setStatus('a', 'failed')).toThrow(/no snapshot a/);
  expect(() => sim.setTags('a', {})).toThrow(/no snapshot a/);
  expect(() => sim.busy('a', { for: '1m' })).toThrow(/no snapshot a/);
  expect(() => sim.exhaustQuota('prd', { for: '1m' })).toThrow(/no cluster prd/);
  // @ts-expect-error no duration
  expect(() => sim.set({ copyTakes: 'soon' })).toThrow(/copyTakes: 'soon' is no duration/);
  // @ts-expect-error no such setting
  expect(() => sim.set({ copyTake: '1m' })).toThrow(/no such setting: copyTake/);
  expect(() => sim.set({ quota: -1 })).toThrow(/quota: -1/);
  expect(() => sim.set({ pageSize: 0 })).toThrow(/pageSize: 0/);
});

test('a change that is refused changes nothing', async () => {
  const { client, sim } = await setStage();
  sim.set({ copyTakes: 0 });

  expect(() => sim.set({ copyTakes: '1h', quota: -1 })).toThrow(/quota/);

  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  expect(await readStatus(client, 'nightly')).toBe('available');
});
