import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/aws/bucket';
import { judgeExportTarget, listExpected, lookAtExport, type ExportLook } from '../../src/aws/export-look';
import { claimOf, formatManifest, type Manifest } from '../../src/aws/manifest';
import type { SeenObject } from '../../src/contract/export';
import type { ExportPlan, OwnershipTag } from '../../src/contract/job';
import { MemoryDBSimulator } from '../../src/testing';

const OURS: OwnershipTag = {
  key: 'temporal-memorydb-snapshots/job',
  jobHash: 'a'.repeat(16),
  requestHash: 'b'.repeat(16),
  sourceHash: 'c'.repeat(16),
};

const PLAN: ExportPlan = {
  kind: 'export',
  source: 'automatic.prod-2026-11-23-03-15',
  target: 'Kept/nightly',
  bucket: 'acme-backups',
  bucketOwner: '123456789012',
  manifestKey: 'Kept/nightly.manifest.json',
  shards: [
    { shard: '0001', slots: '0-8191' },
    { shard: '0003', slots: '8192-16383' },
  ],
  tags: [],
  ownership: OURS,
  sourceArn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/automatic.prod-2026-11-23-03-15',
  level: 'header',
  patience: { startMs: 1, copyMs: 1 },
  onCancel: 'keep',
  targetExisted: false,
};
const CLAIM = claimOf(PLAN, '2026-11-23T04:00:00.000Z');
const SEEN: SeenObject = { key: 'Kept/nightly-0001.rdb', shard: '0001', size: 9, etag: '"1"' };

describe('the place of an export', () => {
  const judge = (found: ExportLook['found'], seen: readonly SeenObject[] = [], expected = OURS) =>
    judgeExportTarget(PLAN, { found, seen, missing: [] }, expected);
  const manifestOf = (changes: Partial<Manifest> = {}) => ({ manifest: { ...CLAIM, ...changes }, etag: '"m"' });

  test('is free where there is neither manifest nor key', () => {
    expect(judge(undefined)).toEqual({ verdict: 'done', value: undefined });
  });

  test.for<readonly [what: string, changes: Partial<Manifest>, seen: readonly SeenObject[]]>([
    ['a claim', {}, []],
    ['a claim with keys', {}, [SEEN]],
    ['a claim that ended without all keys', { missing: ['Kept/nightly-0003.rdb'] }, [SEEN]],
    ['the manifest of an export that is complete', { state: 'complete', completedAt: CLAIM.startedAt }, [SEEN]],
  ])('is ours by %s', ([, changes, seen]) => {
    const found = manifestOf(changes);

    expect(judge(found, seen)).toEqual({ verdict: 'done', value: found });
  });

  test.for<readonly [what: string, found: ExportLook['found'], seen: readonly SeenObject[], named: string]>([
    ['a key without a manifest', undefined, [SEEN], 'Kept/nightly-0001.rdb is there'],
    ['keys without a manifest', undefined, [SEEN, { ...SEEN, key: 'k2' }], 'Kept/nightly-0001.rdb, k2 are there'],
    ['what is no manifest', { manifest: undefined, etag: '"m"' }, [], 'Kept/nightly.manifest.json is there'],
    ['the claim of another job', manifestOf({ job: 'd'.repeat(16) }), [], 'the manifest of another job'],
    [
      'the claim of another job for the same request and source, with keys',
      manifestOf({ job: 'd'.repeat(16) }),
      [SEEN],
      'the manifest of another job',
    ],
  ])("is somebody else's by %s", ([, found, seen, named]) => {
    expect(judge(found, seen)).toMatchObject({
      verdict: 'final',
      type: 'ExportTargetTaken',
      message: expect.stringContaining(named) as string,
      hint: expect.stringContaining('Choose another TargetSnapshotName') as string,
    });
  });

  test.for<readonly [what: string, changes: Partial<Manifest>, named: string]>([
    ['another request', { request: 'd'.repeat(16) }, 'another request'],
    ['another source', { source: { ...CLAIM.source, hash: 'd'.repeat(16) } }, 'earlier snapshot'],
    ['another request and another source', { request: 'd', source: { ...CLAIM.source, hash: 'd' } }, 'another request'],
  ])('is ours, and not what is asked for: %s', ([, changes, named]) => {
    expect(judge(manifestOf(changes), [SEEN])).toMatchObject({
      verdict: 'final',
      type: 'RequestMismatch',
      message: expect.stringContaining(named) as string,
    });
  });

  test('a source that was gone at the inspection is not compared', () => {
    const { key, jobHash, requestHash } = OURS;
    const found = manifestOf({ source: { ...CLAIM.source, hash: 'd' } });

    expect(judge(found, [], { key, jobHash, requestHash })).toEqual({ verdict: 'done', value: found });
  });

  test('of many keys the first five are named', () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ ...SEEN, key: `k${i}` }));

    expect(judge(undefined, many)).toMatchObject({
      message: 'k0, k1, k2, k3, k4 are there, and no manifest of this job',
    });
  });
});

describe('a look at the place', () => {
  let sim: MemoryDBSimulator;
  let s3: S3Client;
  let bucket: Bucket;
  beforeEach(async () => {
    sim = await MemoryDBSimulator.start();
    sim.addBucket(PLAN.bucket);
    s3 = new S3Client({ ...sim.aws.s3, maxAttempts: 1 });
    bucket = { s3, name: PLAN.bucket, owner: PLAN.bucketOwner };
  });
  afterEach(async () => {
    s3.destroy();
    await sim.close();
  });
  const put = (key: string, content = 'x') => sim.putObject(PLAN.bucket, key, content);

  test('finds nothing in an empty bucket', async () => {
    expect(await lookAtExport(bucket, PLAN)).toEqual({
      found: undefined,
      seen: [],
      missing: ['Kept/nightly-0001.rdb', 'Kept/nightly-0003.rdb'],
    });
  });

  test('finds the manifest and the expected keys, with what S3 tells of them', async () => {
    put(PLAN.manifestKey, formatManifest(CLAIM));
    put('Kept/nightly-0003.rdb', 'REDIS');

    const { found, seen, missing } = await lookAtExport(bucket, PLAN);

    const etag = (await sim.object(PLAN.bucket, 'Kept/nightly-0003.rdb'))?.etag;
    expect(found?.manifest).toEqual(CLAIM);
    expect(found?.etag).toBe((await sim.object(PLAN.bucket, PLAN.manifestKey))?.etag);
    expect(seen).toEqual([{ key: 'Kept/nightly-0003.rdb', shard: '0003', size: 5, etag }]);
    expect(missing).toEqual(['Kept/nightly-0001.rdb']);
  });

  test('finds what is no manifest, and does not take it for one', async () => {
    put(PLAN.manifestKey, '{"theirs": true}');

    expect((await lookAtExport(bucket, PLAN)).found).toMatchObject({
      manifest: undefined,
      etag: expect.any(String) as string,
    });
  });

  test('leaves the keys of neighbours alone', async () => {
    for (const key of [
      'nightly-0001.rdb',
      'Kept/nightly-b-0001.rdb',
      'Kept/nightly-0002.rdb',
      'Kept/nightly-0001.rdb2',
    ])
      put(key);

    expect((await listExpected(bucket, PLAN)).seen).toEqual([]);
  });

  test('takes keys of the lower-cased target where none is as it was sent', async () => {
    put('kept/nightly-0001.rdb', 'lower');
    put('kept/nightly-0003.rdb', 'lower');

    expect(await listExpected(bucket, PLAN)).toMatchObject({
      seen: [
        { shard: '0001', key: 'kept/nightly-0001.rdb', size: 5 },
        { shard: '0003', key: 'kept/nightly-0003.rdb' },
      ],
      missing: [],
    });
  });

  test('takes no other spelling beside a key that is as it was sent', async () => {
    put('kept/nightly-0001.rdb', 'lower');
    put('Kept/nightly-0003.rdb', 'as sent');

    expect((await listExpected(bucket, PLAN)).seen).toMatchObject([{ shard: '0003', key: 'Kept/nightly-0003.rdb' }]);
  });

  test('lists a target of lower case once', async () => {
    await listExpected(bucket, { ...PLAN, target: 'nightly' });
    await listExpected(bucket, PLAN);

    expect(sim.callsTo('ListObjectsV2').map(({ input }) => input.Prefix)).toEqual([
      'nightly-',
      'Kept/nightly-',
      'kept/nightly-',
    ]);
  });
});
