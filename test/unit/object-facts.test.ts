import { expect, test } from 'vitest';
import { factsOf } from '../../src/aws/object-facts';
import type { CountWarning, RdbReport } from '../../src/rdb';

/** A file of which nothing was counted. */
const UNCOUNTED: RdbReport = {
  verdict: 'verified',
  level: 'structure',
  bytes: 1_000,
  magic: 'REDIS',
  version: 10,
  aux: { 'redis-ver': '7.1.0' },
  checksum: '0123456789abcdef',
  computedChecksum: '0123456789abcdef',
  databases: [],
  warnings: [],
};
const REPORT: RdbReport = {
  ...UNCOUNTED,
  databases: [
    { db: 0, keys: 5, expires: 2, types: { string: 3, hash: 2 } },
    { db: 3, keys: 2, expires: 0, types: { string: 1, stream: 1 } },
  ],
  slots: { first: 17, last: 5_460 },
};
const COUNTS = { keys: 7, expires: 2, types: { string: 4, hash: 2, stream: 1 }, slotsSeen: '17-5460' };

test('what was counted is summed up over all databases', () => {
  expect(factsOf({ report: REPORT, versionId: 'v1', encryption: 'AES256', s3Checksum: 'matches' })).toEqual({
    verdict: 'verified',
    versionId: 'v1',
    encryption: 'AES256',
    checksum: '0123456789abcdef',
    s3Checksum: 'matches',
    ...COUNTS,
  });
});

test.for<readonly [what: string, report: RdbReport, expected: object]>([
  ['a level that counts nothing', { ...UNCOUNTED, level: 'checksum' }, { verdict: 'verified' }],
  ['a file without a key', UNCOUNTED, { verdict: 'verified', keys: 0, expires: 0, types: {} }],
  [
    'databases that are counted together',
    { ...REPORT, otherDatabases: { keys: 10, expires: 1, types: { string: 9, zset: 1 } } },
    { verdict: 'verified', ...COUNTS, keys: 17, expires: 3, types: { ...COUNTS.types, string: 13, zset: 1 } },
  ],
  [
    'a value that is not judged',
    { ...REPORT, verdict: 'unproven', reason: 'value-not-walked', offset: 90 },
    { verdict: 'unproven', reason: 'value-not-walked', offset: 90, ...COUNTS },
  ],
  [
    'keys of other slots',
    {
      ...REPORT,
      ...{ verdict: 'unproven', reason: 'stray-keys', offset: 90, strayKeys: 2 },
      straySlots: [
        { first: 9, last: 9 },
        { first: 11, last: 12 },
      ],
    },
    { verdict: 'unproven', reason: 'stray-keys', offset: 90, ...COUNTS, strayKeys: 2, straySlots: '9,11-12' },
  ],
  [
    'a file that was not read on',
    { ...REPORT, verdict: 'unsupported', reason: 'unknown-type', offset: 90 },
    { verdict: 'unsupported', reason: 'unknown-type', offset: 90 },
  ],
  [
    'a file that is proven wrong',
    { ...REPORT, verdict: 'corrupt', reason: 'checksum-mismatch', offset: 992 },
    { verdict: 'corrupt', reason: 'checksum-mismatch', offset: 992 },
  ],
])('%s', ([, report, expected]) => {
  expect(factsOf({ report })).toEqual({ checksum: '0123456789abcdef', ...expected });
});

test('warnings are told in words, the first two of them', () => {
  const warnings: CountWarning[] = [
    { kind: 'keys', of: { db: 0 }, expected: 9, found: 5 },
    { kind: 'expires', of: { slot: 12_182 }, expected: 1, found: 0 },
    { kind: 'keys', of: { slot: 12_183 }, expected: 1, found: 0 },
  ];

  expect(factsOf({ report: { ...REPORT, warnings } }).warnings).toEqual([
    'database 0: 5 keys instead of 9',
    'slot 12182: 0 keys with an expiry instead of 1',
  ]);
});

test('a checksum of S3 that differs is no fact of its own: the verdict says it', () => {
  const report: RdbReport = { ...REPORT, verdict: 'corrupt', reason: 's3-checksum-mismatch' };

  expect(factsOf({ report, s3Checksum: 'differs' })).not.toHaveProperty('s3Checksum');
});
