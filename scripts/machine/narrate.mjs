/** @typedef {(line: string) => void} Say */

/**
 * Says what is about to happen, that it is still happening, and how long it took: a silent minute looks like a hang.
 *
 * @template T
 * @param {Say} say
 * @param {string} what
 * @param {() => Promise<T>} work
 * @param {{ everyMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function narrate(say, what, work, { everyMs = 15_000 } = {}) {
  const started = performance.now();
  say(`${what} ...`);
  const reminder = setInterval(() => say(`${what}: still at it after ${formatElapsed(started)}`), everyMs);
  try {
    const result = await work();
    say(`${what}: done in ${formatElapsed(started)}`);
    return result;
  } catch (error) {
    say(`${what}: failed after ${formatElapsed(started)}`);
    throw error;
  } finally {
    clearInterval(reminder);
  }
}

/**
 * @param {number} started by `performance.now()`
 * @returns {string} such as `0.4 s` or `3 min 17 s`
 */
function formatElapsed(started) {
  const seconds = (performance.now() - started) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
