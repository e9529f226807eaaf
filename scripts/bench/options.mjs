import { parseArgs } from 'node:util';

import { SetUpError } from '../machine/errors.mjs';
import { PARTS } from './parts.mjs';

/** @import { PartName } from './parts.mjs' */

export const HELP = `usage: npm run bench [-- options]

Measures in virtual time what it costs to wait for a copy, beside three other ways to wait: AWS calls, history events,
billable Temporal actions, and how late the end of the copy is noticed. And what an export costs, by the number of its
shards: AWS calls, history, and how late its manifest is complete. Progress goes to stderr, the tables to stdout.

  --only    one part: waiting or exports
  --quick   small: copies of 15 and 30 minutes, exports of 1 and 3 shards, one run each
  --json    the data as JSON on stdout instead of the tables (npm run --silent bench -- --json)
  --write   also put the tables into README.md, each between <!-- bench:waiting --> and <!-- /bench:waiting -->, or
            <!-- bench:exports --> and <!-- /bench:exports -->
  --help    this text`;

/**
 * @typedef {object} BenchOptions
 * @property {readonly PartName[]} parts
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
  const { only, ...options } = parse(args);
  const parts = PARTS.filter((part) => only === undefined || part === only);
  if (parts.length === 0) throw new SetUpError(`--only ${only}: there are ${PARTS.join(' and ')}`);
  if (options.quick && options.write) throw new SetUpError('--write wants the whole benchmark: leave out --quick');
  return { ...options, parts };
}

/**
 * @param {readonly string[]} args
 * @returns {Omit<BenchOptions, 'parts'> & { only?: string }}
 */
function parse(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const only = /** @type {const} */ ({ type: 'string' });
  try {
    return parseArgs({ args: [...args], options: { only, quick: flag, json: flag, write: flag, help: flag } }).values;
  } catch (error) {
    throw new SetUpError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}
