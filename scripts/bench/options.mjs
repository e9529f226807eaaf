import { parseArgs } from 'node:util';

import { SetUpError } from '../machine/errors.mjs';

export const HELP = `usage: npm run bench [-- options]

Measures what it costs to wait for a copy, in virtual time, beside three other ways to wait: AWS calls, history events,
billable Temporal actions, and how late the end of the copy is noticed. Progress goes to stderr, the table to stdout.

  --quick   copies of 15 and 30 minutes only, one run each
  --json    the data as JSON on stdout instead of the table (npm run --silent bench -- --json)
  --write   also put the table into README.md, between <!-- bench:waiting --> and <!-- /bench:waiting -->
  --help    this text`;

/**
 * @typedef {object} BenchOptions
 * @property {boolean} quick
 * @property {boolean} json
 * @property {boolean} write
 * @property {boolean} help
 */

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 */
export function readOptions(args) {
  const options = parse(args);
  if (options.quick && options.write) throw new SetUpError('--write wants the whole benchmark: leave out --quick');
  return options;
}

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 */
function parse(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    return parseArgs({ args: [...args], options: { quick: flag, json: flag, write: flag, help: flag } }).values;
  } catch (error) {
    throw new SetUpError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}
