// Started by verification.mjs, in a process that reads nothing but the files of the plan: what an engine has read
// before decides how fast it is.
import { join } from 'node:path';

import { narrate } from '../machine/narrate.mjs';
import { measureCheckpoint } from './verification-checkpoint.mjs';
import { measureDownload } from './verification-download.mjs';
import { measureKernel } from './verification-kernel.mjs';
import { measureMemory } from './verification-memory.mjs';
import { measureSpeed, readRedisVersion, warmUp } from './verification-speed.mjs';

/** @import { FileKind, VerificationPlan } from './plan.mjs' */
/** @import { Contender } from './verification-speed.mjs' */
/** @import { Timed } from './verification-turns.mjs' */

/**
 * @typedef {object} Measured
 * @property {string} redis the version of redis-check-rdb
 * @property {Readonly<Record<FileKind, Readonly<Record<Contender, Timed>>>>} speed
 * @property {Awaited<ReturnType<typeof measureKernel>>} kernel
 * @property {Awaited<ReturnType<typeof measureDownload>>} download
 * @property {Awaited<ReturnType<typeof measureMemory>>} memory
 * @property {number} checkpointBytes the longest state of a scan
 */

/** @typedef {{ readonly plan: VerificationPlan, readonly files: string, readonly folder: string }} Task */

const KINDS = /** @type {const} */ (['mix', 'small', 'blob', 'coll']);

const say = (/** @type {string} */ line) => void process.stderr.write(`[bench] ${line}\n`);

process.on('disconnect', () => process.exit());
process.send?.(await measure(JSON.parse(process.argv[2] ?? '')));

/**
 * @param {Task} task
 * @returns {Promise<Measured>}
 */
async function measure({ plan, files, folder }) {
  const pathOf = (/** @type {FileKind} */ kind) => join(files, `${kind}.rdb`);
  await narrate(say, 'every file at every level, to warm up', async () => {
    for (const kind of KINDS) await warmUp(pathOf(kind));
  });
  const measureKind = (/** @type {FileKind} */ kind) =>
    narrate(say, `${kind}.rdb, ${plan.runs} x`, () => measureSpeed(pathOf(kind), plan.runs));
  const speed = {
    mix: await measureKind('mix'),
    small: await measureKind('small'),
    blob: await measureKind('blob'),
    coll: await measureKind('coll'),
  };
  const kernel = await narrate(say, 'the kernel', () => measureKernel(pathOf('mix'), plan.kernelBytes, plan.runs));
  const download = await narrate(say, `mix.rdb over HTTPS, ${plan.runs} x`, () =>
    measureDownload(pathOf('mix'), plan.runs, folder)
  );
  const checkpointBytes = await narrate(say, 'checkpoints', async () =>
    Math.max(...KINDS.map((kind) => measureCheckpoint(pathOf(kind))))
  );
  const memory = await narrate(say, `peaks of memory, ${plan.memory.runs} x`, () => measureMemory(plan.memory, folder));
  return { redis: await readRedisVersion(), speed, kernel, download, memory, checkpointBytes };
}
