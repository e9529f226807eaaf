import { expect, test } from 'vitest';
import { expectRefusal, readStatus, setStage, source } from './stage';

test('a snapshot of a cluster is created by the clock', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ createTakes: '30m' });

  const { Snapshot } = await client.createSnapshot({
    ClusterName: 'PROD',
    SnapshotName: 'Friday',
    KmsKeyId: 'k1',
    Tags: [{ Key: 'team', Value: 'blue' }],
  });

  expect(Snapshot).toMatchObject({ Name: 'friday', Status: 'creating', Source: 'manual' });
  expect(Snapshot?.KmsKeyId).toBe('arn:aws:kms:us-east-1:123456789012:key/k1');
  expect((await sim.snapshot('friday'))?.tags).toEqual({ team: 'blue' });
  clock.advance('30m');
  expect(await readStatus(client, 'friday')).toBe('available');
});

test('a cluster that is missing and a name that is taken are refused', async () => {
  const { client } = await setStage();

  await expectRefusal(client.createSnapshot({ ClusterName: 'nobody', SnapshotName: 'a' }), 'ClusterNotFoundFault', 404);
  await client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'a' });
  await expectRefusal(client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'A' }), 'SnapshotAlreadyExistsFault');
  await expectRefusal(
    client.createSnapshot({ ClusterName: 'prod', SnapshotName: '' }),
    'InvalidParameterValueException'
  );
  await expectRefusal(
    client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'b_' }),
    'InvalidParameterValueException'
  );
});

test('a deleted snapshot reads deleting for as long as told, then it is gone', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ deleteTakes: '2m' });
  sim.setStatus(source, 'failed');

  const { Snapshot } = await client.deleteSnapshot({ SnapshotName: source });

  expect(Snapshot).toMatchObject({ Name: source, Status: 'deleting' });
  expect(await readStatus(client, source)).toBe('deleting');
  await expectRefusal(client.deleteSnapshot({ SnapshotName: source }), 'InvalidSnapshotStateFault');
  clock.advance('2m');
  await expectRefusal(readStatus(client, source), 'SnapshotNotFoundFault', 404);
  await expectRefusal(client.deleteSnapshot({ SnapshotName: source }), 'SnapshotNotFoundFault', 404);
  expect(await sim.snapshots()).toEqual([]);
});

test('by default a deleted snapshot is gone at once', async () => {
  const { client } = await setStage();

  await client.deleteSnapshot({ SnapshotName: source });

  await expectRefusal(readStatus(client, source), 'SnapshotNotFoundFault', 404);
});

test('only what is available or failed can be deleted', async () => {
  const { client, sim } = await setStage();
  const remove = (): Promise<unknown> => client.deleteSnapshot({ SnapshotName: source });

  for (const status of ['creating', 'copying', 'exporting', 'restoring', 'anything']) {
    sim.setStatus(source, status);
    await expectRefusal(remove(), 'InvalidSnapshotStateFault');
  }
  sim.setStatus(source, undefined);
  sim.busy(source, { for: '1m', status: 'available' });
  await expectRefusal(remove(), 'InvalidSnapshotStateFault');
  sim.setStatus(source, 'failed');
  await expectRefusal(remove(), 'InvalidSnapshotStateFault');
  sim.busy(source, { for: 0 });
  await remove();
});

test('a snapshot can vanish without a call', async () => {
  const { client, sim } = await setStage();

  sim.removeSnapshot(source);

  await expectRefusal(readStatus(client, source), 'SnapshotNotFoundFault', 404);
  expect(await sim.snapshot(source)).toBeUndefined();
});
