import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PACES, nextDelayMs, type Pace, type PaceName } from '../../src/contract/pacing';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MARGIN = 5 * SECOND;

const NAMES = Object.keys(DEFAULT_PACES) as PaceName[];
const somePace = fc.constantFrom(...NAMES).map((name) => DEFAULT_PACES[name]);
const someElapsed = fc.integer({ min: 0, max: 400 * 24 * HOUR });
const someRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the delay until the next look', () => {
  test('is never below the floor nor above the ceiling', () => {
    fc.assert(
      fc.property(somePace, someElapsed, someRandom, (pace, elapsedMs, random) => {
        const delay = nextDelayMs(pace, { elapsedMs }, random);

        expect(delay).toBeGreaterThanOrEqual(pace.floorMs);
        expect(delay).toBeLessThanOrEqual(pace.ceilingMs);
      })
    );
  });

  test('is the share of the elapsed time, give or take a fifth, where neither floor nor ceiling binds', () => {
    fc.assert(
      fc.property(somePace, fc.double({ min: 0, max: 1, noNaN: true }), someRandom, (pace, where, random) => {
        const [least, most] = [pace.floorMs / pace.share / 0.8, pace.ceilingMs / pace.share / 1.2];
        const elapsedMs = Math.round(least + where * (most - least));

        const share = nextDelayMs(pace, { elapsedMs }, random) / elapsedMs;

        expect(share).toBeGreaterThan(pace.share * 0.8 - 0.001);
        expect(share).toBeLessThan(pace.share * 1.2 + 0.001);
      })
    );
  });

  test.for([
    [0, 80 * SECOND],
    [0.5, 100 * SECOND],
    [0.999_999, 120 * SECOND],
  ] as const)('at random %d of 1,000 s is %d ms at the poll pace', ([random, delay]) => {
    expect(nextDelayMs(DEFAULT_PACES.poll, { elapsedMs: 1_000 * SECOND }, random)).toBe(delay);
  });

  test('grows with the elapsed time', () => {
    fc.assert(
      fc.property(somePace, someElapsed, someElapsed, someRandom, (pace, a, b, random) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)];

        expect(nextDelayMs(pace, { elapsedMs: later }, random)).toBeGreaterThanOrEqual(
          nextDelayMs(pace, { elapsedMs: earlier }, random)
        );
      })
    );
  });

  test('is no longer than without a patience, and whole milliseconds', () => {
    fc.assert(
      fc.property(somePace, someElapsed, someElapsed, someRandom, (pace, elapsedMs, patienceMs, random) => {
        const delay = nextDelayMs(pace, { elapsedMs, patienceMs }, random);

        expect(delay).toBeGreaterThan(0);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeLessThanOrEqual(nextDelayMs(pace, { elapsedMs }, random));
      })
    );
  });

  test.for([
    ['quota', 60 * MINUTE, 57 * MINUTE],
    ['quota', MINUTE, 55 * SECOND],
    ['poll', 300 * SECOND, 285 * SECOND],
    ['poll', 6 * SECOND, SECOND],
  ] as const)('at the pace %s, %d ms before the end, is %d ms', ([name, leftMs, delay]) => {
    const waited = { elapsedMs: 20 * HOUR, patienceMs: 20 * HOUR + leftMs };

    expect(nextDelayMs(DEFAULT_PACES[name], waited, 0.5)).toBe(delay);
  });

  test('leaves a margin of 5 % of what is left, and 5 s at least', () => {
    fc.assert(
      fc.property(
        somePace,
        someElapsed,
        fc.integer({ min: MARGIN + 1, max: 2 * HOUR }),
        someRandom,
        (pace, elapsedMs, leftMs, random) => {
          const delay = nextDelayMs(pace, { elapsedMs, patienceMs: elapsedMs + leftMs }, random);

          expect(leftMs - delay).toBeGreaterThanOrEqual(Math.max(Math.floor(0.05 * leftMs), MARGIN));
        }
      )
    );
  });

  test('takes no notice of the patience when only the margin is left: the server ends the phase then', () => {
    fc.assert(
      fc.property(
        somePace,
        someElapsed,
        fc.integer({ min: -HOUR, max: MARGIN }),
        someRandom,
        (pace, elapsedMs, leftMs, random) => {
          expect(nextDelayMs(pace, { elapsedMs, patienceMs: elapsedMs + leftMs }, random)).toBe(
            nextDelayMs(pace, { elapsedMs }, random)
          );
        }
      )
    );
  });
});

describe('a wait', () => {
  const someRandoms = fc.infiniteStream(someRandom);

  test('costs calls by the logarithm of its length until the ceiling, and then one per ceiling', () => {
    fc.assert(
      fc.property(somePace, fc.integer({ min: 0, max: 48 * HOUR }), someRandoms, (pace, lengthMs, randoms) => {
        const looks = lookTimes(pace, { lengthMs, randoms });

        expect(looks.length).toBeLessThanOrEqual(mostLooks(pace, lengthMs));
      })
    );
  });

  test.for([
    ['poll', '1 min', MINUTE, 12],
    ['poll', '1 h', HOUR, 55],
    ['poll', '4 h', 4 * HOUR, 91],
    ['poll', '24 h', 24 * HOUR, 331],
    ['throttled', '1 min', MINUTE, 11],
    ['state', '1 h', HOUR, 31],
    ['quota', '24 h', 24 * HOUR, 35],
  ] as const)('at the pace %s takes %s in a known number of looks, without spread', ([name, , lengthMs, looks]) => {
    const found = lookTimes(DEFAULT_PACES[name], { lengthMs, randoms: always(0.5) });

    expect(found).toHaveLength(looks);
  });

  test('is ended by the server only after a last look within the margin, however slow the looks are', () => {
    fc.assert(
      fc.property(
        somePace,
        fc.integer({ min: 10 * SECOND, max: 30 * HOUR }),
        someRandoms,
        fc.integer({ min: 0, max: MARGIN - SECOND }),
        (pace, patienceMs, randoms, lookTakesMs) => {
          const looks = lookTimes(pace, { lengthMs: patienceMs, patienceMs, randoms, lookTakesMs });

          const leftMs = patienceMs - (looks.at(-1) ?? 0);
          expect(leftMs).toBeGreaterThan(0);
          expect(leftMs).toBeLessThanOrEqual(MARGIN);
        }
      )
    );
  });
});

function* always(random: number): Generator<number, never> {
  for (;;) yield random;
}

/** When the looks of a wait happen, as the server schedules them: after the answer of one, and its delay, the next. */
function lookTimes(
  pace: Pace,
  wait: { lengthMs: number; patienceMs?: number; randoms: Iterator<number>; lookTakesMs?: number }
): number[] {
  const { lengthMs, patienceMs, randoms, lookTakesMs = 0 } = wait;
  const looks: number[] = [];
  for (let elapsedMs = 0; elapsedMs < lengthMs;) {
    looks.push(elapsedMs);
    const waited = { elapsedMs, ...(patienceMs !== undefined && { patienceMs }) };
    elapsedMs += lookTakesMs + nextDelayMs(pace, waited, Number(randoms.next().value));
  }
  return looks;
}

/** With every delay as short as the spread allows: the floor first, then by the share, then at the ceiling. */
function mostLooks({ floorMs, share, ceilingMs }: Pace, lengthMs: number): number {
  const growth = 0.8 * share;
  const [growsAt, endsAt] = [floorMs / growth, ceilingMs / growth];
  const atFloor = Math.min(lengthMs, growsAt) / floorMs;
  const growing = Math.max(0, Math.log(Math.min(lengthMs, endsAt) / growsAt) / Math.log(1 + growth));
  const atCeiling = Math.max(0, lengthMs - endsAt) / ceilingMs;
  return Math.ceil(atFloor) + Math.ceil(growing) + Math.ceil(atCeiling) + 1;
}
