import { closeSync, openSync, readSync, statSync } from 'node:fs';

import { crc64Hex, EMPTY_CRC64 } from 'temporal-memorydb-snapshots/rdb';

import { openCrcBuffer } from '../../lib/rdb/crc-buffer.js';
import { timeByTurns } from './verification-turns.mjs';

/** @import { Timed } from './verification-turns.mjs' */

/**
 * The kernel in WebAssembly against the slice-by-8 in plain JavaScript, each on the same bytes in a buffer of its own.
 *
 * @param {string} path the bytes
 * @param {number} bytes of it, at most
 * @param {number} runs
 * @returns {Promise<Record<'wasm' | 'javascript', Timed>>}
 */
export async function measureKernel(path, bytes, runs) {
  const length = Math.min(bytes, statSync(path).size);
  const buffers = { wasm: openCrcBuffer(length, 'wasm'), javascript: openCrcBuffer(length, 'javascript') };
  readInto(buffers.wasm.bytes, path);
  buffers.javascript.bytes.set(buffers.wasm.bytes.subarray(0, length));
  /** @type {Set<string>} */
  const sums = new Set();
  const add = (/** @type {'wasm' | 'javascript'} */ kernel) => () => {
    sums.add(crc64Hex(buffers[kernel].jones(EMPTY_CRC64, 0, length)));
  };
  const contenders = { wasm: add('wasm'), javascript: add('javascript') };
  for (const warmUp of Object.values(contenders)) warmUp();
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
