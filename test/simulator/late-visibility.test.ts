import { expect, test } from 'vitest';
import { expectRefusal, readStatus, setStage, source } from './stage';

const arn = 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly';
const request = { SourceSnapshotName: source, TargetSnapshotName: 'nightly', Tags: [{ Key: 'job', Value: '1' }] };

test('a new copy may not be found by reads for a while, though its name is taken', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ visibleAfter: '40s' });

  await client.copySnapshot(request);

  await expectRefusal(readStatus(client, 'nightly'), 'SnapshotNotFoundFault', 404);
  await expectRefusal(client.listTags({ ResourceArn: arn }), 'SnapshotNotFoundFault', 404);
  expect((await client.describeSnapshots({})).Snapshots).toHaveLength(1);
  await expectRefusal(client.copySnapshot(request), 'SnapshotAlreadyExistsFault');
  expect(await sim.snapshot('nightly')).toMatchObject({ status: 'creating', visible: false });
  clock.advance('40s');
  expect(await readStatus(client, 'nightly')).toBe('creating');
  expect(await sim.snapshot('nightly')).toMatchObject({ visible: true });
});

test('a new copy’s tags may come later than its record: not found, or an empty list', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ tagsVisibleAfter: '30s' });
  await client.copySnapshot(request);
  sim.set({ tagsUntilVisible: 'empty' });
  await client.copySnapshot({ ...request, TargetSnapshotName: 'nightly-2' });

  expect(await readStatus(client, 'nightly')).toBe('creating');
  await expectRefusal(client.listTags({ ResourceArn: arn }), 'SnapshotNotFoundFault', 404);
  expect((await client.listTags({ ResourceArn: `${arn}-2` })).TagList).toEqual([]);
  clock.advance('30s');
  for (const ResourceArn of [arn, `${arn}-2`]) {
    expect((await client.listTags({ ResourceArn })).TagList).toEqual([{ Key: 'job', Value: '1' }]);
  }
});
