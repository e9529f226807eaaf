import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { withChild } from './verification-child.mjs';
import { renderVerification } from './verification-report.mjs';

/** @import { Part } from './parts.mjs' */
/** @import { VerificationPlan } from './plan.mjs' */
/** @import { Measured } from './verification-process.mjs' */

const PROCESS = fileURLToPath(new URL('./verification-process.mjs', import.meta.url));

/**
 * How fast files and objects are verified, and in how much memory.
 *
 * @param {string} measuredAt ISO 8601
 * @param {VerificationPlan} plan
 * @param {{ readonly files: string, readonly folder: string }} folders of the RDB files, and to work in
 * @returns {Promise<Part>}
 */
export async function measureVerification(measuredAt, plan, folders) {
  const machine = { node: process.versions.node, cpus: availableParallelism() };
  return withChild(PROCESS, [JSON.stringify({ plan, ...folders })], async (/** @type {Measured} */ measured) => ({
    text: renderVerification({ measuredAt, machine, plan, measured }),
    data: { machine, plan, ...measured },
  }));
}
