/** @import { WorkflowBundleWithSourceMap } from '@temporalio/worker' */
/** @import { HeartbeatMeter } from './heartbeat-meter.mjs' */
/** @import { Versions } from './versions.mjs' */

/**
 * The parts of the benchmark, in their order; each has a block of its name in the README.
 *
 * @type {readonly PartName[]}
 */
export const PARTS = ['waiting', 'exports', 'verification'];

/** @typedef {'waiting' | 'exports' | 'verification'} PartName */

/**
 * @param {readonly PartName[]} parts
 * @returns {boolean} whether one of them runs workflows
 */
export function needTemporal(parts) {
  return parts.some((part) => part !== 'verification');
}

/**
 * What a part measured.
 *
 * @typedef {object} Part
 * @property {string} text Markdown
 * @property {object} data
 */

/**
 * What the parts that run workflows measure with.
 *
 * @typedef {object} Bench
 * @property {string} measuredAt ISO 8601
 * @property {Versions} versions
 * @property {{ readonly cli: string, readonly timeSkipping: string }} servers paths
 * @property {WorkflowBundleWithSourceMap} bundle
 * @property {HeartbeatMeter} meter
 * @property {(line: string) => void} say
 */
