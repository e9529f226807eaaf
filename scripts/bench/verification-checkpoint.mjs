import { closeSync, openSync, readSync, statSync } from 'node:fs';

import { openScan } from 'temporal-memorydb-snapshots/rdb';

import { ALL_SLOTS } from './verification-speed.mjs';

/** Bytes between two checkpoints: many times closer than heartbeats are. */
const EVERY = 2 ** 20;

/**
 * The longest state among the checkpoints of a whole file, at the level that has the most to remember.
 *
 * @param {string} path
 * @returns {number} bytes of JSON
 */
export function measureCheckpoint(path) {
  const scan = openScan({ level: 'deep', size: statSync(path).size, slots: ALL_SLOTS });
  const chunk = new Uint8Array(EVERY);
  const file = openSync(path, 'r');
  let longest = 0;
  for (let length; (length = readSync(file, chunk)) > 0;) {
    scan.push(chunk.subarray(0, length));
    longest = Math.max(longest, Buffer.byteLength(JSON.stringify(scan.state())));
  }
  closeSync(file);
  return longest;
}
