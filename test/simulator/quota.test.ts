import { expect, test } from 'vitest';
import { expectRefusal, setStage, source } from './stage';

test('a cluster is given so many manual snapshots in any 24 hours, copies and deleted ones included', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ quota: 3, copyTakes: 0, createTakes: 0 });
  const copy = (target: string): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: target });

  await copy('first');
  clock.advance('1h');
  await client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'second' });
  await copy('third');
  await client.deleteSnapshot({ SnapshotName: 'first' });

  await expectRefusal(copy('fourth'), 'SnapshotQuotaExceededFault');
  await expectRefusal(
    client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'fourth' }),
    'SnapshotQuotaExceededFault'
  );
  clock.advance('23h');
  await copy('fourth');
  await expectRefusal(copy('fifth'), 'SnapshotQuotaExceededFault');
});

test('twenty by default, counted for each cluster', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('stage');
  sim.addSnapshot('other', { cluster: 'stage', source: 'automated' });
  for (let n = 1; n <= 20; n += 1)
    await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: `copy-${n}` });

  await expectRefusal(
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'copy-21' }),
    'SnapshotQuotaExceededFault'
  );
  await client.copySnapshot({ SourceSnapshotName: 'other', TargetSnapshotName: 'copy-of-other' });
});

test('manual snapshots that are simply there count from their creation', async () => {
  const { client, sim } = await setStage();
  sim.set({ quota: 1 });
  sim.addSnapshot('old', { cluster: 'prod', createdAt: '2026-11-20T00:00:00Z' });
  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'first' });

  await expectRefusal(
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'second' }),
    'SnapshotQuotaExceededFault'
  );
});

test('an exhausted quota clears by the clock', async () => {
  const { client, sim, clock } = await setStage();
  sim.exhaustQuota('prod', { for: '5h' });
  const copy = (): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });

  await expectRefusal(copy(), 'SnapshotQuotaExceededFault');
  clock.advance('5h');
  await copy();

  expect(sim.callsTo('CopySnapshot')).toHaveLength(2);
});
