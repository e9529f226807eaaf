import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childJobId, jobId } from '../../src/contract/job-id';
import { requestHash } from '../../src/request-hash';
import { anything, validRequests } from './arbitrary-inputs';

const REQUEST = { SourceSnapshotName: 'nightly', TargetSnapshotName: 'Prod-Copy' };
const HASH = '0123456789abcdef';

describe('the workflow id of a job', () => {
  test('names the target as MemoryDB stores it, and the request', () => {
    expect(jobId(REQUEST, HASH)).toBe('memorydb-copy:prod-copy:0123456789abcdef');
  });

  test('has 1,000 characters at most, however long the target is', () => {
    const unit = fc.constantFrom('a', 'B', '-', 'İ', 'ß', '🗄');
    fc.assert(
      fc.property(validRequests, fc.string({ unit, minLength: 1, maxLength: 3_000 }), (request, target) => {
        const id = jobId({ ...request, TargetSnapshotName: target }, HASH);

        expect(Buffer.byteLength(id)).toBeLessThanOrEqual(1_000);
        expect(id.endsWith(`:${HASH}`)).toBe(true);
      })
    );
  });

  test('is another one for another target, even where both are cut at the same text', () => {
    const [a, b] = ['1', '2'].map((end) => ({ ...REQUEST, TargetSnapshotName: 't'.repeat(250) + end }));
    if (!a || !b) throw new Error('two are made');

    expect(jobId(a, requestHash(a))).not.toBe(jobId(b, requestHash(b)));
  });
});

describe('the workflow id of a child', () => {
  test("starts with the parent's, and stays the same while the target does", () => {
    const id = childJobId('nightly-backup', REQUEST);

    expect(id).toBe('nightly-backup:memorydb-copy:prod-copy');
    expect(childJobId('nightly-backup', { ...REQUEST, SourceSnapshotName: 'other' })).toBe(id);
  });

  test('has room for a parent id of 700 characters', () => {
    const id = childJobId('p'.repeat(700), { ...REQUEST, TargetSnapshotName: 't'.repeat(3_000) });

    expect(id.length).toBeLessThanOrEqual(1_000);
  });

  test('has 1,000 bytes at most, however long the parent, the bucket and the target are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ':', 'ß', '漢', '🗄'), maxLength: 1_500 });
    fc.assert(
      fc.property(text, fc.option(text), text, (parent, TargetBucket, TargetSnapshotName) => {
        const id = childJobId(parent, { ...REQUEST, TargetBucket, TargetSnapshotName });

        expect(Buffer.byteLength(id)).toBeLessThanOrEqual(1_000);
      })
    );
  });

  test.for([999, 1_000, 1_001, 5_000])(
    'is another one for another target, even behind a parent of %s characters',
    (length) => {
      const parent = 'p'.repeat(length);
      const targets = Array.from({ length: 500 }, (_, i) => `${'t'.repeat(250)}${i}`);

      const ids = targets.map((TargetSnapshotName) => childJobId(parent, { ...REQUEST, TargetSnapshotName }));

      expect(new Set(ids).size).toBe(targets.length);
      expect(childJobId(parent, { ...REQUEST, TargetSnapshotName: targets[0] ?? '' })).toBe(ids[0]);
      expect(new Set(ids.map((id) => id.length)).size).toBe(1);
    }
  );

  test('is well-formed and has 1,000 bytes at most, whatever the parent passes', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const value = fc.oneof(fc.string({ unit, maxLength: 1_500 }), anything);
    const request = fc.record({ TargetSnapshotName: value, TargetBucket: value }, { requiredKeys: [] });
    const parents = fc.string({ unit: 'binary', maxLength: 1_000 });
    fc.assert(
      fc.property(parents, request, (parent, passed) => {
        const id = childJobId(parent, passed);

        expect(id.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(id)).toBeLessThanOrEqual(1_000);
      })
    );
  });

  test('is whole as long as it fits', () => {
    const parent = 'p'.repeat(978);

    expect(childJobId(parent, { ...REQUEST, TargetSnapshotName: 'target1' })).toBe(`${parent}:memorydb-copy:target1`);
    expect(childJobId(parent, { ...REQUEST, TargetSnapshotName: 'target12' })).toMatch(/^p{320}:[0-9a-f]{16}$/);
  });
});
