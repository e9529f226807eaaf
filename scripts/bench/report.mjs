import { throttleMs } from './actions.mjs';
import { alignTable, formatCount, formatDelay, formatDuration } from './table.mjs';
import { HEARTBEAT_TIMEOUT, WAYS } from './ways.mjs';

/** @import { Plan } from './plan.mjs' */
/** @import { Row } from './summary.mjs' */
/** @import { Versions } from './versions.mjs' */

/**
 * @typedef {object} Report
 * @property {string} measuredAt ISO 8601
 * @property {Versions} versions
 * @property {string} devServer its version, as it says
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

/** @returns {string} what is counted, what is derived, and what no column shows */
function explain() {
  const [timeOut, throttle] = [formatDelay(HEARTBEAT_TIMEOUT), formatDelay(throttleMs(HEARTBEAT_TIMEOUT))];
  return [
    'The lowest of each group is bold.',
    'Counted in virtual time from the start of the job to its return, over all runs of a workflow that continues as new.',
    'The others send CopySnapshot and wait; this package also looks at source, target and tags.',
    '[Billable actions](https://docs.temporal.io/cloud/actions): workflow starts, attempts of activities, timers, and',
    'heartbeats that reach the server.',
    'Heartbeats are those of a real server, by rules that a short wait of each kind on a dev server confirmed.',
    'This package: one of the activity that sends and one of the one that waits, however often they look, while AWS answers',
    `within a second. The ways inside an activity: one per ${throttle} at a heartbeat time-out of ${timeOut}, and their events`,
    'are from that short wait, because an attempt writes none while it runs; they hold a slot of a worker for the whole',
    'wait, and start over when the worker restarts.',
  ].join(' ');
}

/**
 * @param {Report} report
 * @returns {string} one line
 */
function renderCaption({ measuredAt, versions, devServer, plan }) {
  const copies = plan.offsets.length === 1 ? 'one copy each' : `medians over ${plan.offsets.length} ends of the copy`;
  const repeats = plan.repeats === 1 ? '' : `, ${plan.repeats} runs for each where delays are random`;
  return (
    `_Measured on ${measuredAt.slice(0, 10)} by \`npm run bench\`: ${copies}${repeats}; ` +
    `Temporal SDK ${versions.temporalSdk}, time-skipping server ${versions.timeSkippingServer}, ` +
    `dev server ${devServer}, Node ${versions.node}, ${versions.cpus} CPUs._`
  );
}
