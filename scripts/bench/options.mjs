import { parseArgs } from 'node:util';

import { SetUpError } from '../machine/errors.mjs';
import { PARTS } from './parts.mjs';

/** @import { PartName } from './parts.mjs' */

export const HELP = `usage: npm run bench [-- options]

Measures in virtual time what it costs to wait for a copy, beside three other ways to wait: AWS calls, history events,
billable Temporal actions, and how late the end of the copy is noticed. And what an export costs, by the number of its
shards: AWS calls, history, and how late its manifest is complete. And how fast files and objects are verified, beside
redis-check-rdb, and in how much memory; this part wants Linux, redis-server, openssl, 12 GiB of disk and 6 GiB of
memory. Progress goes to stderr, the tables to stdout.

  --only    one part: waiting, exports or verification
  --quick   small: copies of 15 and 30 minutes, exports of 1 and 3 shards, files of 64 MiB, fewer runs
  --keep    keep the files that redis-server wrote for the next run, some 4 GiB, in the folder of the Temporal servers
  --json    the data as JSON on stdout instead of the tables (npm run --silent bench -- --json)
  --write   also put the tables into README.md, each between two lines such as <!-- bench:waiting --> and
            <!-- /bench:waiting -->
  --help    this text`;

/**
 * @typedef {object} BenchOptions
 * @property {readonly PartName[]} parts
 * @property {boolean} quick
 * @property {boolean} keep
 * @property {boolean} json
 * @property {boolean} write
 * @property {boolean} help
 */

const names = new Intl.ListFormat('en-GB');

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 */
export function readOptions(args) {
  const { only, ...options } = parse(args);
  const parts = PARTS.filter((part) => only === undefined || part === only);
  if (parts.length === 0) throw new SetUpError(`--only ${only}: there are ${names.format(PARTS)}`);
  if (options.quick && options.write) throw new SetUpError('--write wants the whole benchmark: leave out --quick');
  return { ...options, parts };
}

/**
 * @param {readonly string[]} args
 * @returns {Omit<BenchOptions, 'parts'> & { only?: string }}
 */
function parse(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const flags = /** @type {const} */ ({ quick: flag, keep: flag, json: flag, write: flag, help: flag });
  const only = /** @type {const} */ ({ type: 'string' });
  try {
    return parseArgs({ args: [...args], options: { only, ...flags } }).values;
  } catch (error) {
    throw new SetUpError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}
