/**
 * Time for code that waits by `setTimeout` and `Date.now`: it stands still while something is in flight, and jumps to
 * the next timer when nothing is.
 *
 * @typedef {object} VirtualTime
 * @property {() => number} now in milliseconds since 1970
 * @property {<T>(asked: Promise<T>) => Promise<T>} during tells of something in flight
 */

/** @typedef {{ readonly at: number, readonly ring: () => void }} Timer */

/**
 * Does `work` in virtual time. The timers of the whole process belong to it meanwhile: nothing else may be going on.
 *
 * @template T
 * @param {(time: VirtualTime) => Promise<T>} work
 * @returns {Promise<T>} rejects when the work waits for something that is neither a timer nor in flight
 */
export async function inVirtualTime(work) {
  const real = { setTimeout, clearTimeout, now: Date.now };
  /** @type {Set<Timer>} */
  const timers = new Set();
  /** @type {Set<Promise<unknown>>} */
  const inFlight = new Set();
  let now = Date.now();

  /** @type {(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => unknown} */
  const startTimer = (callback, delay = 0, ...args) => {
    // The callers that we know of do not keep the process alive by a timer: `unref` has nothing to do.
    const timer = { at: now + Math.max(delay, 0), ring: () => callback(...args), unref: () => timer, ref: () => timer };
    timers.add(timer);
    return timer;
  };
  globalThis.setTimeout = /** @type {typeof setTimeout} */ (/** @type {unknown} */ (startTimer));
  globalThis.clearTimeout = (timer) => void timers.delete(/** @type {Timer} */ (/** @type {unknown} */ (timer)));
  Date.now = () => now;

  const ringNext = () => {
    const [next] = [...timers].sort((a, b) => a.at - b.at);
    if (next === undefined) throw new Error('the work waits for something that is neither a timer nor in flight');
    timers.delete(next);
    now = Math.max(now, next.at);
    next.ring();
  };
  try {
    let isDone = false;
    const result = work({
      now: () => now,
      during(asked) {
        inFlight.add(asked);
        const forget = () => inFlight.delete(asked);
        asked.then(forget, forget);
        return asked;
      },
    });
    const end = () => (isDone = true);
    result.then(end, end);
    for (;;) {
      await nextTurn(); // whatever can go on by itself has gone on then
      if (isDone) return await result;
      if (inFlight.size > 0) await Promise.allSettled(inFlight);
      else ringNext();
    }
  } finally {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Date.now = real.now;
  }
}

/** @returns {Promise<void>} */
function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve));
}
