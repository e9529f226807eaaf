/**
 * As prettier does it, which checks the README.
 *
 * @param {readonly (readonly string[])[]} table the heads first
 * @param {readonly ('left' | 'right')[]} sides
 * @returns {string}
 */
export function alignTable(table, sides) {
  const widths = sides.map((_, at) => Math.max(...table.map((cells) => cells[at]?.length ?? 0)));
  const rule = sides.map((side, at) => (side === 'left' ? '-' : ':').padStart(widths[at] ?? 0, '-'));
  const [heads = [], ...lines] = table.map((cells) =>
    cells.map((cell, at) => (sides[at] === 'left' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
  );
  return [heads, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * @param {number} count
 * @returns {string} such as `30,360`
 */
export function formatCount(count) {
  return count.toLocaleString('en-US');
}

/**
 * @param {number} ms
 * @returns {string} such as `15 min` or `4 h`
 */
export function formatDuration(ms) {
  const minutes = Math.round(ms / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/**
 * @param {number} ms
 * @returns {string} such as `0.4 s`, `41 s` or `2 min 31 s`
 */
export function formatDelay(ms) {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
