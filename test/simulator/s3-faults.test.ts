import { expect, test } from 'vitest';
import { bucket, connectS3, expectRefusal, readBody, setExportStage, source } from './stage';

const Bucket = bucket;
const Key = 'k';
const bytes = Buffer.alloc(300_000, 'memorydb');

test('an error of any name, with its own words and status; HEAD tells the status alone', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  sim.fail('GetObject', { error: 'SlowDown', message: 'Please reduce your request rate.' });
  sim.fail('HeadObject', { error: 'AccessDenied' });
  sim.fail('PutObject', { httpStatus: 500 });

  const slow = s3.getObject({ Bucket, Key });
  await expectRefusal(slow, 'SlowDown', 503);
  await expect(slow).rejects.toThrow('Please reduce your request rate.');
  await expect(s3.headObject({ Bucket, Key })).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  await expect(s3.putObject({ Bucket, Key, Body: 'x' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect(sim.calls.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
    'GetObject SlowDown',
    'HeadObject AccessDenied',
    'PutObject HTTP 500',
  ]);
});

test('a write of which the answer is lost has happened', async () => {
  const { s3, sim } = await setExportStage();
  sim.fail('PutObject', { connection: 'drop', when: 'after' });

  await expect(s3.putObject({ Bucket, Key, Body: 'x', IfNoneMatch: '*' })).rejects.toThrow();

  expect((await sim.object(bucket, Key))?.bytes().toString()).toBe('x');
  const twice = connectS3(sim, { maxAttempts: 2 });
  sim.fail('PutObject', { error: 'InternalError', when: 'after' });
  await expectRefusal(twice.putObject({ Bucket, Key: 'l', Body: 'x', IfNoneMatch: '*' }), 'PreconditionFailed', 412);
});

test('a call that hangs goes on when it is released', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  const script = sim.fail('ListObjectsV2', { connection: 'hang', match: ({ Prefix }) => Prefix === 'k' });

  const listed = s3.listObjectsV2({ Bucket, Prefix: 'k' });
  await script.hit;
  expect((await s3.listObjectsV2({ Bucket })).KeyCount).toBe(1);
  script.release();

  expect((await listed).KeyCount).toBe(1);
});

test('a body is cut off after so many bytes', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  sim.fail('GetObject', { cutAfter: 100_000 });

  const { Body, ContentLength } = await s3.getObject({ Bucket, Key, Range: 'bytes=0-199999' });
  let seen = 0;
  const drained = (async () => {
    for await (const piece of Body as AsyncIterable<Buffer>) seen += piece.length;
  })();

  await expect(drained).rejects.toThrow(/aborted/);
  expect([ContentLength, seen]).toEqual([200_000, 100_000]);
  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(['cut']);
  expect((await readBody(s3.getObject({ Bucket, Key }))).equals(bytes)).toBe(true);
});

test('a range may be ignored', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  sim.fail('GetObject', { ignoreRange: true });

  const whole = await s3.getObject({ Bucket, Key, Range: 'bytes=0-9' });

  expect([whole.$metadata.httpStatusCode, whole.ContentLength]).toEqual([200, bytes.length]);
  expect(whole).not.toHaveProperty('ContentRange');
  expect((await readBody(Promise.resolve(whole))).equals(bytes)).toBe(true);
});

test('a body may be slow, and its answer half', async () => {
  const { s3, sim } = await setExportStage();
  sim.putObject(bucket, Key, bytes);
  sim.fail('GetObject', { pieceDelayMs: 30 });
  const begun = performance.now();

  expect((await readBody(s3.getObject({ Bucket, Key }))).equals(bytes)).toBe(true);

  expect(performance.now() - begun).toBeGreaterThan(5 * 25);
  sim.fail('GetObject', { garbled: true, when: 'after' });
  sim.fail('ListObjectsV2', { garbled: true });
  const half = connectS3(sim, { responseChecksumValidation: 'WHEN_REQUIRED' }).getObject({ Bucket, Key });
  expect((await readBody(half)).equals(bytes.subarray(0, 150_000))).toBe(true);
  await expect(s3.listObjectsV2({ Bucket })).rejects.toThrow();
});

test('faults for everything hit both services, by the clock if told', async () => {
  const { client, clock, s3, sim } = await setExportStage();
  const script = sim.fail('*', { error: 'AccessDenied', for: '1m' });

  await expect(client.describeSnapshots({})).rejects.toMatchObject({ name: 'AccessDenied' });
  await expectRefusal(s3.listObjectsV2({ Bucket }), 'AccessDenied', 403);
  clock.advance('1m');
  await s3.listObjectsV2({ Bucket });

  expect(script.hits).toBe(2);
});

test('an export of which the answer is lost has begun', async () => {
  const { clock, exportTo, listKeys, sim } = await setExportStage();
  sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });

  await expect(exportTo('nightly')).rejects.toThrow();

  await expectRefusal(exportTo('nightly'), 'InvalidSnapshotStateFault');
  clock.advance('5m');
  expect(await listKeys()).toHaveLength(3);
  expect((await sim.snapshot(source))?.status).toBe('available');
});

test('faults that make no sense are refused', async () => {
  const { sim } = await setExportStage();

  expect(() => sim.fail('HeadObject', { cutAfter: 1 })).toThrow(/for GetObject, not HeadObject/);
  expect(() => sim.fail('CopySnapshot', { ignoreRange: true })).toThrow(/for GetObject, not CopySnapshot/);
  expect(() => sim.fail('GetObject', { cutAfter: -1 })).toThrow(/cutAfter: -1/);
  expect(() => sim.fail('GetObject', { pieceDelayMs: -1 })).toThrow(/pieceDelayMs: -1/);
  expect(() => sim.fail('GetObject', {})).toThrow(/a fault needs one of/);
  // @ts-expect-error no such operation
  expect(() => sim.fail('GetObjects', { httpStatus: 500 })).toThrow(/there are CopySnapshot, .*, DeleteObject and \*/);
});
