import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBucketAllowed, judgeBucketRegion, judgeExportSource } from '../../src/aws/preflight-export';
import type { PlannedObject } from '../../src/contract/export';
import { snapshotRecord } from './sample-records';

const GOOD = { verdict: 'done', value: undefined };

describe('the buckets that a worker allows', () => {
  test.for([
    ['all, if nothing is said', undefined],
    ['the one', ['acme-backups']],
    ['several', ['acme-dr', 'acme-backups']],
  ] as const)('hold the bucket: %s', ([, allowed]) => {
    expect(judgeBucketAllowed('acme-backups', allowed)).toEqual(GOOD);
  });

  test.for([
    ['none', []],
    ['another', ['acme-dr']],
    ['one that begins likewise', ['acme-backups-2']],
    ['one in upper case', ['ACME-BACKUPS']],
  ] as const)('do not hold it: %s', ([, allowed]) => {
    const fix = `use one of ${allowed.join(', ')}`;

    expect(judgeBucketAllowed('acme-backups', allowed)).toEqual({
      verdict: 'final',
      type: 'InvalidRequest',
      message: `TargetBucket acme-backups is not among the buckets that this worker allows: ${fix}`,
      hint: fix,
    });
  });

  test('hold it exactly if it is one of them', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'A', 'a-b', '');
    fc.assert(
      fc.property(names, fc.array(names), (bucket, allowed) => {
        expect(judgeBucketAllowed(bucket, allowed).verdict).toBe(new Set(allowed).has(bucket) ? 'done' : 'final');
      })
    );
  });
});

describe('the region of a bucket', () => {
  test.for([
    ["is the source's", 'us-east-1'],
    ['is not known', undefined],
  ] as const)('is good if it %s', ([, bucketRegion]) => {
    expect(judgeBucketRegion('acme-backups', 'us-east-1', bucketRegion)).toEqual(GOOD);
  });

  test.for(['eu-west-1', 'us-east-2', 'US-EAST-1', ''])('is refused if it is another one: `%s`', (bucketRegion) => {
    expect(judgeBucketRegion('acme-backups', 'us-east-1', bucketRegion)).toEqual({
      verdict: 'final',
      type: 'InvalidRequest',
      message: `TargetBucket acme-backups is in ${bucketRegion}, and the source is in us-east-1: choose a bucket in us-east-1`,
      hint: 'choose a bucket in us-east-1',
    });
  });
});

describe('the source of an export', () => {
  const WHOLE: readonly PlannedObject[] = [
    { shard: '0001', slots: '0-8191' },
    { shard: '0002', slots: '8192-16383' },
  ];
  const judge = (fields: Parameters<typeof snapshotRecord>[0], shards = WHOLE) =>
    judgeExportSource(snapshotRecord(fields), shards);

  test.for<readonly [what: string, fields: Parameters<typeof snapshotRecord>[0], shards: readonly PlannedObject[]]>([
    ['whose shards make a whole', {}, WHOLE],
    ['that says it has no data tiering', { DataTiering: 'false' }, WHOLE],
    [
      'with slots in several ranges',
      {},
      [
        { shard: '1', slots: '0-99,200-16383' },
        { shard: '2', slots: '100-199' },
      ],
    ],
    ['of which no slots are told', {}, [{ shard: '0001' }, { shard: '0002' }]],
    ['of which some slots are not told: nothing is judged', {}, [{ shard: '0001', slots: '0-5' }, { shard: '0002' }]],
  ])('is good, without a warning: one %s', ([, fields, shards]) => {
    expect(judge(fields, shards)).toEqual({ verdict: 'done', value: [] });
  });

  test('with data tiering is refused: MemoryDB does not export it', () => {
    expect(judge({ DataTiering: 'true', KmsKeyId: 'key-1' })).toMatchObject({
      verdict: 'final',
      type: 'InvalidRequest',
      message: expect.stringContaining('the source nightly is of a cluster with data tiering') as string,
      hint: expect.stringContaining('leave TargetBucket out') as string,
    });
  });

  test.for<readonly [what: string, slots: readonly string[], named: readonly string[]]>([
    ['lacks slots', ['0-8191', '8193-16383'], ['no shard has the slots 8192']],
    ['has slots twice', ['0-8192', '8192-16383'], ['more than one shard has the slots 8192']],
    ['both', ['0-100', '100-16382'], ['no shard has the slots 16383', 'more than one shard has the slots 100']],
  ])('that %s is refused', ([, slots, named]) => {
    const verdict = judge(
      {},
      slots.map((text, i) => ({ shard: String(i), slots: text }))
    );

    expect(verdict).toMatchObject({ verdict: 'final', type: 'InvalidRequest' });
    for (const fault of named) {
      expect(verdict).toMatchObject({ message: expect.stringContaining(fault) as string });
    }
  });

  test("under a customer's key gets a warning that names it, and is sent: MemoryDB decides", () => {
    expect(judge({ KmsKeyId: 'arn:aws:kms:us-east-1:1:key/k' })).toEqual({
      verdict: 'done',
      value: [expect.stringContaining('nightly is encrypted with arn:aws:kms:us-east-1:1:key/k') as string],
    });
  });

  test('whose slots cannot be read gets a warning, and is not judged by them', () => {
    const ClusterConfiguration = { Shards: [{ Name: '0001', Slots: 'all of them' }, { Name: '0002' }] };

    expect(judge({ ClusterConfiguration }, [{ shard: '0001' }, { shard: '0002' }])).toEqual({
      verdict: 'done',
      value: [expect.stringContaining('slots that cannot be read') as string],
    });
  });
});
