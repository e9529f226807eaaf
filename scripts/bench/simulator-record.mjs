/** @import { CallRecord, MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing' */

/**
 * @param {readonly CallRecord[]} calls
 * @returns {Record<string, number>} by operation
 */
export function countCalls(calls) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/**
 * @param {MemoryDBSimulator} sim
 * @param {string} target
 * @param {number} copyTakes in milliseconds
 * @returns {Promise<number>} when the copy became available, on the simulator's clock
 */
export async function readEnd(sim, target, copyTakes) {
  const copy = await sim.snapshot(target);
  if (copy?.status !== 'available') throw new Error(`${target} is ${copy?.status ?? 'missing'} after the wait for it`);
  return copy.createdAt + copyTakes;
}
