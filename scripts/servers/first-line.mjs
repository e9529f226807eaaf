/**
 * What a failing command says, short enough for a list of reasons.
 *
 * @param {string} printed
 * @returns {string}
 */
export function firstLine(printed) {
  return printed.trim().split('\n', 1)[0] || 'it said nothing';
}
