import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addLook, incomplete, isBusy, judgeExport, nameSome, type KeysSeen } from '../../src/aws/export-progress';
import type { Sightings } from '../../src/aws/snapshot-status';
import type { SeenObject } from '../../src/contract/export';
import type { SnapshotRecord } from '../../src/contract/job';
import { snapshotRecord } from './sample-records';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** In which nobody is writing any more, if it is there at all. */
const SETTLED = ['available', 'failed', 'deleting'];
const BUSY = ['exporting', 'copying', 'creating', 'restoring', 'brand-new', 'Available', ''];

/** A source that was not found again and again. */
const GONE: Sightings = { seen: true, missing: { looks: 3, sinceMs: -15 * SECOND } };

const keyOf = (i: number) => `nightly-${String(i + 1).padStart(4, '0')}.rdb`;

/** The first `there` of `count` keys are there. */
function keysOf(there: number, count = 3): { seen: SeenObject[]; missing: string[] } {
  const objects = Array.from({ length: count }, (_, i) => ({
    key: keyOf(i),
    shard: String(i + 1),
    size: 9,
    etag: `"${i}"`,
  }));
  return { seen: objects.slice(0, there), missing: objects.slice(there).map(({ key }) => key) };
}

/** A look at `there` of three keys, of which the number has been the same for `unchangedMs`. */
function judge(status: string, there: number, unchangedMs: number, elapsedMs: number) {
  const source: SnapshotRecord | undefined = status === 'gone' ? undefined : snapshotRecord({ Status: status });
  const idle = isBusy(source, GONE, elapsedMs) ? undefined : { count: there, sinceMs: elapsedMs - unchangedMs };
  return judgeExport('nightly', source, keysOf(there), idle, elapsedMs);
}

describe('an export of which all keys are there', () => {
  test.for(['gone', ...SETTLED, ...BUSY])('is done, whatever the source is: %s', (status) => {
    expect(judge(status, 3, 0, MINUTE)).toEqual({ verdict: 'done', value: { whole: keysOf(3).seen } });
  });

  test('is done however long nothing changed', () => {
    expect(judge('available', 3, 23 * HOUR, 23 * HOUR)).toMatchObject({ verdict: 'done' });
  });
});

describe('an export of which keys are missing', () => {
  test.for(BUSY)('is waited for while the source is `%s`, however long', (status) => {
    for (const there of [0, 1, 2]) {
      expect(judge(status, there, 23 * HOUR, 23 * HOUR)).toMatchObject({ verdict: 'wait', pace: 'poll', status });
    }
  });

  test.for<readonly [what: string, there: number, unchangedMs: number, elapsedMs: number, verdict: string]>([
    ['no key, just now', 0, 0, 0, 'wait'],
    ['no key for a moment less than 10 min', 0, 10 * MINUTE - 1, 10 * MINUTE - 1, 'wait'],
    ['no key for 10 min', 0, 10 * MINUTE, 10 * MINUTE, 'again'],
    ['no key for 10 min, after hours: a share of them does not count', 0, 10 * MINUTE, 8 * HOUR, 'again'],
    ['some keys, the last of them just now', 1, 0, 8 * HOUR, 'wait'],
    ['some keys, unchanged for a moment less than 10 min', 1, 10 * MINUTE - 1, 20 * MINUTE, 'wait'],
    ['some keys, unchanged for 10 min of 20', 1, 10 * MINUTE, 20 * MINUTE, 'ExportIncomplete'],
    ['some keys, unchanged for 10 min of 40', 2, 10 * MINUTE, 40 * MINUTE, 'ExportIncomplete'],
    ['some keys, unchanged for 10 min of a little more than 40', 2, 10 * MINUTE, 40 * MINUTE + 4, 'wait'],
    ['some keys, unchanged for a moment less than 2 h of 8', 2, 2 * HOUR - 1, 8 * HOUR, 'wait'],
    ['some keys, unchanged for 2 h of 8', 2, 2 * HOUR, 8 * HOUR, 'ExportIncomplete'],
  ])('%s', ([, there, unchangedMs, elapsedMs, expected]) => {
    for (const status of ['gone', ...SETTLED]) {
      expect(outcome(judge(status, there, unchangedMs, elapsedMs))).toBe(expected);
    }
  });

  test('is stalled after 10 min, and with some keys there not before a quarter of the time so far', () => {
    const times = fc
      .integer({ min: 0, max: 26 * HOUR })
      .chain((elapsedMs) => fc.tuple(fc.integer({ min: 0, max: elapsedMs }), fc.constant(elapsedMs)));
    fc.assert(
      fc.property(fc.constantFrom('gone', ...SETTLED), fc.integer({ min: 0, max: 2 }), times, (status, there, time) => {
        const [unchangedMs, elapsedMs] = time;

        const isStalled = unchangedMs >= 10 * MINUTE && (there === 0 || 4 * unchangedMs >= elapsedMs);
        const end = there === 0 ? 'again' : 'ExportIncomplete';
        expect(outcome(judge(status, there, unchangedMs, elapsedMs))).toBe(isStalled ? end : 'wait');
      })
    );
  });

  test('ends with the names of those that are missing, and with the status of the source', () => {
    expect(judge('failed', 1, HOUR, 2 * HOUR)).toEqual({
      verdict: 'final',
      type: 'ExportIncomplete',
      message: 'MemoryDB ended the export without nightly-0002.rdb, nightly-0003.rdb',
      hint: expect.stringContaining('never deletes') as string,
      status: 'failed',
    });
    expect(judge('gone', 1, HOUR, 2 * HOUR)).toMatchObject({ type: 'ExportIncomplete', status: 'gone' });
    expect(incomplete(['nightly-0001.rdb'])).not.toHaveProperty('status');
  });

  test('tells how many are there while it is waited for', () => {
    expect(judge('exporting', 2, 0, MINUTE)).toMatchObject({
      reason: 'ExportNotReady',
      message: 'nightly: 2 of 3 objects are there, the source is exporting',
    });
    expect(judge('gone', 0, 0, MINUTE)).toMatchObject({
      message: 'nightly: 0 of 3 objects are there, the source is gone',
    });
  });
});

describe('whether somebody may be writing', () => {
  test.for(BUSY)('yes, while the source is `%s`', (status) => {
    expect(isBusy(snapshotRecord({ Status: status }), { seen: true }, HOUR)).toBe(true);
  });

  test.for(SETTLED)('no, while the source is `%s`', (status) => {
    expect(isBusy(snapshotRecord({ Status: status }), { seen: true }, HOUR)).toBe(false);
  });

  test.for([
    { looks: 1, overMs: HOUR, busy: true },
    { looks: 2, overMs: HOUR, busy: true },
    { looks: 3, overMs: 15 * SECOND - 1, busy: true },
    { looks: 3, overMs: 15 * SECOND, busy: false },
  ])('after $looks looks over $overMs ms that did not find the source: $busy', ({ looks, overMs, busy }) => {
    expect(isBusy(undefined, { seen: true, missing: { looks, sinceMs: HOUR - overMs } }, HOUR)).toBe(busy);
  });
});

describe('how many keys are there while nobody is writing, and since when', () => {
  test('is nothing while somebody may be writing', () => {
    expect(addLook({ count: 2, sinceMs: MINUTE }, 2, HOUR, true)).toBeUndefined();
  });

  test('begins with the first look', () => {
    expect(addLook(undefined, 0, 5 * SECOND, false)).toEqual({ count: 0, sinceMs: 5 * SECOND });
  });

  test('stays while the number does, and is the same object then: nothing has to be told again', () => {
    const before: KeysSeen = { count: 2, sinceMs: MINUTE };

    expect(addLook(before, 2, HOUR, false)).toBe(before);
  });

  test.for([1, 3])('begins anew when 2 become %d', (count) => {
    expect(addLook({ count: 2, sinceMs: MINUTE }, count, HOUR, false)).toEqual({ count, sinceMs: HOUR });
  });

  test('is since the first of the last looks that agree', () => {
    const looks = fc.array(
      fc.record({ count: fc.integer({ min: 0, max: 3 }), afterMs: fc.integer({ min: 0, max: HOUR }) }),
      {
        minLength: 1,
      }
    );
    fc.assert(
      fc.property(looks, (series) => {
        let elapsedMs = 0;
        const made = series.map(({ count, afterMs }) => ({ count, atMs: (elapsedMs += afterMs) }));

        const seen = made.reduce<KeysSeen | undefined>(
          (before, { count, atMs }) => addLook(before, count, atMs, false),
          undefined
        );

        const last = made.at(-1)?.count;
        const agreeing = made.slice(made.findLastIndex(({ count }) => count !== last) + 1);
        expect(seen).toEqual({ count: last, sinceMs: agreeing[0]?.atMs });
      })
    );
  });
});

describe('many names', () => {
  test.for([
    [1, 'nightly-0001.rdb'],
    [2, 'nightly-0001.rdb, nightly-0002.rdb'],
  ] as const)('are told while they are few: %d', ([count, told]) => {
    expect(nameSome(keysOf(0, count).missing)).toBe(told);
  });

  test.for([
    [20, ''],
    [21, ' and 1 more'],
    [500, ' and 480 more'],
  ] as const)('are told up to 20: of %d', ([count, more]) => {
    const { missing } = keysOf(0, count);

    expect(nameSome(missing)).toBe(`${missing.slice(0, 20).join(', ')}${more}`);
  });
});

function outcome(verdict: ReturnType<typeof judgeExport>): string {
  if (verdict.verdict === 'wait') return 'wait';
  if (verdict.verdict === 'final') return verdict.type;
  return verdict.value === 'again' ? 'again' : 'whole';
}
