import type { DescribeSnapshotsRequest, MemoryDB } from '@aws-sdk/client-memorydb';
import { paginateDescribeSnapshots } from '@aws-sdk/client-memorydb';
import { expect, test } from 'vitest';
import { expectRefusal, setStage, source } from './stage';

const listNames = async (client: MemoryDB, request: DescribeSnapshotsRequest): Promise<(string | undefined)[]> =>
  ((await client.describeSnapshots(request)).Snapshots ?? []).map(({ Name }) => Name);

test('lists everything, filtered by name, cluster and source', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('stage');
  sim.addSnapshot('manual-prod', { cluster: 'prod' });
  sim.addSnapshot('manual-stage', { cluster: 'stage' });

  expect(await listNames(client, {})).toEqual([source, 'manual-prod', 'manual-stage']);
  expect(await listNames(client, { ClusterName: 'Prod' })).toEqual([source, 'manual-prod']);
  expect(await listNames(client, { Source: 'user' })).toEqual(['manual-prod', 'manual-stage']);
  expect(await listNames(client, { Source: 'system' })).toEqual([source]);
  expect(await listNames(client, { ClusterName: 'prod', Source: 'user' })).toEqual(['manual-prod']);
  expect(await listNames(client, { SnapshotName: 'manual-prod' })).toEqual(['manual-prod']);
});

test('an unknown name is a fault; an unknown cluster, or a filter that a known name fails, is an empty list', async () => {
  const { client } = await setStage();

  await expectRefusal(client.describeSnapshots({ SnapshotName: 'nobody' }), 'SnapshotNotFoundFault', 404);
  expect(await listNames(client, { ClusterName: 'nobody' })).toEqual([]);
  expect(await listNames(client, { SnapshotName: source, Source: 'user' })).toEqual([]);
  await expectRefusal(client.describeSnapshots({ Source: 'manual' }), 'InvalidParameterValueException');
});

test('detail tells the shards, with size and time once the snapshot is made', async () => {
  const { client, sim } = await setStage();
  sim.addSnapshot('young', { cluster: 'prod', availableAfter: '1m' });
  const readShards = async (name: string): Promise<unknown> => {
    const { Snapshots } = await client.describeSnapshots({ SnapshotName: name, ShowDetail: true });
    return Snapshots?.[0]?.ClusterConfiguration?.Shards;
  };
  const slots = ['0-5460', '5461-10922', '10923-16383'];

  const taken = { Size: '11 MB', SnapshotCreationTime: new Date('2026-11-23T03:15:00Z') };
  const shards = slots.map((Slots, index) => ({ Name: `000${index + 1}`, Configuration: { Slots, ReplicaCount: 1 } }));
  expect(await readShards(source)).toEqual(shards.map((shard) => ({ ...shard, ...taken })));
  expect(await readShards('young')).toEqual(shards);
  const { Snapshots } = await client.describeSnapshots({ SnapshotName: source });
  expect(Snapshots?.[0]?.ClusterConfiguration).not.toHaveProperty('Shards');
});

test('a copy keeps the time at which its source’s data was taken', async () => {
  const { client, clock } = await setStage();
  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  clock.advance('1h');

  const { Snapshots } = await client.describeSnapshots({ SnapshotName: 'nightly', ShowDetail: true });

  const times = Snapshots?.[0]?.ClusterConfiguration?.Shards?.map((shard) => shard.SnapshotCreationTime?.toISOString());
  expect(times).toEqual(Array(3).fill('2026-11-23T03:15:00.000Z'));
});

test('pages, by MaxResults and by the simulator’s own page size, tell every snapshot once', async () => {
  const { client, sim } = await setStage();
  for (let n = 10; n < 17; n += 1) sim.addSnapshot(`manual-${n}`, { cluster: 'prod' });
  const readPages = async (request: DescribeSnapshotsRequest): Promise<number[]> => {
    const sizes: number[] = [];
    const seen = new Set<string | undefined>();
    for await (const { Snapshots = [] } of paginateDescribeSnapshots({ client }, request)) {
      sizes.push(Snapshots.length);
      for (const { Name } of Snapshots) seen.add(Name);
    }
    expect(seen.size).toBe(8);
    return sizes;
  };

  expect(await readPages({ MaxResults: 3 })).toEqual([3, 3, 2]);
  expect(await readPages({ MaxResults: 4 })).toEqual([4, 4]);
  expect(await readPages({})).toEqual([8]);
  sim.set({ pageSize: 5 });
  expect(await readPages({})).toEqual([5, 3]);
});

test('a page goes on after what vanished since', async () => {
  const { client, sim } = await setStage();
  for (const name of ['m-1', 'm-2', 'm-3']) sim.addSnapshot(name, { cluster: 'prod' });
  const first = await client.describeSnapshots({ MaxResults: 2 });
  sim.removeSnapshot('m-1');

  expect(first.Snapshots?.map(({ Name }) => Name)).toEqual([source, 'm-1']);
  expect(await listNames(client, { NextToken: first.NextToken })).toEqual(['m-2', 'm-3']);
});

test.each([
  { NextToken: 'made up' },
  { NextToken: 'YWZ0ZXI6YQ!' },
  { SnapshotName: '' },
  { ClusterName: ' ' },
  { MaxResults: 0 },
  { MaxResults: 101 },
  { MaxResults: 1.5 },
])('%o is refused', async (request) => {
  const { client } = await setStage();

  await expectRefusal(client.describeSnapshots(request), 'InvalidParameterValueException');
});
