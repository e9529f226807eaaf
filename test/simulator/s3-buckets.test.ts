import { S3 } from '@aws-sdk/client-s3';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, test } from 'vitest';
import { bucket, connectS3, expectRefusal, setExportStage } from './stage';

const Bucket = bucket;
const sign = (scope: string): string =>
  `AWS4-HMAC-SHA256 Credential=key/20261123/${scope}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

test('a page of keys after the other, in the order of their bytes', async () => {
  const { s3, sim } = await setExportStage();
  const keys = ['a-0001.rdb', 'a-b-0001.rdb', 'a/1', 'a/2', 'z', '\u{ff5e}', '\u{1f600}'];
  for (const key of [...keys].reverse()) sim.putObject(bucket, key, key);

  const seen: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.listObjectsV2({ Bucket, MaxKeys: 2, ContinuationToken });
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);

  expect(seen).toEqual(keys);
  expect(sim.callsTo('ListObjectsV2')).toHaveLength(4);
  expect(sim.callsTo('ListObjectsV2')[0]?.input).toMatchObject({ Bucket, MaxKeys: '2' });
});

test('by prefix, by delimiter, after a key, and with names as in addresses', async () => {
  const { s3, sim } = await setExportStage();
  for (const key of ['a-0001.rdb', 'a-b-0001.rdb', 'd/1', 'd/e f&<\u0001', 'x']) sim.putObject(bucket, key, key);
  const list = async (options: object): Promise<unknown> => {
    const { Contents = [], CommonPrefixes = [] } = await s3.listObjectsV2({ Bucket, ...options });
    return [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)];
  };

  expect(await list({ Prefix: 'a-' })).toEqual(['a-0001.rdb', 'a-b-0001.rdb']);
  expect(await list({ Delimiter: '/' })).toEqual(['a-0001.rdb', 'a-b-0001.rdb', 'x', 'd/']);
  expect(await list({ Prefix: 'd/', Delimiter: '/', EncodingType: 'url' })).toEqual(['d/1', 'd/e%20f%26%3C%01']);
  expect(await list({ StartAfter: 'd/1', Prefix: 'd/' })).toEqual(['d/e f&<\u0001']);
  expect(await list({ MaxKeys: 0 })).toEqual([]);
  await expectRefusal(s3.listObjectsV2({ Bucket, ContinuationToken: 'x' }), 'InvalidArgument');
});

test('a bucket of another region sends its callers there', async () => {
  const { sim, s3 } = await setExportStage({ bucket: { region: 'eu-west-1' } });

  const listed = s3.listObjectsV2({ Bucket });
  await expectRefusal(listed, 'PermanentRedirect', 301);
  await expect(listed).rejects.toMatchObject({ $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } });
  await expect(s3.headBucket({ Bucket })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 301 },
    $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
  });
  sim.set({ wrongRegionAnswer: 400 });
  await expectRefusal(s3.listObjectsV2({ Bucket }), 'AuthorizationHeaderMalformed');
  expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBe('eu-west-1');
  sim.set({ wrongRegionAnswer: 301 });

  const native = await connectS3(sim, { region: 'eu-west-1' }).headBucket({ Bucket });
  const following = await connectS3(sim, { followRegionRedirects: true }).headBucket({ Bucket });

  expect([native.BucketRegion, following.BucketRegion]).toEqual(['eu-west-1', 'eu-west-1']);
});

test('an owner is checked against the one that is expected', async () => {
  const { s3 } = await setExportStage({ bucket: { owner: '210987654321' } });

  await s3.headBucket({ Bucket, ExpectedBucketOwner: '210987654321' });
  const refused = { Bucket, ExpectedBucketOwner: '123456789012' };
  await expectRefusal(s3.listObjectsV2(refused), 'AccessDenied', 403);
  await expectRefusal(s3.putObject({ ...refused, Key: 'k', Body: 'v' }), 'AccessDenied', 403);
  await expect(s3.headObject({ ...refused, Key: 'k' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

test('buckets are listed, and told where they are', async () => {
  const { s3, sim } = await setExportStage();
  sim.addBucket('other', { region: 'eu-west-1' });

  const { Buckets } = await s3.listBuckets({});

  expect(Buckets?.map(({ Name }) => Name)).toEqual(['acme-backups', 'other']);
  expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
});

test('errors are XML, of which HEAD has none', async () => {
  const { sim } = await setExportStage();
  const headers = { authorization: sign('us-east-1/s3') };

  const get = await fetch(`${sim.endpoint}/${bucket}/a%26b`, { headers });
  const head = await fetch(`${sim.endpoint}/${bucket}/a%26b`, { headers, method: 'HEAD' });

  expect([get.status, get.headers.get('content-type')]).toEqual([404, 'application/xml']);
  expect(await get.text()).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist\.<\/Message><Key>a&amp;b<\/Key>.*<RequestId>[0-9a-f-]{36}<\/RequestId>/
  );
  expect([head.status, await head.text()]).toEqual([404, '']);
});

test('a request that is not signed, or signed in another way, is refused', async () => {
  const { sim } = await setExportStage();
  const get = async (headers: Record<string, string>): Promise<string> => {
    const response = await fetch(`${sim.endpoint}/${bucket}/k`, { headers });
    return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`;
  };

  expect(await get({})).toBe('403 AccessDenied');
  expect(await get({ authorization: 'Bearer token' })).toBe('400 AuthorizationHeaderMalformed');
});

test('a presigned address counts as signed', async () => {
  const { sim } = await setExportStage();
  sim.putObject(bucket, 'k', 'v');
  const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key%2F20261123%2Fus-east-1%2Fs3%2Faws4_request';

  const response = await fetch(`${sim.endpoint}/${bucket}/k?${query}`);

  expect(await response.text()).toBe('v');
});

test('mistakes in setting up are refused at once', async () => {
  const { sim } = await setExportStage();
  sim.putObject(bucket, 'k', 'v');

  expect(() => sim.addBucket(bucket)).toThrow(/a bucket acme-backups already/);
  expect(() => sim.addBucket('UPPER')).toThrow(/3 to 63 lower-case/);
  expect(() => sim.putObject('nowhere', 'k', 'v')).toThrow(/addBucket\('nowhere'\) comes first/);
  expect(() => sim.putObject(bucket, '', 'v')).toThrow(/needs a key/);
  expect(() => sim.replaceObject(bucket, 'x', 'v')).toThrow(/no object x in bucket acme-backups/);
  expect(() => sim.deleteObject(bucket, 'x')).toThrow(/no object x/);
  expect(() => sim.truncateObject(bucket, 'k', 2)).toThrow(/length: 2/);
  expect(() => sim.corruptObject(bucket, 'k', { at: 1, xor: 1 })).toThrow(/at: 1/);
  expect(() => sim.corruptObject(bucket, 'k', { at: 0, xor: 0 })).toThrow(/xor: 0/);
  expect(() => sim.exportElsewhere('nobody', { for: '1m' })).toThrow(/no snapshot nobody/);
  expect(() => sim.set({ exportLate: { '0001': -1 } })).toThrow(/exportLate\.0001: -1/);
  expect(() => sim.addSnapshot('s', { cluster: 'prod', shardSize: 'big' })).toThrow(/shardSize: big/);
  expect(() => sim.addSnapshot('s', { cluster: 'prod', shardSize: 10 })).toThrow(/from 1024 bytes/);
  expect(() => sim.addSnapshot('s', { cluster: 'prod', keysPerShard: -1 })).toThrow(/keysPerShard: -1/);
  expect(() => sim.addCluster('c', { shards: ['1', '1'] })).toThrow(/different names/);
  expect(() => sim.addCluster('c', { shards: 2, slots: ['0-1'] })).toThrow(/one text for each of 2/);
  expect(() => sim.addCluster('c', { slots: ['5-1'] })).toThrow(/slots: '5-1'/);
  await expect(sim.objects('nowhere')).rejects.toThrow(/no bucket nowhere/);
  expect(await sim.object(bucket, 'x')).toBeUndefined();
});

test('damage: objects replaced, cut and corrupted, as if written so or in place', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, 'k', 'memorydb');
  const read = async (): Promise<[string | undefined, string | undefined]> => {
    const { Body, ETag } = await s3.getObject({ Bucket, Key: 'k' });
    return [await Body?.transformToString(), ETag];
  };
  const [, before] = await read();

  sim.corruptObject(bucket, 'k', { at: -1, xor: 1 });
  const corrupted = await read();
  sim.truncateObject(bucket, 'k', 3);
  const cut = await read();
  sim.replaceObject(bucket, 'k', 'redis');
  const replaced = await read();

  expect([corrupted[0], cut[0], replaced[0]]).toEqual(['memorydc', 'mem', 'redis']);
  expect(new Set([before, corrupted[1], cut[1], replaced[1]]).size).toBe(4);
  sim.corruptObject(bucket, 'k', { at: 0, xor: 1, keepEtag: true });
  expect((await s3.headObject({ Bucket, Key: 'k' })).ETag).toBe(replaced[1]);
  await expect(read()).rejects.toThrow(/[Cc]hecksum mismatch/);
});

test('a simulator without a bucket has none', async () => {
  const sim = await MemoryDBSimulator.start();
  const s3 = new S3({ ...sim.aws.s3, maxAttempts: 1 });

  expect((await s3.listBuckets({})).Buckets ?? []).toEqual([]);

  s3.destroy();
  await sim.close();
});
