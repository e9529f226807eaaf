/** No step that uses the network takes this long on any line that is worth waiting for: what does, hangs. */
export const STEP_MS = 15 * 60_000;

/**
 * How a step that failed has ended, for a message.
 *
 * @param {number} code of a command that was given {@link STEP_MS} as its limit
 * @returns {string}
 */
export function tellEnd(code) {
  return code === 124 ? `did not end within ${STEP_MS / 60_000} min` : `ended with ${code}`;
}
