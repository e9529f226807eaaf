import { availableParallelism } from 'node:os';

/** Lanes that start no server: to run one of these alone should not build one. */
const SERVERLESS = new Set(['unit', 'rdb', 'simulator', 'replay']);

/** A worker of the time-skipping lane runs a test and a Java server: more of them than this only wait for memory. */
const MOST_WORKERS = 4;

/**
 * @param {readonly string[]} given behind `npm test --`
 * @param {string} reporter that writes the tally
 * @returns {string[]}
 */
export function vitestArguments(given, reporter) {
  const has = (/** @type {string} */ option) => given.some((arg) => arg === option || arg.startsWith(`${option}=`));
  return [
    'run',
    ...(has('--maxWorkers') ? [] : [`--maxWorkers=${Math.min(availableParallelism(), MOST_WORKERS)}`]),
    ...(has('--reporter') ? [] : ['--reporter=default']),
    `--reporter=${reporter}`,
    ...given,
  ];
}

/**
 * @param {readonly string[]} given
 * @returns {boolean} true unless only lanes without servers were asked for by name
 */
export function needsServers(given) {
  const lanes = given.flatMap((arg, at) => {
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    return given[at - 1] === '--project' ? [arg] : [];
  });
  return lanes.length === 0 || lanes.some((lane) => !SERVERLESS.has(lane));
}
