import { closeSync, openSync, readSync, statSync } from 'node:fs';

import { crc64, crc64Hex, EMPTY_CRC64 } from 'temporal-memorydb-snapshots/rdb';

import { openCrcBuffer } from '../../lib/rdb/crc-buffer.js';
import { timeByTurns } from './verification-turns.mjs';

/** @import { Crc64 } from 'temporal-memorydb-snapshots/rdb' */
/** @import { Timed } from './verification-turns.mjs' */

/** An engine compiles anew, in the background, what it was in for long: later runs are of what it made in the end. */
const WARM_UPS = 3;

/**
 * The kernel in WebAssembly against the slice-by-8 in plain JavaScript, on the same buffer: it is in the memory of the
 * WebAssembly, which JavaScript reads as any other.
 *
 * @param {string} path the bytes
 * @param {number} bytes of it, at most
 * @param {number} runs
 * @returns {Promise<Record<'wasm' | 'javascript', Timed>>}
 */
export async function measureKernel(path, bytes, runs) {
  const length = Math.min(bytes, statSync(path).size);
  const buffer = openCrcBuffer(length, 'wasm');
  readInto(buffer.bytes, path);
  /** @type {Set<string>} */
  const sums = new Set();
  const add = (/** @type {() => Crc64} */ compute) => () => void sums.add(crc64Hex(compute()));
  const contenders = {
    wasm: add(() => buffer.jones(EMPTY_CRC64, 0, length)),
    javascript: add(() => crc64(buffer.bytes)),
  };
  await timeByTurns(WARM_UPS, length, contenders);
  const timed = await timeByTurns(runs, length, contenders);
  if (sums.size !== 1) throw new Error(`the kernels differ: ${[...sums].join(', ')}`);
  return timed;
}

/**
 * @param {Uint8Array} buffer
 * @param {string} path
 */
function readInto(buffer, path) {
  const file = openSync(path, 'r');
  for (let at = 0; at < buffer.length;) at += readSync(file, buffer, at, buffer.length - at, at) || buffer.length;
  closeSync(file);
}
