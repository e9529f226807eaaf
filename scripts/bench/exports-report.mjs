import { totalActions } from './actions.mjs';
import { median } from './summary.mjs';
import { alignTable, formatCount, formatDelay, formatDuration } from './table.mjs';

/** @import { ExportRun } from './exports.mjs' */
/** @import { ExportPlan } from './plan.mjs' */
/** @import { Versions } from './versions.mjs' */

/**
 * @typedef {object} ExportReport
 * @property {string} measuredAt ISO 8601
 * @property {Versions} versions
 * @property {string} devServer its version, as it says
 * @property {ExportPlan} plan
 * @property {readonly ExportRun[]} runs
 */

/** All other operations are S3's. */
const MEMORYDB = ['CopySnapshot', 'DescribeClusters', 'DescribeSnapshots', 'ListTags'];

/** @typedef {{ readonly head: string, readonly show: (runs: readonly ExportRun[]) => string }} Line */

/**
 * @param {ExportReport} report
 * @returns {string} Markdown: the table, what is counted in it, and where it was measured
 */
export function renderExports(report) {
  return [renderExportTable(report.runs), explain(report.plan), renderCaption(report)].join('\n\n');
}

/**
 * @param {readonly ExportRun[]} runs
 * @returns {string} a column for each number of shards
 */
export function renderExportTable(runs) {
  const counts = [...new Set(runs.map(({ shards }) => shards))].sort((a, b) => a - b);
  const groups = counts.map((shards) => runs.filter((run) => run.shards === shards));
  const heads = ['an export of', ...counts.map((shards) => `${shards} ${shards === 1 ? 'shard' : 'shards'}`)];
  const lines = [...linesOfCalls(runs), ...LINES].map(({ head, show }) => [head, ...groups.map(show)]);
  return alignTable([heads, ...lines], ['left', ...counts.map(() => /** @type {const} */ ('right'))]);
}

/** @type {readonly Line[]} */
const LINES = [
  { head: 'calls in all', show: countOf(({ calls }) => Object.values(calls).reduce((sum, n) => sum + n, 0)) },
  { head: 'billable actions', show: countOf(({ actions }) => totalActions(actions)) },
  { head: 'history events', show: countOf(({ events }) => events) },
  { head: 'history size', show: (runs) => formatSize(median(runs.map(({ historyBytes }) => historyBytes))) },
  {
    head: 'last object noticed after, median',
    show: (runs) => formatDelay(median(runs.map((run) => run.noticedAfterMs))),
  },
  {
    head: 'manifest complete after, median',
    show: (runs) => formatDelay(median(runs.map((run) => run.completeAfterMs))),
  },
  {
    head: 'manifest complete after, at most',
    show: (runs) => formatDelay(Math.max(...runs.map((run) => run.completeAfterMs))),
  },
];

/**
 * @param {readonly ExportRun[]} runs
 * @returns {Line[]} one for each operation that occurs, MemoryDB's first
 */
function linesOfCalls(runs) {
  const operations = [...new Set(runs.flatMap(({ calls }) => Object.keys(calls)))].sort();
  const isMemoryDB = (/** @type {string} */ operation) => MEMORYDB.includes(operation);
  return [
    ...operations.filter(isMemoryDB).map((operation) => ({ operation, service: 'MemoryDB' })),
    ...operations.filter((operation) => !isMemoryDB(operation)).map((operation) => ({ operation, service: 'S3' })),
  ].map(({ operation, service }) => ({
    head: `${service}: ${operation}`,
    show: countOf(({ calls }) => calls[operation] ?? 0),
  }));
}

/**
 * @param {(run: ExportRun) => number} of
 * @returns {Line['show']} the median
 */
function countOf(of) {
  return (runs) => formatCount(median(runs.map(of)));
}

/**
 * @param {number} bytes
 * @returns {string} such as `870 KB`
 */
function formatSize(bytes) {
  return `${formatCount(Math.round(bytes / 1_000))} KB`;
}

/**
 * @param {ExportPlan} plan
 * @returns {string} what is counted, and what is measured how
 */
function explain({ exportTakes, objectSize }) {
  return [
    `An export that takes about ${formatDuration(exportTakes)}, its objects of ${objectSize} appearing evenly over it,`,
    'read at level `structure`, the default. Counted from the start of the job to its return.',
    '[Billable actions](https://docs.temporal.io/cloud/actions): the workflow start, attempts of activities, and heartbeats',
    'that reach the server: of the activity that waits one for its first look, and one for each',
    'that finds more objects than the look before, while AWS answers within a second. A short export on a dev server',
    'confirmed that rule. The delays begin',
    'when the last object appears; until it is noticed time is virtual, from then on it is real, with S3 simulated on the',
    'same machine.',
  ].join(' ');
}

/**
 * @param {ExportReport} report
 * @returns {string} one line
 */
function renderCaption({ measuredAt, versions, devServer, plan }) {
  const exports =
    plan.offsets.length === 1 ? 'one export each' : `medians over ${plan.offsets.length} ends of the export`;
  return (
    `_Measured on ${measuredAt.slice(0, 10)} by \`npm run bench\`: ${exports}; Temporal SDK ${versions.temporalSdk}, ` +
    `time-skipping server ${versions.timeSkippingServer}, dev server ${devServer}, Node ${versions.node}, ` +
    `${versions.cpus} CPUs._`
  );
}
