import { describe, expect, test } from 'vitest';
import { judgeLatest } from '../../src/aws/latest-snapshot';
import type { LatestSnapshotQuery, SnapshotRecord } from '../../src/contract/job';
import { snapshotRecord } from './sample-records';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-23T12:00:00.000Z');

const at = (time: string) => [`2026-11-23T${time}:00.000Z`];
const OLD = snapshotRecord({ Name: 'old', createdAt: at('01:00') });
const AUTOMATIC = snapshotRecord({ Name: 'automatic.prod', Source: 'automated', createdAt: at('03:15') });
const NEW = snapshotRecord({ Name: 'new', createdAt: at('09:00') });
const CREATING = snapshotRecord({ Name: 'creating', Status: 'creating', createdAt: at('11:00') });
const TIMELESS = snapshotRecord({ Name: 'timeless', createdAt: [undefined] });
const SLOW = snapshotRecord({ Name: 'slow', createdAt: [...at('02:00'), ...at('10:00')] });

describe('the newest snapshot of a cluster', () => {
  test.for<
    readonly [
      what: string,
      query: Omit<LatestSnapshotQuery, 'cluster' | 'maxAge'>,
      records: SnapshotRecord[],
      maxAgeMs: number | undefined,
      name: string,
    ]
  >([
    ['is the newest by creation time', {}, [OLD, NEW, AUTOMATIC], undefined, 'new'],
    ['is the newest in any order', {}, [NEW, AUTOMATIC, OLD], undefined, 'new'],
    ['is not one that is still creating', {}, [CREATING, OLD], undefined, 'old'],
    ...['exporting', 'copying', 'restoring', 'something-new'].map(
      (Status) =>
        [
          `may be ${Status}: it will be available again`,
          {},
          [OLD, snapshotRecord({ Name: 'busy', Status, createdAt: at('11:00') })],
          undefined,
          'busy',
        ] satisfies [string, object, SnapshotRecord[], undefined, string]
    ),
    ...['failed', 'deleting'].map(
      (Status) =>
        [
          `is none that is ${Status}`,
          {},
          [OLD, snapshotRecord({ Name: 'lost', Status, createdAt: at('11:00') })],
          undefined,
          'old',
        ] satisfies [string, object, SnapshotRecord[], undefined, string]
    ),
    ['is of the automatic kind', { kind: 'automatic' }, [OLD, NEW, AUTOMATIC], undefined, 'automatic.prod'],
    ['is of the manual kind', { kind: 'manual' }, [OLD, AUTOMATIC], undefined, 'old'],
    ['is of any kind', { kind: 'any' }, [OLD, AUTOMATIC], undefined, 'automatic.prod'],
    ['is as old as its youngest shard', {}, [NEW, SLOW], undefined, 'slow'],
    ['is one without a time only where there is no other', {}, [TIMELESS, OLD], undefined, 'old'],
    ['may be one without a time', {}, [TIMELESS], undefined, 'timeless'],
    ['may be exactly as old as allowed', {}, [NEW], 3 * HOUR, 'new'],
  ])('%s', ([, query, records, maxAgeMs, name]) => {
    expect(judgeLatest({ cluster: 'prod', ...query }, records, NOW, maxAgeMs)).toEqual({
      verdict: 'done',
      value: name,
    });
  });

  test.for<
    readonly [
      what: string,
      kind: LatestSnapshotQuery['kind'],
      records: SnapshotRecord[],
      maxAgeMs: number | undefined,
      message: string,
    ]
  >([
    ['at all', 'any', [], undefined, 'the cluster prod has no available snapshot; seen: no snapshot at all'],
    [
      'that is available',
      'any',
      [CREATING],
      undefined,
      'the cluster prod has no available snapshot; seen: creating (manual, creating)',
    ],
    [
      'of the kind',
      'automatic',
      [OLD],
      undefined,
      'the cluster prod has no available automatic snapshot; seen: old (manual, available)',
    ],
    [
      'of the age',
      'any',
      [NEW, TIMELESS],
      3 * HOUR - 1 * 60_000,
      'the cluster prod has no available snapshot of the last 3 h; seen: new (manual, available), timeless (manual, available)',
    ],
  ])('is final where there is none %s, and says what was seen', ([, kind, records, maxAgeMs, message]) => {
    expect(judgeLatest({ cluster: 'prod', ...(kind && { kind }) }, records, NOW, maxAgeMs)).toMatchObject({
      verdict: 'final',
      type: 'SnapshotNotFoundFault',
      message,
    });
  });

  test('tells the age as it was asked for', () => {
    const verdict = judgeLatest({ cluster: 'prod', maxAge: '26h' }, [OLD], NOW + 90 * HOUR, 26 * HOUR);

    expect(verdict).toMatchObject({ message: expect.stringContaining('snapshot of the last 26h; seen') as string });
  });

  test('says of many only ten', () => {
    const records = Array.from({ length: 12 }, (_, i) => snapshotRecord({ Name: `s${i}`, Status: 'creating' }));

    const verdict = judgeLatest({ cluster: 'prod' }, records, NOW, undefined);

    expect(verdict).toMatchObject({ message: expect.stringMatching(/s9 \(manual, creating\), and 2 more$/) as string });
  });
});
