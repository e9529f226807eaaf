/** @import { JobEvent } from 'temporal-memorydb-snapshots' */
/** @import { CopyReport, ExportReport } from './play.mjs' */

/**
 * A change in the job as one line: phase, attempt, last answer, next try.
 *
 * @param {JobEvent} event
 * @param {number} begun milliseconds since 1970
 * @returns {string}
 */
export function formatEvent({ phase, attempt, lastAnswer, nextTry }, begun) {
  const parts = [
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ...(lastAnswer === undefined ? [] : [`last answer: ${lastAnswer}`]),
    ...(nextTry === undefined ? [] : [`next try in ${seconds(Math.max(0, Date.parse(nextTry) - Date.now()))}`]),
  ];
  return `${seconds(Date.now() - begun).padStart(7)}  ${[phase.padEnd(10), ...parts].join('  ')}`.trimEnd();
}

/**
 * @param {CopyReport} copy
 * @returns {string}
 */
export function formatCopy({ adopted, snapshot, polls, historyEvents, acceptedCopies, awsCalls }) {
  const { NumShards: shards, Engine: engine, EngineVersion: version } = snapshot.ClusterConfiguration ?? {};
  return [
    '',
    `${snapshot.Name} is ${snapshot.Status}, and proven to be this job's copy`,
    `  record        ${snapshot.ARN}, ${shards} shards, ${engine} ${version}`,
    `  CopySnapshot  sent ${times(awsCalls['CopySnapshot'] ?? 0)}, accepted ${times(acceptedCopies)}`,
    ...(adopted ? ['                the answer was lost: the copy was found and recognised by its tag'] : []),
    `  AWS calls     ${listCalls(awsCalls)}`,
    `  waiting       ${polls} looks at the copy, none of them in the history`,
    `  history       ${historyEvents} events, as for a copy that lasts a day`,
  ].join('\n');
}

/**
 * @param {ExportReport} report
 * @returns {string}
 */
export function formatExport({ adopted, bucket, manifestKey, manifestState, objects, polls, historyEvents, awsCalls }) {
  const keyWidth = Math.max(...objects.map(({ key }) => key.length));
  const sizeWidth = Math.max(...objects.map(({ size }) => `${size}`.length));
  return [
    '',
    `${objects.length} objects are in ${bucket}${adopted ? ', found and recognised by their claim' : ''}`,
    ...objects.map(({ key, size, verdict, level, reason, keys }) => {
      const why = reason === undefined ? '' : ` (${reason})`;
      const found = `${verdict} at level ${level}${why}${keys === undefined ? '' : `, ${keys} keys`}`;
      return `  ${key.padEnd(keyWidth)}  ${`${size}`.padStart(sizeWidth)} bytes  ${found}`;
    }),
    `  manifest      ${manifestKey}, ${manifestState}`,
    `  AWS calls     ${listCalls(awsCalls)}`,
    `  waiting       ${polls} looks at the bucket, none of them in the history`,
    `  history       ${historyEvents} events, as for an export that lasts a day`,
  ].join('\n');
}

/**
 * @param {Readonly<Record<string, number>>} awsCalls
 * @returns {string}
 */
function listCalls(awsCalls) {
  const calls = Object.entries(awsCalls).sort(([a], [b]) => (a < b ? -1 : 1));
  return calls.map(([operation, count]) => `${operation} ${count}`).join(', ');
}

/**
 * @param {number} count
 * @returns {string}
 */
function times(count) {
  return count === 1 ? 'once' : `${count} times`;
}

/**
 * @param {number} ms
 * @returns {string}
 */
function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}
