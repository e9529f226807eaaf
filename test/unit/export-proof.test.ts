import { describe, expect, test } from 'vitest';
import { judgeProof } from '../../src/aws/export-proof';
import type { JudgedObject, SeenObject } from '../../src/contract/export';

const PLAN = {
  target: 'Nightly',
  shards: ['0001', '0002', '0004'].map((shard) => ({ shard })),
  level: 'header',
} as const;
const SEEN: readonly SeenObject[] = PLAN.shards.map(({ shard }, i) => ({
  shard,
  key: `Nightly-${shard}.rdb`,
  size: 100 + i,
  etag: `"e${i}"`,
}));
const JUDGED: readonly JudgedObject[] = SEEN.map(({ shard, etag }) => ({ shard, etag, verdict: 'unproven' }));
const [, , LAST] = JUDGED;
const [, SECOND] = SEEN;

test('what was judged is joined with what is there by the shard, whatever the order', () => {
  const whole = SEEN.map((object) => ({ ...object, level: 'header', verdict: 'unproven' }));

  expect(judgeProof(PLAN, SEEN, JUDGED)).toEqual({ verdict: 'done', value: whole });
  expect(judgeProof(PLAN, [...SEEN].reverse(), [...JUDGED].reverse())).toEqual({ verdict: 'done', value: whole });
});

test('what was judged beyond the plan does not count', () => {
  const more: JudgedObject = { shard: '0009', etag: '"e9"', verdict: 'corrupt' };

  expect(judgeProof(PLAN, SEEN, [more, ...JUDGED])).toMatchObject({ verdict: 'done', value: [{}, {}, {}] });
});

test.for<readonly [what: string, seen: readonly SeenObject[], judged: readonly JudgedObject[], message: string]>([
  ['was not looked at', SEEN, JUDGED.slice(1), 'Nightly-0001.rdb (was not looked at)'],
  ['is gone', SEEN.slice(0, 2), JUDGED, 'Nightly-0004.rdb (replaced since it was looked at)'],
  [
    'was replaced',
    SEEN.map((object) => (object === SECOND ? { ...object, etag: '"other"' } : object)),
    JUDGED,
    'Nightly-0002.rdb (replaced since it was looked at)',
  ],
  [
    'is corrupt somewhere',
    SEEN,
    JUDGED.map((object) =>
      object === LAST ? { ...object, verdict: 'corrupt', reason: 'no-end', offset: 91 } : object
    ),
    'Nightly-0004.rdb (no-end at byte 91)',
  ],
  [
    'is corrupt, and has the key in lower case',
    SEEN.map((object) => ({ ...object, key: object.key.toLowerCase() })),
    JUDGED.map((object) => (object === LAST ? { ...object, verdict: 'corrupt', reason: 'too-short' } : object)),
    'nightly-0004.rdb (too-short)',
  ],
])('an object that %s fails the export, and is named', ([, seen, judged, message]) => {
  expect(judgeProof(PLAN, seen, judged)).toMatchObject({
    verdict: 'final',
    type: 'ExportVerificationFailed',
    message: `the export is not whole: ${message}`,
  });
});

test('all that does not fit is named', () => {
  const corrupt = JUDGED.map((object): JudgedObject => ({ ...object, verdict: 'corrupt', reason: 'empty' }));

  expect(judgeProof(PLAN, SEEN, corrupt)).toMatchObject({
    message: 'the export is not whole: Nightly-0001.rdb (empty), Nightly-0002.rdb (empty), Nightly-0004.rdb (empty)',
  });
});

describe('an object that is not verified', () => {
  const STRICT = { ...PLAN, level: 'structure', requireVerified: true } as const;
  type Facts = Omit<JudgedObject, 'shard' | 'etag'>;
  const judgedAs = (facts: Facts) =>
    JUDGED.map((object): JudgedObject => ({ ...object, ...(object === LAST ? facts : { verdict: 'verified' }) }));

  test.for<readonly [facts: Facts, named: string]>([
    [{ verdict: 'unproven' }, 'unproven'],
    [{ verdict: 'unproven', reason: 'no-checksum' }, 'unproven: no-checksum'],
    [
      { verdict: 'unproven', reason: 'stray-keys', offset: 90, strayKeys: 3, straySlots: '5461,5470-5480' },
      'unproven: stray-keys, 3 of slots 5461,5470-5480 at byte 90',
    ],
    [{ verdict: 'unsupported', reason: 'unknown-type', offset: 90 }, 'unsupported: unknown-type at byte 90'],
  ])('passes, unless all must be: %j', ([facts, named]) => {
    const judged = judgedAs(facts);

    expect(judgeProof(PLAN, SEEN, judged)).toMatchObject({ verdict: 'done' });
    expect(judgeProof(STRICT, SEEN, judged)).toMatchObject({
      verdict: 'final',
      type: 'ExportVerificationFailed',
      message: `the export is not verified: Nightly-0004.rdb (${named})`,
      hint: expect.stringContaining('requireVerified') as string,
    });
  });

  test('does not hide one that is corrupt', () => {
    const [first, ...others] = judgedAs({ verdict: 'unproven' });
    const judged = [{ ...first, shard: '0001', etag: '"e0"', verdict: 'corrupt', reason: 'empty' } as const, ...others];

    expect(judgeProof(STRICT, SEEN, judged)).toMatchObject({
      message: 'the export is not whole: Nightly-0001.rdb (empty)',
    });
  });

  test('there is none where all are verified', () => {
    expect(judgeProof(STRICT, SEEN, judgedAs({ verdict: 'verified' }))).toMatchObject({ verdict: 'done' });
  });
});
