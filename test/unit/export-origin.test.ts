import { describe, expect, test } from 'vitest';
import { originIn, originOf } from '../../src/aws/export-origin';
import { claimOf, type Manifest } from '../../src/aws/manifest';
import { sourceHash } from '../../src/aws/ownership';
import { judgeExportSource } from '../../src/aws/preflight-export';
import type { ExportPlan, OwnershipTag, SnapshotRecord, SnapshotShard } from '../../src/contract/job';
import { snapshotRecord } from './sample-records';

const OURS: OwnershipTag = { key: 'k', jobHash: 'a1', requestHash: 'b2' };

function sourceOf(shards: readonly SnapshotShard[], changes: Partial<SnapshotRecord> = {}): SnapshotRecord {
  return snapshotRecord({ ClusterConfiguration: { Name: 'prod', NumShards: 2, Shards: shards }, ...changes });
}

function manifestOf(source: SnapshotRecord): Manifest {
  const { arn, hash, createdAt, shards } = originOf(source);
  const plan: ExportPlan = {
    kind: 'export',
    source: source.Name,
    target: 'kept/nightly',
    bucket: 'acme-backups',
    bucketOwner: '123456789012',
    manifestKey: 'kept/nightly.manifest.json',
    shards,
    tags: [],
    ownership: { ...OURS, ...(hash !== undefined && { sourceHash: hash }) },
    sourceArn: arn,
    ...(createdAt !== undefined && { sourceCreatedAt: createdAt }),
    level: 'header',
    patience: { startMs: 1, copyMs: 1 },
    onCancel: 'keep',
    targetExisted: false,
  };
  return claimOf(plan, '2026-11-23T04:00:00.000Z');
}

const WHOLE = [
  { Name: '0001', Slots: '0-8191', SnapshotCreationTime: '2026-11-23T03:15:00.000Z' },
  { Name: '0003', Slots: '8192-16383', SnapshotCreationTime: '2026-11-23T03:16:00.000Z' },
];

describe('the objects of an export', () => {
  test.for<readonly [what: string, source: SnapshotRecord, shards: readonly object[]]>([
    [
      'have the names of the shards, gaps and all',
      sourceOf(WHOLE),
      [
        { shard: '0001', slots: '0-8191' },
        { shard: '0003', slots: '8192-16383' },
      ],
    ],
    ['are counted where there is no shard detail', sourceOf([]), [{ shard: '0001' }, { shard: '0002' }]],
    ['are one where nothing is told', snapshotRecord({ ClusterConfiguration: {} }), [{ shard: '0001' }]],
    ['leave out slots that cannot be read', sourceOf([{ Name: '0001', Slots: '0..16383' }]), [{ shard: '0001' }]],
  ])('%s', ([, source, shards]) => {
    expect(originOf(source).shards).toEqual(shards);
  });

  test('were all made by the time of the last shard', () => {
    expect(originOf(sourceOf(WHOLE)).createdAt).toBe('2026-11-23T03:16:00.000Z');
  });
});

describe('a manifest', () => {
  test('tells the same as the source did', () => {
    const source = sourceOf(WHOLE);

    expect(originIn(manifestOf(source), OURS)).toEqual(originOf(source));
    expect(originIn(manifestOf(source), { ...OURS, sourceHash: sourceHash(source) })).toEqual(originOf(source));
  });

  test.for<readonly [of: string, expected: Partial<OwnershipTag>]>([
    ['another job', { jobHash: 'a2' }],
    ['another request', { requestHash: 'b3' }],
    ['an earlier source of the name', { sourceHash: 'c4' }],
  ])('of %s tells nothing', ([, expected]) => {
    expect(originIn(manifestOf(sourceOf(WHOLE)), { ...OURS, ...expected })).toBeUndefined();
  });

  test('without objects tells nothing', () => {
    expect(originIn({ ...manifestOf(sourceOf(WHOLE)), objects: [] }, OURS)).toBeUndefined();
  });
});

describe('a source', () => {
  const judge = (source: SnapshotRecord) => judgeExportSource(source, originOf(source).shards);

  test('whose shards make a whole can be exported', () => {
    expect(judge(sourceOf(WHOLE))).toEqual({ verdict: 'done', value: [] });
  });

  test.for<readonly [slots: readonly string[], fault: string]>([
    [['0-8191', '8193-16383'], 'no shard has the slots 8192'],
    [['0-8191', '8191-16383'], 'more than one shard has the slots 8191'],
  ])('whose shards have the slots %j is refused', ([slots, fault]) => {
    const source = sourceOf(slots.map((Slots, i) => ({ Name: `000${i + 1}`, Slots })));

    expect(judge(source)).toMatchObject({
      verdict: 'final',
      type: 'InvalidRequest',
      message: expect.stringContaining(fault) as string,
    });
  });

  test.for(['', '0-', 'a-b', '5-1', '0-16384', '0-8191 9000-9999', '1e3', '-', ',', '0-99999999999'])(
    'whose slots read %j is exported, with a warning',
    (Slots) => {
      const source = sourceOf([
        { Name: '0001', Slots },
        { Name: '0002', Slots: '0-1' },
      ]);

      expect(judge(source)).toMatchObject({
        verdict: 'done',
        value: [expect.stringContaining('cannot be read') as string],
      });
    }
  );

  test('that a customer key encrypts is exported, with a warning; one with data tiering is refused', () => {
    expect(judge(sourceOf(WHOLE, { KmsKeyId: 'key-1' }))).toMatchObject({
      verdict: 'done',
      value: [expect.stringContaining('key-1') as string],
    });
    expect(judge(sourceOf(WHOLE, { DataTiering: 'true' }))).toMatchObject({ verdict: 'final', type: 'InvalidRequest' });
  });
});
