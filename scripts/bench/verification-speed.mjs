import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';

import { openLocalFile } from '../../lib/cli/verify/local-file.js';
import { timeByTurns } from './verification-turns.mjs';

/** @import { ContentLevel } from 'temporal-memorydb-snapshots/rdb' */
/** @import { Timed } from './verification-turns.mjs' */

/** @typedef {ContentLevel | 'redis-check-rdb'} Contender */

/** As for a shard of a cluster: the slot of every key is looked at. */
export const ALL_SLOTS = [{ first: 0, last: 16_383 }];

/** @type {readonly ContentLevel[]} */
const LEVELS = ['checksum', 'structure', 'deep'];

const execute = promisify(execFile);

/**
 * Reads a file at every level once, so that it is in memory, and the engine in the state of a long-lived process.
 *
 * @param {string} path
 */
export async function warmUp(path) {
  for (const level of LEVELS) await verify(path, level);
}

/**
 * Every level against redis-check-rdb, on one file.
 *
 * @param {string} path
 * @param {number} runs
 * @returns {Promise<Record<Contender, Timed>>}
 */
export function measureSpeed(path, runs) {
  return timeByTurns(runs, statSync(path).size, {
    checksum: () => verify(path, 'checksum'),
    structure: () => verify(path, 'structure'),
    deep: () => verify(path, 'deep'),
    'redis-check-rdb': () => checkByRedis(path),
  });
}

/**
 * As the command does it.
 *
 * @param {string} path
 * @param {ContentLevel} level
 */
async function verify(path, level) {
  const check = { level, strict: true, slots: ALL_SLOTS };
  const { verdict, reason } = await openLocalFile(path).read(check, () => undefined);
  if (verdict !== 'verified') throw new Error(`${path} is ${verdict} at level ${level}: ${reason}`);
}

/**
 * @param {string} path
 */
async function checkByRedis(path) {
  await execute('redis-check-rdb', [path], { maxBuffer: 2 ** 24 }); // rejects unless it accepts the file
}

/** @returns {Promise<string>} such as `7.0.15` */
export async function readRedisVersion() {
  const { stdout } = await execute('redis-check-rdb', ['--version']);
  return /[\d.]+/.exec(stdout)?.[0] ?? 'of unknown version';
}
