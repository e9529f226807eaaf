const START = '<!-- bench:waiting -->';
const END = '<!-- /bench:waiting -->';

/**
 * @param {string} readme
 * @returns {boolean} whether there is one place for the table, and no doubt where it ends
 */
export function hasBlock(readme) {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  return start !== -1 && start < end && start === readme.lastIndexOf(START) && end === readme.lastIndexOf(END);
}

/**
 * @param {string} readme
 * @param {string} table
 * @returns {string} the README with the table between its markers; throws when it has none
 */
export function replaceBlock(readme, table) {
  if (!hasBlock(readme)) throw new Error(`the README has no ${START} before ${END}, or more than one`);
  return `${readme.slice(0, readme.indexOf(START) + START.length)}\n\n${table.trim()}\n\n${readme.slice(readme.indexOf(END))}`;
}
