import { expect, test } from 'vitest';
import { expectRefusal, setStage } from './stage';

test('tells clusters as they were added', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('Tiered', { engine: 'valkey', dataTiering: true });

  const all = await client.describeClusters({});
  const one = await client.describeClusters({ ClusterName: 'tiered', ShowShardDetails: true });

  expect(all.Clusters?.map(({ Name, NumberOfShards, DataTiering }) => [Name, NumberOfShards, DataTiering])).toEqual([
    ['prod', 3, 'false'],
    ['tiered', 1, 'true'],
  ]);
  expect(all.Clusters?.[0]).not.toHaveProperty('Shards');
  expect(one.Clusters?.[0]).toMatchObject({
    ARN: 'arn:aws:memorydb:us-east-1:123456789012:cluster/tiered',
    Status: 'available',
    Engine: 'valkey',
    EngineVersion: '7.3',
    NodeType: 'db.r6gd.xlarge',
    ParameterGroupName: 'default.memorydb-valkey7',
    Shards: [{ Name: '0001', Slots: '0-16383' }],
  });
});

test('a snapshot tells the engine and tiering of its cluster', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('tiered', { engine: 'redis', engineVersion: '6.2', nodeType: 'db.r6gd.4xlarge', dataTiering: true });
  sim.addSnapshot('cold', { cluster: 'tiered' });

  const { Snapshots } = await client.describeSnapshots({ SnapshotName: 'cold' });

  expect(Snapshots?.[0]).toMatchObject({
    DataTiering: 'true',
    ClusterConfiguration: { Engine: 'redis', EngineVersion: '6.2', NodeType: 'db.r6gd.4xlarge', NumShards: 1 },
  });
});

test('pages, and refuses an unknown name', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('stage');

  const first = await client.describeClusters({ MaxResults: 1 });
  const second = await client.describeClusters({ MaxResults: 1, NextToken: first.NextToken });

  expect([first, second].map(({ Clusters }) => Clusters?.[0]?.Name)).toEqual(['prod', 'stage']);
  expect(second.NextToken).toBeUndefined();
  await expectRefusal(client.describeClusters({ ClusterName: 'nobody' }), 'ClusterNotFoundFault', 404);
});
