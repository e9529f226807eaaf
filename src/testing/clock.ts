import { inspect } from 'node:util';
import ms from 'ms';

/** A length of time: milliseconds, or words of the `ms` package such as `'4h'`; `Infinity` never ends. */
export type Duration = ms.StringValue | number;

/** Where the simulator takes its time from, in milliseconds since 1970. */
export type Now = () => number | Promise<number>;

/** An instant in simulated time, in milliseconds since 1970. */
export interface Moment {
  readonly ms: number;
}

/** The time source failed, or gave no time. */
export class ClockFailure extends Error {
  override readonly name = 'ClockFailure';

  constructor(reason: unknown) {
    super(`its time source failed: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  }
}

/**
 * The only reader of simulated time. A moment marked by a synchronous call is that of the call itself, even if the
 * time source answers later: a reading waits for every moment marked before it.
 */
export class Clock {
  readonly #now: Now;
  readonly #unsettled = new Set<Promise<void>>();
  #lastRead = 0;

  constructor(now: Now) {
    this.#now = now;
  }

  /** What the last reading gave; 0 before the first. */
  get lastRead(): number {
    return this.#lastRead;
  }

  /** The time now, in milliseconds since 1970; throws ClockFailure. */
  async read(): Promise<number> {
    try {
      const [now] = await Promise.all([this.#now(), ...this.#unsettled]);
      this.#lastRead = checkTime(now);
    } catch (reason) {
      throw new ClockFailure(reason);
    }
    return this.#lastRead;
  }

  /** Marks the moment of this call, the last reading standing in until it is known; a time source that fails later makes every read throw. */
  mark(): Moment {
    const answer = this.#now();
    if (typeof answer === 'number') return { ms: checkTime(answer) };
    const moment = { ms: this.#lastRead };
    const settled = answer.then((time) => {
      moment.ms = checkTime(time);
      this.#unsettled.delete(settled);
    });
    settled.catch(() => undefined); // read() tells of it
    this.#unsettled.add(settled);
    return moment;
  }
}

/** Turns a duration into milliseconds; throws a TypeError that names `what` when it is none. */
export function parseDuration(duration: Duration, what: string): number {
  const length = typeof duration === 'string' ? readWords(duration) : duration;
  // Not `length < 0`: ms gives undefined for words that it does not know, whatever its types say.
  if (!(length >= 0)) {
    throw new TypeError(`${what}: ${inspect(duration)} is no duration; use milliseconds or words such as '90s', '4h'`);
  }
  return length;
}

/** Of no words at all, ms would throw an error of its own. */
function readWords(words: ms.StringValue): number {
  return words.length === 0 ? Number.NaN : ms(words);
}

/** Turns a date, an ISO string or milliseconds into a moment; throws a TypeError that names `what` when it is none. */
export function parseMoment(time: number | string | Date, what: string): Moment {
  const instant = new Date(time).getTime();
  if (Number.isNaN(instant))
    throw new TypeError(`${what}: ${String(time)} is no time; use a Date, an ISO string or ms`);
  return { ms: instant };
}

function checkTime(time: number): number {
  if (!Number.isFinite(time)) throw new TypeError(`${String(time)} is no time in milliseconds`);
  return time;
}
