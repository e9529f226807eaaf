// `npm run bench`, on a fresh checkout as well: what waiting for a copy costs, beside other ways, what exports cost, and
// how fast they are verified.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { HELP, readOptions } from './bench/options.mjs';
import { needTemporal } from './bench/parts.mjs';
import { makeVerificationPlan } from './bench/plan.mjs';
import { hasBlock, markersOf } from './bench/readme-block.mjs';
import { prepareFiles, requirePrograms, withWorkFolder } from './bench/verification-files.mjs';
import { SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';
import { findServers } from './set-up/find-servers.mjs';

/** @import { BenchOptions } from './bench/options.mjs' */
/** @import { Machine } from './machine/machine.mjs' */

const MEASURE = fileURLToPath(new URL('./bench/measure.mjs', import.meta.url));

runEntry(async (machine) => {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.write) requireBlocks(options);
  const verifies = options.parts.includes('verification');
  if (verifies) await requirePrograms(machine);
  await ensureInstalled(machine, CHECKOUT);
  const [servers] = await Promise.all([
    needTemporal(options.parts) ? requireServers(machine) : {},
    ensureBuilt(machine, CHECKOUT),
  ]);
  // In a process of its own, which ends together with the servers that it starts.
  const measure = async (/** @type {Record<string, string>} */ paths) => {
    const env = { ...servers, ...paths };
    const { code } = await machine.run(process.execPath, [MEASURE, ...args], { cwd: CHECKOUT, env, show: true });
    return code;
  };
  if (!verifies) return measure({});
  return withWorkFolder(machine, async (workFolder) => {
    const files = await prepareFiles(machine, makeVerificationPlan(options), { keep: options.keep, workFolder });
    return measure({ BENCH_RDB_FILES: files, BENCH_WORK_FOLDER: workFolder });
  });
});

/**
 * @param {BenchOptions} options
 */
function requireBlocks({ parts }) {
  const readme = join(CHECKOUT, 'README.md');
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  for (const part of parts) {
    if (!hasBlock(text, part)) throw new SetUpError(`--write: no README.md with ${markersOf(part).join(' and ')}`);
  }
}

/**
 * @param {Machine} machine
 * @returns {Promise<Record<string, string>>} the paths, by the variables that tell them
 */
async function requireServers(machine) {
  const { devServer, timeSkippingServer } = await findServers(machine, CHECKOUT);
  if ('missing' in devServer) throw new SetUpError(devServer.missing);
  if ('missing' in timeSkippingServer) throw new SetUpError(timeSkippingServer.missing);
  return { TEMPORAL_CLI_PATH: devServer.path, TEMPORAL_TEST_SERVER_PATH: timeSkippingServer.path };
}
