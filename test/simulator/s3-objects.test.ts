import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PutObjectCommandOutput } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bucket, connectS3, expectRefusal, readBody, setExportStage } from './stage';

const Bucket = bucket;
const Key = 'daily/a b+c&é.bin';
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251));

test('what was put is told and given back, whole', async () => {
  const { s3, sim, clock } = await setExportStage();

  const put = await s3.putObject({ Bucket, Key, Body: bytes, ContentType: 'application/x-test' });
  clock.advance('1h');
  const head = await s3.headObject({ Bucket, Key });
  const body = await readBody(s3.getObject({ Bucket, Key }));

  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  expect(put).toMatchObject({ ETag: etag, ServerSideEncryption: 'AES256' });
  expect(head).toMatchObject({ ETag: etag, ContentLength: 1000, ContentType: 'application/x-test' });
  expect(head.LastModified?.getTime()).toBe(clock.nowMs - 3_600_000);
  expect(body).toEqual(bytes);
  expect((await sim.object(bucket, Key))?.bytes(1, 3)).toEqual(bytes.subarray(1, 3));
});

test.each([
  ['a stream, in chunks with a trailing checksum', {}],
  ['a stream with a CRC-64', { ChecksumAlgorithm: 'CRC64NVME' }],
  ['a stream with a SHA-256', { ChecksumAlgorithm: 'SHA256' }],
] as const)('%s is taken out of its wrapping', async (_, options) => {
  const { s3 } = await setExportStage();
  const chunks = [bytes.subarray(0, 400), bytes.subarray(400)];

  await s3.putObject({ Bucket, Key, Body: Readable.from(chunks), ContentLength: 1000, ...options });

  expect(await readBody(s3.getObject({ Bucket, Key }))).toEqual(bytes);
});

test('a checksum that is wrong is refused', async () => {
  const { s3 } = await setExportStage();

  await expectRefusal(s3.putObject({ Bucket, Key, Body: bytes, ChecksumCRC32: 'AAAAAA==' }), 'BadDigest');
  await expectRefusal(s3.putObject({ Bucket, Key, Body: bytes, ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }), 'BadDigest');
});

test.each([
  ['bytes=0-9', 0, 10],
  ['bytes=990-', 990, 1000],
  ['bytes=990-5000', 990, 1000],
  ['bytes=-9', 991, 1000],
  ['bytes=-5000', 0, 1000],
])('the range %s', async (Range, start, end) => {
  const { s3 } = await setExportStage();
  await s3.putObject({ Bucket, Key, Body: bytes });

  const answer = await s3.getObject({ Bucket, Key, Range });

  expect(answer.$metadata.httpStatusCode).toBe(206);
  expect(answer).toMatchObject({ ContentRange: `bytes ${start}-${end - 1}/1000`, ContentLength: end - start });
  expect(await readBody(Promise.resolve(answer))).toEqual(bytes.subarray(start, end));
});

test('ranges that S3 does not understand give the whole', async () => {
  const { s3 } = await setExportStage();
  await s3.putObject({ Bucket, Key, Body: bytes });

  for (const Range of ['bytes=9-3', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-']) {
    const answer = await s3.getObject({ Bucket, Key, Range });
    expect([answer.$metadata.httpStatusCode, answer.ContentLength]).toEqual([200, 1000]);
    await readBody(Promise.resolve(answer));
  }
});

test('a range outside of the object, or of an empty one, is refused', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  sim.putObject(bucket, 'empty', '');

  await expectRefusal(s3.getObject({ Bucket, Key, Range: 'bytes=1000-' }), 'InvalidRange', 416);
  await expectRefusal(s3.getObject({ Bucket, Key: 'empty', Range: 'bytes=0-0' }), 'InvalidRange', 416);
  await expectRefusal(s3.getObject({ Bucket, Key: 'empty', Range: 'bytes=-8' }), 'InvalidRange', 416);
  expect(await readBody(s3.getObject({ Bucket, Key: 'empty' }))).toHaveLength(0);
});

test('conditions: If-Match and If-None-Match of reads and writes', async () => {
  const { s3 } = await setExportStage();
  const put = (Body: string, condition = {}): Promise<PutObjectCommandOutput> =>
    s3.putObject({ Bucket, Key, Body, ...condition });

  await expectRefusal(put('0', { IfMatch: '"x"' }), 'NoSuchKey', 404);
  const { ETag } = await put('1', { IfNoneMatch: '*' });
  await expectRefusal(put('2', { IfNoneMatch: '*' }), 'PreconditionFailed', 412);
  await expectRefusal(put('2', { IfMatch: '"x"' }), 'PreconditionFailed', 412);
  await put('2', { IfMatch: ETag });

  await expectRefusal(s3.getObject({ Bucket, Key, IfMatch: ETag }), 'PreconditionFailed', 412);
  await expectRefusal(s3.deleteObject({ Bucket, Key, IfMatch: ETag }), 'PreconditionFailed', 412);
  const { ETag: newer = '' } = await s3.headObject({ Bucket, Key });
  await expect(s3.headObject({ Bucket, Key, IfNoneMatch: newer })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  expect(await readBody(s3.getObject({ Bucket, Key, IfMatch: newer.replaceAll('"', '') }))).toEqual(Buffer.from('2'));
  await s3.deleteObject({ Bucket, Key, IfMatch: newer });
  await expectRefusal(s3.deleteObject({ Bucket, Key, IfMatch: newer }), 'NoSuchKey', 404);
  await s3.deleteObject({ Bucket, Key });
});

test('what is not there: an error with a body for GET, without one for HEAD', async () => {
  const { s3, sim } = await setExportStage();

  await expectRefusal(s3.getObject({ Bucket, Key }), 'NoSuchKey', 404);
  await expectRefusal(s3.headObject({ Bucket, Key }), 'NotFound', 404);
  await expectRefusal(s3.getObject({ Bucket: 'nowhere', Key }), 'NoSuchBucket', 404);
  await expectRefusal(s3.headBucket({ Bucket: 'nowhere' }), 'NotFound', 404);
  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(['NoSuchKey', 'NoSuchKey', 'NoSuchBucket', 'NoSuchBucket']);
});

test('a bucket with versions keeps them all, and hides what is deleted behind a marker', async () => {
  const { s3, sim } = await setExportStage({ bucket: { versioned: true } });

  const first = await s3.putObject({ Bucket, Key, Body: '1' });
  const second = await s3.putObject({ Bucket, Key, Body: '2' });
  expect(await s3.headObject({ Bucket, Key })).toMatchObject({ VersionId: second.VersionId, ETag: second.ETag });
  const deleted = await s3.deleteObject({ Bucket, Key });

  expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) as string });
  const response = await fetch(`${sim.endpoint}/${bucket}/${encodeURIComponent(Key)}`, { headers: signature });
  expect([response.status, response.headers.get('x-amz-delete-marker')]).toEqual([404, 'true']);
  await expectRefusal(s3.getObject({ Bucket, Key, VersionId: deleted.VersionId }), 'MethodNotAllowed', 405);
  await expectRefusal(s3.getObject({ Bucket, Key, VersionId: 'unknown' }), 'NoSuchVersion', 404);
  const { VersionId } = first;
  expect(await readBody(s3.getObject({ Bucket, Key, VersionId }))).toEqual(Buffer.from('1'));
  expect(await sim.objects(bucket)).toEqual([]);
  await s3.deleteObject({ Bucket, Key, VersionId: deleted.VersionId });
  expect(await readBody(s3.getObject({ Bucket, Key }))).toEqual(Buffer.from('2'));
});

test('checksums: the CRC-64/NVME of the whole, or the one that came with it, and none of a range', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, 'mine', '123456789');
  await s3.putObject({ Bucket, Key: 'theirs', Body: '123456789', ChecksumAlgorithm: 'SHA256' });

  const mine = await s3.headObject({ Bucket, Key: 'mine', ChecksumMode: 'ENABLED' });
  const theirs = await s3.headObject({ Bucket, Key: 'theirs', ChecksumMode: 'ENABLED' });
  const range = await s3.getObject({ Bucket, Key: 'mine', Range: 'bytes=0-3', ChecksumMode: 'ENABLED' });
  const silent = connectS3(sim, { responseChecksumValidation: 'WHEN_REQUIRED' });

  const checksum = Buffer.from('ae8b14860a799888', 'hex').toString('base64');
  expect(mine).toMatchObject({ ChecksumCRC64NVME: checksum, ChecksumType: 'FULL_OBJECT' });
  expect(theirs.ChecksumSHA256).toBe(createHash('sha256').update('123456789').digest('base64'));
  expect(range).not.toHaveProperty('ChecksumCRC64NVME');
  expect(await readBody(Promise.resolve(range))).toEqual(Buffer.from('1234'));
  expect(await silent.headObject({ Bucket, Key: 'mine' })).not.toHaveProperty('ChecksumCRC64NVME');
  expect(await readBody(s3.getObject({ Bucket, Key: 'mine', ChecksumMode: 'ENABLED' }))).toHaveLength(9);
});

test('a bucket under a KMS key says so, and its ETags are no MD5', async () => {
  const { s3 } = await setExportStage({ bucket: { encryption: 'aws:kms' } });
  const { ETag } = await s3.putObject({ Bucket, Key, Body: '1' });

  const head = await s3.headObject({ Bucket, Key });

  expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', ETag });
  expect(head.SSEKMSKeyId).toMatch(/^arn:aws:kms:us-east-1:123456789012:/);
  expect(ETag).not.toBe(`"${createHash('md5').update('1').digest('hex')}"`);
});

test('what the simulator does not know is told as such', async () => {
  const { s3, sim } = await setExportStage();

  await expectRefusal(s3.createMultipartUpload({ Bucket, Key }), 'NotImplemented', 501);
  await expectRefusal(s3.getObjectTagging({ Bucket, Key }), 'NotImplemented', 501);
  await expectRefusal(s3.copyObject({ Bucket, Key, CopySource: 'a/b' }), 'NotImplemented', 501);
  expect(sim.calls.map(({ operation }) => operation)).toEqual(['-', '-', '-']);
});

/** What a request needs to count as signed. */
const signature = {
  authorization: `AWS4-HMAC-SHA256 Credential=key/20261123/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
};
