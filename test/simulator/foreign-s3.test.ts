import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { connectS3, expectRefusal, readStatus, setStage, source } from './stage';

/** A simulator that plays the other S3, on a clock of its own. */
async function startOther(): Promise<MemoryDBSimulator> {
  const other = await MemoryDBSimulator.start();
  onTestFinished(() => other.close());
  other.addBucket('theirs');
  return other;
}

test('exports are uploaded to another S3 when their time has come, before the next answer', async () => {
  const other = await startOther();
  const { client, clock, sim } = await setStage({ s3Endpoint: other.endpoint });
  sim.addSnapshot('big', { cluster: 'prod', shardSize: '3 MB' });
  sim.set({ exportTakes: '3m', exportLoses: ['0003'] });
  const keys = async (): Promise<string[]> => (await other.objects('theirs')).map(({ key }) => key);

  const request = { SourceSnapshotName: 'big', TargetSnapshotName: 'big', TargetBucket: 'theirs' };
  const { Snapshot } = await client.copySnapshot(request);

  expect(Snapshot?.Status).toBe('exporting');
  expect(await keys()).toEqual([]);
  clock.advance('1m');
  expect(await readStatus(client, 'big')).toBe('exporting');
  expect(await keys()).toEqual(['big-0001.rdb']);
  clock.advance('2m');
  expect(await readStatus(client, 'big')).toBe('available');
  expect(await keys()).toEqual(['big-0001.rdb', 'big-0002.rdb']);
  expect((await other.object('theirs', 'big-0002.rdb'))?.size).toBe(3 * 2 ** 20);
  await expect(client.copySnapshot(request)).rejects.toThrow(
    'The S3 bucket theirs already contains an object with key big-0001.rdb.'
  );
  await expectRefusal(client.copySnapshot({ ...request, TargetBucket: 'nowhere' }), 'InvalidParameterValueException');
});

test('they are uploaded also when nobody asks', async () => {
  const other = await startOther();
  const { client, clock, sim } = await setStage({ s3Endpoint: other.endpoint });
  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'n', TargetBucket: 'theirs' });
  clock.advance('1m');

  await expect.poll(async () => (await other.objects('theirs')).length, { timeout: 30_000 }).toBe(3);
  expect(sim.calls).toHaveLength(1);
});

test('clients are told of the other S3, and the simulator makes no buckets', async () => {
  const other = await startOther();
  const s3Credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const { sim } = await setStage({ s3Endpoint: other.endpoint, s3Credentials });

  await connectS3(sim).headBucket({ Bucket: 'theirs' });

  expect(sim.aws.s3).toMatchObject({ endpoint: other.endpoint, credentials: s3Credentials });
  expect(other.callsTo('HeadBucket')).toHaveLength(1);
  expect(() => sim.addBucket('ours')).toThrow(/buckets are made there/);
});

test('an S3 that fails is an internal failure, and told at the end', async () => {
  const other = await startOther();
  const { client, sim } = await setStage({ s3Endpoint: other.endpoint });
  other.fail('HeadBucket', { httpStatus: 403, times: 3 });

  await expectRefusal(
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'n', TargetBucket: 'theirs' }),
    'InternalFailure',
    500
  );

  await expect(sim.close()).rejects.toThrow(/the simulator failed/);
});
