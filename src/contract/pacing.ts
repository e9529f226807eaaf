/** How the delay until the next look grows with the time already waited. Milliseconds; `share` is a fraction. */
export interface Pace {
  readonly floorMs: number;
  readonly share: number;
  readonly ceilingMs: number;
}

/** What is waited for decides the pace; the patience of the phase decides how long. */
export type PaceName = 'poll' | 'throttled' | 'state' | 'quota';

export type Paces = Readonly<Record<PaceName, Pace>>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The paces that a real MemoryDB deserves: a wait of length T costs O(log T) calls until the ceiling is reached. */
export const DEFAULT_PACES: Paces = {
  poll: { floorMs: 5 * SECOND, share: 0.1, ceilingMs: 5 * MINUTE },
  throttled: { floorMs: 1 * SECOND, share: 0.5, ceilingMs: 1 * MINUTE },
  state: { floorMs: 5 * SECOND, share: 0.25, ceilingMs: 5 * MINUTE },
  quota: { floorMs: 1 * MINUTE, share: 0.5, ceilingMs: 1 * HOUR },
};

/** The paces that are given, and those of a real MemoryDB for the others. */
export function fillPaces(given: Partial<Paces> = {}): Paces {
  return {
    poll: given.poll ?? DEFAULT_PACES.poll,
    throttled: given.throttled ?? DEFAULT_PACES.throttled,
    state: given.state ?? DEFAULT_PACES.state,
    quota: given.quota ?? DEFAULT_PACES.quota,
  };
}

/** Spread of a delay around its share of the elapsed time, so that jobs started together drift apart. */
const SPREAD = 0.2;

/** Kept free at the end of the patience, so that a last look happens: a share of what is left, and never less than this. */
const MARGIN = { share: 0.05, floorMs: 5 * SECOND };

export interface Waited {
  /** How long the phase has lasted, in milliseconds of the server's clock. */
  readonly elapsedMs: number;
  /** How long it may last in all. Absent = no bound. */
  readonly patienceMs?: number;
}

/**
 * How long to wait before the next look, in milliseconds: `clamp(share x elapsed, spread by +-20 %, floor, ceiling)`,
 * and never past the patience less a margin, except when the margin itself is all that is left: then the server ends
 * the phase, and the last answer stands.
 *
 * @param random in [0, 1)
 */
export function nextDelayMs(pace: Pace, waited: Waited, random: number): number {
  const spread = 1 - SPREAD + 2 * SPREAD * random;
  const delay = Math.min(Math.max(pace.share * waited.elapsedMs * spread, pace.floorMs), pace.ceilingMs);
  if (waited.patienceMs === undefined) return Math.round(delay);
  const left = waited.patienceMs - waited.elapsedMs;
  const room = left - Math.max(MARGIN.share * left, MARGIN.floorMs);
  return Math.round(room > 0 ? Math.min(delay, room) : delay);
}
