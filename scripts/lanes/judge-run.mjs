/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed tests, files that did not load, hooks and stray errors
 * @property {number} skipped
 * @property {readonly string[]} skippedGroups named with their reason
 */

/** @typedef {{ readonly code: 0 | 1, readonly lines: readonly string[] }} Verdict the last line is the tally */

/**
 * @param {Tally | undefined} tally undefined when vitest died before it could count
 * @param {number} vitestCode
 * @returns {Verdict}
 */
export function judgeRun(tally, vitestCode) {
  if (tally === undefined) return fail([`vitest ended with ${vitestCode} and without a count`], 0, 0, 0);
  const { passed, failed, skipped } = tally;
  const lines = tally.skippedGroups.map((group) => `skipped: ${group}`);
  if (failed > 0) return { code: 1, lines: [...lines, formatTally(passed, failed, skipped)] };
  if (vitestCode !== 0) return fail([...lines, `vitest ended with ${vitestCode}, see above`], passed, failed, skipped);
  if (passed === 0) return fail([...lines, 'no test ran'], passed, failed, skipped);
  return { code: 0, lines: [...lines, formatTally(passed, failed, skipped)] };
}

/**
 * A failure that is no test's own counts as one, so that the tally and the exit code agree.
 *
 * @param {readonly string[]} lines
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 * @returns {Verdict}
 */
function fail(lines, passed, failed, skipped) {
  return { code: 1, lines: [...lines, formatTally(passed, failed + 1, skipped)] };
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 * @returns {string}
 */
function formatTally(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
