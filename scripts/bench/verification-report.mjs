import { median } from './summary.mjs';
import { alignTable } from './table.mjs';

/** @import { FileKind, VerificationPlan } from './plan.mjs' */
/** @import { Source } from './verification-memory.mjs' */
/** @import { Measured } from './verification-process.mjs' */
/** @import { Contender } from './verification-speed.mjs' */
/** @import { Timed } from './verification-turns.mjs' */

/**
 * @typedef {object} VerificationReport
 * @property {string} measuredAt ISO 8601
 * @property {{ readonly node: string, readonly cpus: number }} machine
 * @property {VerificationPlan} plan
 * @property {Measured} measured
 */

/**
 * A row of the table.
 *
 * @typedef {object} Figure
 * @property {string} of what
 * @property {string} ours
 * @property {string} rival
 * @property {string} compared
 * @property {string} goal
 * @property {boolean} isReached
 */

/** @typedef {(measured: Measured) => Figure} Row */

/** How a ratio of two speeds is shown. */
const TIMES = { scale: 1, unit: 'x' };
const SHARE = { scale: 100, unit: '%' };

/** @type {readonly Row[]} */
const ROWS = [
  speedRow('`checksum`, mixed data', 'mix', 'checksum', 20),
  speedRow('`structure`, mixed data', 'mix', 'structure', 12),
  speedRow('`structure`, tiny keys', 'small', 'structure', 4),
  speedRow('`structure`, large blobs', 'blob', 'structure', 3.5),
  speedRow('`deep`, mixed data', 'mix', 'deep', 3),
  speedRow('`deep`, tiny keys', 'small', 'deep', 2),
  speedRow('`deep`, large collections', 'coll', 'deep'),
  ({ kernel }) => ({
    of: 'CRC-64 in WebAssembly, against plain JavaScript',
    ...compare(kernel.wasm, kernel.javascript, TIMES, 4.5),
  }),
  ({ download }) => ({
    of: '`structure` over HTTPS, against the download alone',
    ...compare(download.structure, download.drain, SHARE, 0.75),
  }),
  ({ download }) => ({
    of: "the same, with S3's own checksum as well",
    ...compare(download['with the checksum of S3'], download.drain, SHARE),
  }),
  memoryRow('peak memory, file', 'file', 150e6),
  memoryRow('peak memory, S3', 's3', 300e6),
  ({ checkpointBytes: bytes }) => ({
    of: 'state at a checkpoint, at most',
    ours: `${bytes} bytes`,
    rival: '',
    compared: '',
    goal: '< 1 KB',
    isReached: bytes < 1_000,
  }),
];

/**
 * @param {VerificationReport} report
 * @returns {string} Markdown: the table, what is compared in it, and where it was measured
 */
export function renderVerification(report) {
  const warning = '**A quick run, of small files: for a look, not for comparison.**';
  const parts = [renderFigures(report), explain(report.plan), renderCaption(report)];
  return [...(report.plan.quick ? [warning] : []), ...parts].join('\n\n');
}

/**
 * @param {Pick<VerificationReport, 'measured' | 'plan'>} report
 * @returns {string}
 */
export function renderFigures({ measured, plan }) {
  const figures = ROWS.map((row) => row(measured));
  const lines = figures.map(({ of, ours, rival, compared, goal, isReached }) => [
    of,
    ours,
    rival,
    compared,
    isReached ? goal : `**missed**: ${goal}`,
  ]);
  const heads = ['verification', plan.quick ? 'measured (quick)' : 'measured', 'against', 'ratio', 'to reach'];
  return alignTable([heads, ...lines], ['left', 'right', 'right', 'right', 'right']);
}

/**
 * @param {string} of
 * @param {FileKind} kind
 * @param {Contender} level
 * @param {number} [atLeast] times the speed of redis-check-rdb
 * @returns {Row}
 */
function speedRow(of, kind, level, atLeast) {
  return ({ speed }) => ({ of, ...compare(speed[kind][level], speed[kind]['redis-check-rdb'], TIMES, atLeast) });
}

/**
 * @param {Timed} ours
 * @param {Timed} rival
 * @param {typeof TIMES} shown
 * @param {number} [atLeast] without it there is nothing to miss
 * @returns {Omit<Figure, 'of'>}
 */
function compare(ours, rival, { scale, unit }, atLeast) {
  const ratio = rateOf(ours) / rateOf(rival);
  return {
    ours: showRate(ours),
    rival: showRate(rival),
    compared: `${showTenths(ratio * scale)} ${unit}`,
    goal: atLeast === undefined ? '' : `${atLeast * scale} ${unit}`,
    isReached: atLeast === undefined || ratio >= atLeast,
  };
}

/**
 * @param {string} of
 * @param {Source} source
 * @param {number} limit in bytes
 * @returns {Row}
 */
function memoryRow(of, source, limit) {
  return ({ memory }) => {
    const [small, large] = [median(memory[source].small), median(memory[source].large)];
    const growth = large - small;
    return {
      of,
      ours: showSize(large),
      rival: showSize(small),
      compared: `${growth < 0 ? '-' : '+'}${(Math.abs(growth / small) * 100).toFixed(1)} %`,
      goal: `equal within 10 %, < ${showSize(limit)}`,
      isReached: Math.abs(growth) <= 0.1 * small && Math.max(...memory[source].small, ...memory[source].large) < limit,
    };
  };
}

/** @param {Timed} timed */
const rateOf = ({ bytes, seconds }) => bytes / median(seconds);
/** @param {Timed} timed */
const showRate = (timed) => `${(rateOf(timed) / 1e9).toPrecision(2)} GB/s`;
/** @param {number} ratio never shown as more than it is: what is missed by a little is seen to be missed */
const showTenths = (ratio) => (Math.floor(ratio * 10) / 10).toFixed(1);
/** @param {number} bytes */
const showSize = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/**
 * @param {VerificationPlan} plan
 * @returns {string} what is compared
 */
function explain({ memory, files }) {
  return [
    `Against \`redis-check-rdb\` where nothing else is said: files of about ${showMebibytes(files.mix)}, of collections`,
    `${showMebibytes(files.coll)}, that a redis-server wrote, in the page cache, read by both in turns. Its checks are those of`,
    '`deep`; `checksum` and `structure` look at less. One process read everything; it had read mixed data, tiny keys,',
    'large blobs and large collections at every level before, because what an engine has read decides how fast it is. The',
    'two kernels read the same buffer, both warm. HTTPS is a server on the same machine, in a process of its own; the',
    "download alone is the same ranged reads by the same client of the SDK, without a scan; S3's own checksum is",
    `CRC-64/NVME. Memory is the most that the command had resident, over files and objects of ${showMebibytes(memory.large)},`,
    `against ${showMebibytes(memory.small)}: a median, while the limit is for every run.`,
  ].join(' ');
}

/**
 * @param {number} bytes
 * @returns {string} such as `1 GiB` or `64 MiB`
 */
function showMebibytes(bytes) {
  return bytes < 2 ** 30 ? `${bytes / 2 ** 20} MiB` : `${Math.floor(bytes / 2 ** 30)} GiB`;
}

/**
 * @param {VerificationReport} report
 * @returns {string} one line
 */
function renderCaption({ measuredAt, machine, plan, measured }) {
  return (
    `_Measured on ${measuredAt.slice(0, 10)} by \`npm run bench\`: medians of ${plan.runs} runs, ` +
    `of memory ${plan.memory.runs}; ` +
    `redis-check-rdb ${measured.redis}, Node ${machine.node}, ${machine.cpus} CPUs._`
  );
}
