import { throttleMs } from './actions.mjs';
import { HEARTBEAT_TIMEOUT, WAYS } from './ways.mjs';

/** @import { Plan } from './plan.mjs' */
/** @import { Row } from './summary.mjs' */
/** @import { Versions } from './versions.mjs' */

/**
 * @typedef {object} Report
 * @property {string} measuredAt ISO 8601
 * @property {Versions} versions
 * @property {Plan} plan
 * @property {readonly Row[]} rows
 */

/** @typedef {{ readonly head: string, readonly of: (row: Row) => number, readonly show: (row: Row) => string }} Column */

/** @type {readonly Column[]} lower is better in each */
const COLUMNS = [
  { head: 'AWS calls', of: (row) => row.awsCalls, show: (row) => formatCount(row.awsCalls) },
  { head: 'history events', of: (row) => row.events, show: (row) => formatCount(row.events) },
  { head: 'billable actions', of: (row) => row.actions, show: (row) => formatCount(row.actions) },
  {
    head: 'noticed after, median',
    of: (row) => row.noticedAfterMs.median,
    show: (row) => formatDelay(row.noticedAfterMs.median),
  },
  { head: 'at most', of: (row) => row.noticedAfterMs.max, show: (row) => formatDelay(row.noticedAfterMs.max) },
];

/**
 * @param {Report} report
 * @returns {string} Markdown: the table, what is counted in it, and where it was measured
 */
export function renderReport(report) {
  return [renderTable(report.rows), explain(), renderCaption(report)].join('\n\n');
}

/**
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function renderTable(rows) {
  const heads = ['a copy of', 'waited for by', ...COLUMNS.map(({ head }) => head)];
  const lines = rows.map((row, at) => {
    const rivals = rows.filter(({ copyTakesMs }) => copyTakesMs === row.copyTakesMs);
    const cells = COLUMNS.map(({ of, show }) => {
      const isBest = rivals.every((rival) => of(row) <= of(rival));
      return isBest ? `**${show(row)}**` : show(row);
    });
    const isFirst = rows[at - 1]?.copyTakesMs !== row.copyTakesMs;
    return [isFirst ? formatDuration(row.copyTakesMs) : '', WAYS[row.way].title, ...cells];
  });
  return alignTable([heads, ...lines], ['left', 'left', ...COLUMNS.map(() => /** @type {const} */ ('right'))]);
}

/**
 * As prettier does it, which checks the README.
 *
 * @param {readonly (readonly string[])[]} table the heads first
 * @param {readonly ('left' | 'right')[]} sides
 * @returns {string}
 */
function alignTable(table, sides) {
  const widths = sides.map((_, at) => Math.max(...table.map((cells) => cells[at]?.length ?? 0)));
  const rule = sides.map((side, at) => (side === 'left' ? '-' : ':').padStart(widths[at] ?? 0, '-'));
  const [heads = [], ...lines] = table.map((cells) =>
    cells.map((cell, at) => (sides[at] === 'left' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
  );
  return [heads, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @returns {string} what is counted, what is derived, and what no column shows */
function explain() {
  const [timeOut, throttle] = [formatDelay(HEARTBEAT_TIMEOUT), formatDelay(throttleMs(HEARTBEAT_TIMEOUT))];
  return [
    'The lowest of each group is bold.',
    'Counted in virtual time from the start of the job to its return, over all runs of a workflow that continues as new.',
    'The others send CopySnapshot and wait; this package also looks at source, target and tags.',
    '[Billable actions](https://docs.temporal.io/cloud/actions): workflow starts, attempts of activities, timers, and',
    'heartbeats that reach the server.',
    'An attempt writes no events while it runs: those of the ways inside an activity are from a short wait on a dev server.',
    `Their heartbeats follow from the SDK's rule, one per ${throttle} at a heartbeat time-out of ${timeOut}, which that wait`,
    'confirmed. They hold a slot of a worker for the whole wait, and start over when the worker restarts.',
  ].join(' ');
}

/**
 * @param {Report} report
 * @returns {string} one line
 */
function renderCaption({ measuredAt, versions, plan }) {
  const copies = plan.offsets.length === 1 ? 'one copy each' : `medians over ${plan.offsets.length} ends of the copy`;
  const repeats = plan.repeats === 1 ? '' : `, ${plan.repeats} runs for each where delays are random`;
  return (
    `_Measured on ${measuredAt.slice(0, 10)} by \`npm run bench\`: ${copies}${repeats}; ` +
    `Temporal SDK ${versions.temporalSdk}, time-skipping server ${versions.timeSkippingServer}, ` +
    `dev server ${versions.devServer}, Node ${versions.node}, ${versions.cpus} CPUs._`
  );
}

/**
 * @param {number} count
 * @returns {string} such as `30,360`
 */
function formatCount(count) {
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
