import { parseArgs } from 'node:util';

/**
 * @typedef {object} DemoOptions
 * @property {boolean} json the result alone on stdout
 * @property {boolean} stay keep everything running until Ctrl-C
 * @property {boolean} help
 */

export const USAGE = `usage: npm run demo [-- options]

Copies a snapshot, and exports it, with a Temporal dev server, a worker and a simulated MemoryDB and S3, all of them
on this machine.

  --json  print the result alone, as JSON on stdout (npm run --silent demo -- --json)
  --stay  keep everything running when both are done, to look at it in the Web UI; Ctrl-C ends it
  --help  print this`;

/** The caller asked for what there is not. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 * @returns {DemoOptions}
 */
export function readOptions(args) {
  const option = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    return parseArgs({ args: [...args], options: { json: option, stay: option, help: option } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}
