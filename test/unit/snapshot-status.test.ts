import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSighting, GONE, GRACE_MS, judgeCopy, type Sightings } from '../../src/aws/snapshot-status';
import { snapshotRecord } from './sample-records';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TARGET = 'prod-copy';

const judge = (status: string) =>
  judgeCopy(TARGET, snapshotRecord({ Name: TARGET, Status: status }), { seen: true }, MINUTE);

describe('the status of a copy', () => {
  test('available is done', () => {
    const record = snapshotRecord({ Name: TARGET });

    expect(judgeCopy(TARGET, record, { seen: true }, MINUTE)).toEqual({ verdict: 'done', value: record });
  });

  test('failed is final', () => {
    expect(judge('failed')).toMatchObject({ verdict: 'final', type: 'SnapshotCopyFailed', status: 'failed' });
  });

  test.for(['creating', 'copying', 'exporting', 'restoring', 'deleting'])('%s is waited for', (status) => {
    expect(judge(status)).toMatchObject({ verdict: 'wait', pace: 'poll', status, message: `${TARGET} is ${status}` });
  });

  test('unknown ones are waited for, also those that look like a known one', () => {
    const unknown = fc.oneof(
      fc.string(),
      fc.constantFrom('Available', 'available ', 'FAILED', 'deleted', 'incompatible-kms', '')
    );
    fc.assert(
      fc.property(unknown, (status) => {
        fc.pre(status !== 'available' && status !== 'failed');

        expect(judge(status)).toMatchObject({ verdict: 'wait', pace: 'poll', status });
      })
    );
  });
});

describe('a copy that was never seen', () => {
  test.for<readonly [what: string, looksAtMs: readonly number[], verdict: 'wait' | 'final']>([
    ['right after the start', [0], 'wait'],
    ['at five looks within two minutes', [0, 5_000, 15_000, 60_000, GRACE_MS - 1], 'wait'],
    ['at five looks over two minutes', [0, 5_000, 15_000, 60_000, GRACE_MS], 'final'],
    ['at three looks over 15 s, hours later', [10_800_000, 10_805_000, 10_815_000], 'final'],
  ])('and is not there %s is a %s', ([, looksAtMs, verdict]) => {
    const { sightings, elapsedMs } = missedAt({ seen: false }, looksAtMs);

    expect(judgeCopy(TARGET, undefined, sightings, elapsedMs)).toMatchObject({ verdict });
  });

  test('has two minutes of grace', () => {
    expect(GRACE_MS).toBe(2 * MINUTE);
  });

  test('is told apart from one that was there', () => {
    const [never, gone] = [false, true].map((seen) =>
      judgeCopy(TARGET, undefined, { seen, missing: { looks: 9, sinceMs: 0 } }, 3 * MINUTE)
    );

    expect(never).toMatchObject({ type: 'SnapshotVanished', message: `${TARGET} was accepted and never showed up` });
    expect(gone).toMatchObject({ type: 'SnapshotVanished', message: `${TARGET} was there and is gone` });
  });
});

describe('a copy that was seen', () => {
  const HOUR = 60 * MINUTE;

  test.for<readonly [what: string, looksAtMs: readonly number[], verdict: 'wait' | 'final']>([
    ['missed once', [HOUR], 'wait'],
    ['missed twice over a minute', [HOUR, HOUR + MINUTE], 'wait'],
    ['missed three times within 15 s', [HOUR, HOUR + 5 * SECOND, HOUR + 15 * SECOND - 1], 'wait'],
    ['missed three times over 15 s', [HOUR, HOUR + 5 * SECOND, HOUR + 15 * SECOND], 'final'],
    ['missed five times within 15 s', [0, 1, 2, 3, 4].map((s) => HOUR + s * SECOND), 'wait'],
  ])('and is %s is a %s', ([, looksAtMs, verdict]) => {
    const { sightings, elapsedMs } = missedAt({ seen: true }, looksAtMs);

    expect(judgeCopy(TARGET, undefined, sightings, elapsedMs)).toMatchObject({ verdict });
  });

  test('and found again in between has to be missed anew', () => {
    const found = addSighting({ seen: true, missing: { looks: 2, sinceMs: 0 } }, true, MINUTE);
    const missed = addSighting(found, false, 2 * MINUTE);

    expect(found).toEqual({ seen: true });
    expect(missed).toEqual({ seen: true, missing: { looks: 1, sinceMs: 2 * MINUTE } });
    expect(judgeCopy(TARGET, undefined, missed, 2 * MINUTE)).toMatchObject({ verdict: 'wait' });
  });

  test('is never gone by fewer than three looks, nor within 15 s, whatever was found in between', () => {
    const looks = fc.array(fc.record({ found: fc.boolean(), afterMs: fc.integer({ min: 0, max: MINUTE }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(looks, (series) => {
        let [sightings, elapsedMs, missed, missedSinceMs]: [Sightings, number, number, number] = [
          { seen: true },
          0,
          0,
          0,
        ];
        for (const { found, afterMs } of series) {
          elapsedMs += afterMs;
          sightings = addSighting(sightings, found, elapsedMs);
          if (!found && missed === 0) missedSinceMs = elapsedMs;
          missed = found ? 0 : missed + 1;
        }
        fc.pre(missed > 0);

        const { verdict } = judgeCopy(TARGET, undefined, sightings, elapsedMs);

        const gone = missed >= GONE.looks && elapsedMs - missedSinceMs >= GONE.overMs;
        expect(verdict).toBe(gone ? 'final' : 'wait');
      })
    );
  });

  test('starts over when the memory of earlier looks is lost: one look is not enough then', () => {
    const { sightings, elapsedMs } = missedAt({ seen: false }, [HOUR]);

    expect(judgeCopy(TARGET, undefined, sightings, elapsedMs)).toMatchObject({ verdict: 'wait' });
  });
});

function missedAt(before: Sightings, looksAtMs: readonly number[]): { sightings: Sightings; elapsedMs: number } {
  const sightings = looksAtMs.reduce((seen, atMs) => addSighting(seen, false, atMs), before);
  return { sightings, elapsedMs: looksAtMs.at(-1) ?? 0 };
}
