import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobHash, judgeOwnership, ownershipTag, sourceHash, type Ownership } from '../../src/aws/ownership';
import type { OwnershipTag, TagPair } from '../../src/contract/job';
import { snapshotRecord } from './sample-records';

const KEY = 'temporal-memorydb-snapshots/job';
const OURS: OwnershipTag = { key: KEY, jobHash: 'a1', requestHash: 'b2', sourceHash: 'c3' };
const SOURCE_GONE: OwnershipTag = { key: KEY, jobHash: 'a1', requestHash: 'b2' };

const hash = fc.stringMatching(/^[0-9a-f]{16}$/);
const someOwnership: fc.Arbitrary<OwnershipTag> = fc.record(
  { key: fc.constant(KEY), jobHash: hash, requestHash: hash, sourceHash: hash },
  { requiredKeys: ['key', 'jobHash', 'requestHash'] }
);
const someStatus = fc.constantFrom('creating', 'available', 'copying', 'failed', 'deleting', 'something new');

describe('a snapshot with the tag', () => {
  test.for<readonly [value: string, expected: OwnershipTag, verdict: Ownership]>([
    ['v1:a1:b2:c3', OURS, 'ours'],
    ['v1:a1:b2:c4', OURS, 'another source'],
    ['v1:a1:b3:c3', OURS, 'another request'],
    ['v1:a1:b3:c4', OURS, 'another request'],
    ['v1:a2:b2:c3', OURS, 'foreign'],
    ['v2:a1:b2:c3', OURS, 'foreign'],
    ['v1:a1:b2', OURS, 'ours'],
    ['v1:a1:b2:', OURS, 'ours'],
    ['v1:a1', OURS, 'another request'],
    ['v1', OURS, 'foreign'],
    ['', OURS, 'foreign'],
    ['v1:a1:b2:c3', SOURCE_GONE, 'ours'],
    ['v1:a1:b2:', SOURCE_GONE, 'ours'],
    ['v1:a1:b3:c3', SOURCE_GONE, 'another request'],
  ])('%j is, to the job %j, %s', ([value, expected, verdict]) => {
    const tags = [
      { Key: 'team', Value: 'data' },
      { Key: KEY, Value: value },
    ];

    expect(judgeOwnership(expected, tags, 'available')).toBe(verdict);
  });
});

describe('a snapshot without the tag', () => {
  test.for<readonly [what: string, tags: readonly TagPair[] | undefined, status: string, verdict: Ownership]>([
    ['whose tags cannot be read', undefined, 'available', 'unreadable'],
    ['whose tags cannot be read', undefined, 'creating', 'unreadable'],
    ['that has no tags yet', [], 'creating', 'unreadable'],
    ['that has other tags', [{ Key: 'team', Value: 'data' }], 'creating', 'unreadable'],
    ['that has no tags', [], 'available', 'foreign'],
    ['that has no tags', [], 'something new', 'foreign'],
    ['that has the value under another key', [{ Key: 'other', Value: 'v1:a1:b2:c3' }], 'available', 'foreign'],
  ])('%s, %j, while %s is %s', ([, tags, status, verdict]) => {
    expect(judgeOwnership(OURS, tags, status)).toBe(verdict);
  });
});

describe('the ownership tag', () => {
  test('is known again by the job that wrote it, whatever the status and the other tags are', () => {
    const others = fc.array(fc.record({ Key: fc.string().filter((key) => key !== KEY), Value: fc.string() }));
    fc.assert(
      fc.property(someOwnership, others, someStatus, (ownership, tags, status) => {
        expect(judgeOwnership(ownership, [...tags, ownershipTag(ownership)], status)).toBe('ours');
      })
    );
  });

  test('is never another job’s', () => {
    fc.assert(
      fc.property(someOwnership, someOwnership, someStatus, (writer, reader, status) => {
        fc.pre(writer.jobHash !== reader.jobHash);

        expect(judgeOwnership(reader, [ownershipTag(writer)], status)).toBe('foreign');
      })
    );
  });

  test('fits into a tag: 256 characters that AWS allows', () => {
    fc.assert(
      fc.property(someOwnership, (ownership) => {
        expect(ownershipTag(ownership).Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
      })
    );
  });
});

describe('the hash of a job', () => {
  test('is the same for the same workflow id in the same namespace, and another one else', () => {
    expect(jobHash('default', 'backup')).toBe(jobHash('default', 'backup'));
    const others = [jobHash('other', 'backup'), jobHash('default', 'backup-2'), jobHash('defaultb', 'ackup')];
    expect(new Set([jobHash('default', 'backup'), ...others]).size).toBe(4);
  });
});

describe('the hash of a source', () => {
  const source = snapshotRecord({ createdAt: ['2026-11-23T03:15:00.000Z', '2026-11-23T03:16:00.000Z'] });

  test.for([
    ['its status', { ...source, Status: 'copying' }],
    [
      'the order of its shards',
      {
        ...source,
        ClusterConfiguration: {
          ...source.ClusterConfiguration,
          Shards: source.ClusterConfiguration?.Shards?.toReversed() ?? [],
        },
      },
    ],
  ] as const)('does not depend on %s', ([, other]) => {
    expect(sourceHash(other)).toBe(sourceHash(source));
  });

  test.for([
    ['it was made again: a shard has another creation time', ['2026-11-23T03:15:00.000Z', '2026-11-24T03:16:00.000Z']],
    ['a shard tells no creation time', ['2026-11-23T03:15:00.000Z', undefined]],
    ['it has another number of shards', ['2026-11-23T03:15:00.000Z']],
  ] as const)('is another one when %s', ([, createdAt]) => {
    expect(sourceHash(snapshotRecord({ createdAt }))).not.toBe(sourceHash(source));
  });

  test('is another one in another account or region', () => {
    const elsewhere = { ...source, ARN: source.ARN.replace('us-east-1', 'eu-central-1') };

    expect(sourceHash(elsewhere)).not.toBe(sourceHash(source));
  });
});
