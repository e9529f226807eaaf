import { expect, test } from 'vitest';
import { createTags, expectRefusal, setStage, source } from './stage';

const arn = `arn:aws:memorydb:us-east-1:123456789012:snapshot/${source}`;

test('tags are listed, added, changed and removed by ARN', async () => {
  const { client, sim } = await setStage();
  sim.setTags(source, { team: 'blue' });

  const added = await client.tagResource({ ResourceArn: arn, Tags: [{ Key: 'team', Value: 'red' }, { Key: 'bare' }] });
  const removed = await client.untagResource({ ResourceArn: arn, TagKeys: ['team'] });
  const listed = await client.listTags({
    ResourceArn: arn.toUpperCase().replace('ARN:AWS:MEMORYDB', 'arn:aws:memorydb'),
  });

  expect(added.TagList).toEqual([
    { Key: 'team', Value: 'red' },
    { Key: 'bare', Value: '' },
  ]);
  expect(removed.TagList).toEqual([{ Key: 'bare', Value: '' }]);
  expect(listed.TagList).toEqual(removed.TagList);
  expect((await sim.snapshot(source))?.tags).toEqual({ bare: '' });
});

test('clusters have tags too', async () => {
  const { client, sim } = await setStage();
  sim.addCluster('stage', { tags: [{ Key: 'env', Value: 'stage' }] });
  const cluster = 'arn:aws:memorydb:us-east-1:123456789012:cluster/stage';

  await client.tagResource({ ResourceArn: cluster, Tags: [{ Key: 'team', Value: 'red' }] });

  expect((await client.listTags({ ResourceArn: cluster })).TagList).toHaveLength(2);
  await expectRefusal(client.listTags({ ResourceArn: `${cluster}-2` }), 'ClusterNotFoundFault', 404);
});

test('a resource that is not there and an ARN that is none are told apart', async () => {
  const { client } = await setStage();

  await expectRefusal(client.listTags({ ResourceArn: `${arn}-2` }), 'SnapshotNotFoundFault', 404);
  const Tags = createTags(1);
  await expectRefusal(client.tagResource({ ResourceArn: `${arn}-2`, Tags }), 'SnapshotNotFoundFault', 404);
  await expectRefusal(client.untagResource({ ResourceArn: `${arn}-2`, TagKeys: ['a'] }), 'SnapshotNotFoundFault', 404);
  for (const wrong of ['nightly', arn.replace('us-east-1', 'eu-west-1'), arn.replace('123456789012', '999999999999')]) {
    await expectRefusal(client.listTags({ ResourceArn: wrong }), 'InvalidARNFault');
  }
});

test('no more than 50 tags, changes of what is there excepted', async () => {
  const { client, sim } = await setStage();
  sim.setTags(source, createTags(50));
  const tag = (Key: string): Promise<unknown> =>
    client.tagResource({ ResourceArn: arn, Tags: [{ Key, Value: 'new' }] });

  await tag('key-7');
  await expectRefusal(tag('key-50'), 'TagQuotaPerResourceExceeded');

  expect((await sim.snapshot(source))?.tags).toMatchObject({ 'key-7': 'new' });
});

test('a tag that is not there cannot be removed, nor can none', async () => {
  const { client } = await setStage();

  await expectRefusal(client.untagResource({ ResourceArn: arn, TagKeys: ['a'] }), 'TagNotFoundFault', 404);
  await expectRefusal(client.untagResource({ ResourceArn: arn, TagKeys: [] }), 'InvalidParameterValueException');
  await expectRefusal(client.tagResource({ ResourceArn: arn, Tags: [] }), 'InvalidParameterValueException');
  await expectRefusal(
    client.tagResource({ ResourceArn: arn, Tags: [{ Key: 'aws:a' }] }),
    'InvalidParameterValueException'
  );
});
