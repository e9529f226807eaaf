import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childJobId, jobId } from '../../src/contract/job-id';
import { requestHash } from '../../src/request-hash';
import { validRequests } from './arbitrary-inputs';

const REQUEST = { SourceSnapshotName: 'nightly', TargetSnapshotName: 'Prod-Copy' };
const HASH = '0123456789abcdef';

describe('the workflow id of a job', () => {
  test('names the target as MemoryDB stores it, and the request', () => {
    expect(jobId(REQUEST, HASH)).toBe('memorydb-copy:prod-copy:0123456789abcdef');
  });

  test('has 1,000 characters at most, however long the target is', () => {
    const unit = fc.constantFrom('a', 'B', '-', 'İ', 'ß');
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
});
