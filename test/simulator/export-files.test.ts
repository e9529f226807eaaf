import { expect, test } from 'vitest';
import { bucket, connectS3, setExportStage } from './stage';

test('a large shard is a multipart upload, as its ETag tells, and its size is told', async () => {
  const { client, clock, exportTo, s3, sim } = await setExportStage();
  sim.addSnapshot('big', { cluster: 'prod', shardSize: '20 MB' });
  await exportTo('big', { source: 'big' });
  clock.advance('5m');

  const head = await s3.headObject({ Bucket: bucket, Key: 'big-0002.rdb' });
  const { Snapshots } = await client.describeSnapshots({ SnapshotName: 'big', ShowDetail: true });

  expect(head).toMatchObject({
    ContentLength: 20 * 2 ** 20,
    ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/) as string,
  });
  expect(Snapshots?.[0]?.ClusterConfiguration?.Shards?.[0]?.Size).toBe('20 MB');
});

test('Last-Modified is when the file appeared, on the simulator’s clock', async () => {
  const { clock, exportTo, s3 } = await setExportStage();
  await exportTo('nightly');
  clock.advance('4h');

  const { LastModified } = await s3.headObject({ Bucket: bucket, Key: 'nightly-0003.rdb' });

  expect(LastModified?.toISOString()).toBe('2026-11-23T06:05:00.000Z');
});

test('the configuration for S3 is what its client takes', async () => {
  const { sim } = await setExportStage({ region: 'eu-central-1' });

  const { BucketRegion } = await connectS3(sim).headBucket({ Bucket: bucket });

  expect(BucketRegion).toBe('eu-central-1');
  expect(sim.aws.s3).toMatchObject({ ...sim.aws.memorydb, forcePathStyle: true });
});
