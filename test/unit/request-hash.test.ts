import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CopySnapshotRequest } from '../../src/contract/job';
import { hashOf, requestHash } from '../../src/request-hash';
import { validInputs, validRequests } from './arbitrary-inputs';

const REQUEST: CopySnapshotRequest = {
  SourceSnapshotName: 'automatic.prod-2026-11-23-03-15',
  TargetSnapshotName: 'prod-copy',
  KmsKeyId: 'key-1',
  Tags: [
    { Key: 'team', Value: 'data' },
    { Key: 'cost', Value: '' },
  ],
};
const PLAIN: CopySnapshotRequest = { SourceSnapshotName: 'a', TargetSnapshotName: 'b' };

describe('two requests are the same', () => {
  test.for<readonly [what: string, a: CopySnapshotRequest, b: CopySnapshotRequest]>([
    ['with their tags in another order', REQUEST, { ...REQUEST, Tags: REQUEST.Tags?.toReversed() ?? null }],
    ['with a tag value of null for the empty string', tagged(''), tagged(null)],
    ['with a tag value left out for the empty string', tagged(''), { ...PLAIN, Tags: [{ Key: 'k' }] }],
    ['with null for what is left out', PLAIN, { ...PLAIN, TargetBucket: null, KmsKeyId: null, Tags: null }],
    ['with no tags for tags left out', PLAIN, { ...PLAIN, Tags: [] }],
    ['with names in another case', PLAIN, { SourceSnapshotName: 'A', TargetSnapshotName: 'B' }],
    ['with their fields in another order', PLAIN, { TargetSnapshotName: 'b', SourceSnapshotName: 'a' }],
  ])('%s', ([, a, b]) => {
    expect(requestHash(a)).toBe(requestHash(b));
  });

  test('however their tags are shuffled and their names are cased', () => {
    const twins = validRequests.chain((request) =>
      fc.record({ request: fc.constant(request), tags: shuffled(request.Tags ?? []), loud: fc.boolean() })
    );
    fc.assert(
      fc.property(twins, ({ request, tags, loud }) => {
        const name = request.SourceSnapshotName;
        // A few letters lose something on the way to upper case and back.
        const cased = loud && name.toUpperCase().toLowerCase() === name.toLowerCase() ? name.toUpperCase() : name;

        expect(requestHash({ ...request, SourceSnapshotName: cased, Tags: tags })).toBe(requestHash(request));
      })
    );
  });
});

describe('two requests differ', () => {
  const others: readonly (readonly [what: string, changes: Partial<CopySnapshotRequest>])[] = [
    ['by the source', { SourceSnapshotName: 'automatic.prod-2026-11-24-03-15' }],
    ['by the target', { TargetSnapshotName: 'prod-copy-2' }],
    ['by a bucket', { TargetBucket: 'acme-backups' }],
    ['by the key', { KmsKeyId: 'key-2' }],
    ['by the lack of a key', { KmsKeyId: null }],
    ['by the case of the key', { KmsKeyId: 'KEY-1' }],
    ['by a tag more', { Tags: [...(REQUEST.Tags ?? []), { Key: 'k' }] }],
    ['by a tag less', { Tags: REQUEST.Tags?.slice(1) ?? null }],
    [
      'by a tag value',
      {
        Tags: [
          { Key: 'team', Value: 'data' },
          { Key: 'cost', Value: '1' },
        ],
      },
    ],
    ['by the case of a tag', { Tags: [{ Key: 'Team', Value: 'data' }, { Key: 'cost' }] }],
    ['by the lack of tags', { Tags: null }],
    [
      'by the place of their names',
      { SourceSnapshotName: 'prod-copy', TargetSnapshotName: REQUEST.SourceSnapshotName },
    ],
  ];

  test.for(others)('%s', ([, changes]) => {
    expect(requestHash({ ...REQUEST, ...changes })).not.toBe(requestHash(REQUEST));
  });

  test('from each other as well, and none has the hash of another', () => {
    const hashes = [REQUEST, ...others.map(([, changes]) => ({ ...REQUEST, ...changes }))].map(requestHash);

    expect(new Set(hashes).size).toBe(others.length + 1);
  });

  test('when text moves from one part to the next', () => {
    const split = (text: string, at: number): CopySnapshotRequest => ({
      ...PLAIN,
      Tags: [{ Key: `k${text.slice(0, at)}`, Value: text.slice(at) }],
    });
    const texts = fc.string({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (text, a, b) => {
        const [here, there] = [a % (text.length + 1), b % (text.length + 1)];
        fc.pre(here !== there);

        expect(requestHash(split(text, here))).not.toBe(requestHash(split(text, there)));
      })
    );
  });
});

test('a hash is 16 hex digits', () => {
  fc.assert(
    fc.property(validInputs, (input) => {
      expect(requestHash(input.request)).toMatch(/^[0-9a-f]{16}$/);
    })
  );
});

test('the hash of a request stays what it is, because workflow ids and ownership tags hold it', () => {
  expect(requestHash(REQUEST)).toBe('bf9ace9bd7e161de');
});

test('parts of a hash cannot run into each other', () => {
  const parts = fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(hashOf(...a) === hashOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    })
  );
});

function tagged(value: string | null): CopySnapshotRequest {
  return { ...PLAIN, Tags: [{ Key: 'k', Value: value }] };
}

function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

test('a hash is made of any text, of half characters too', () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const text = fc.string({ unit });
  fc.assert(
    fc.property(text, text, text, (source, target, tag) => {
      const request = { SourceSnapshotName: source, TargetSnapshotName: target, Tags: [{ Key: tag, Value: tag }] };

      expect(requestHash(request)).toMatch(/^[0-9a-f]{16}$/);
      expect(hashOf(source, target)).toMatch(/^[0-9a-f]{16}$/);
    })
  );
});
