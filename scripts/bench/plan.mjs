/** @import { Actions } from './actions.mjs' */
/** @import { WayName } from './ways.mjs' */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Which copies are waited for. Milliseconds.
 *
 * @typedef {object} Plan
 * @property {readonly number[]} durations
 * @property {readonly number[]} offsets added to each duration: a copy ends at any phase between two looks
 * @property {number} repeats how often a way whose delays are random waits for the same copy
 */

/**
 * The offsets spread evenly over 30 s, and well over the 120 s between the looks of the AWS SDK's waiter: copies that
 * end at the same point between two looks would flatter one way and wrong another.
 *
 * @param {{ readonly quick: boolean }} options
 * @returns {Plan}
 */
export function makePlan({ quick }) {
  const durations = [15 * MINUTE, 30 * MINUTE, 4 * HOUR, 23 * HOUR];
  const offsets = [-87, -51, -15, 21, 57].map((seconds) => seconds * SECOND);
  if (quick) return { durations: durations.slice(0, 2), offsets: offsets.slice(2, 3), repeats: 1 };
  return { durations, offsets, repeats: 3 };
}

/**
 * Which exports are made.
 *
 * @typedef {object} ExportPlan
 * @property {readonly number[]} shardCounts
 * @property {number} exportTakes in milliseconds
 * @property {readonly number[]} offsets in milliseconds, added to it: as with copies
 * @property {string} objectSize more than one read gets
 */

/**
 * @param {{ readonly quick: boolean }} options
 * @returns {ExportPlan} up to the 500 shards that a cluster may have
 */
export function makeExportPlan({ quick }) {
  const { offsets } = makePlan({ quick });
  return { shardCounts: quick ? [1, 3] : [1, 3, 90, 500], exportTakes: 30 * MINUTE, offsets, objectSize: '11 MB' };
}

const MIB = 2 ** 20;

/**
 * What is verified. Sizes in bytes.
 *
 * @typedef {object} VerificationPlan
 * @property {boolean} quick
 * @property {Readonly<Record<FileKind, number>>} files about so large
 * @property {number} runs of each contender, by turns
 * @property {number} kernelBytes
 * @property {{ readonly small: number, readonly large: number, readonly runs: number }} memory
 */

/** @typedef {'mix' | 'small' | 'blob' | 'coll'} FileKind */

/**
 * Collections take redis-check-rdb minutes: of them a smaller file is read, so that the engine has seen some.
 *
 * @param {{ readonly quick: boolean }} options
 * @returns {VerificationPlan}
 */
export function makeVerificationPlan({ quick }) {
  const size = quick ? 64 * MIB : 1_088 * MIB; // the server's estimate may be a few per cent too low
  return {
    quick,
    files: { mix: size, small: size, blob: size, coll: size / 4 },
    runs: quick ? 3 : 5,
    kernelBytes: quick ? 64 * MIB : 512 * MIB,
    memory: quick
      ? { small: 64 * MIB, large: 512 * MIB, runs: 1 }
      : { small: 1_024 * MIB, large: 8 * 1_024 * MIB, runs: 3 },
  };
}

/**
 * One copy, waited for in one way.
 *
 * @typedef {object} Run
 * @property {WayName} way
 * @property {number} copyTakesMs as planned, without the offset
 * @property {number} offsetMs
 * @property {Readonly<Record<string, number>>} calls to AWS, by operation
 * @property {number} events
 * @property {number} workflowRuns
 * @property {Actions} actions
 * @property {number} noticedAfterMs from the end of the copy to the return of the job
 */
