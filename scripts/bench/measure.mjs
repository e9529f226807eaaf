// Started by ../bench.mjs once everything is installed and built; the paths of servers and files are in the environment.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';

import { CHECKOUT } from '../set-up/checkout.mjs';
import { measureExports } from './exports.mjs';
import { createHeartbeatMeter } from './heartbeat-meter.mjs';
import { readOptions } from './options.mjs';
import { needTemporal } from './parts.mjs';
import { makeExportPlan, makePlan, makeVerificationPlan } from './plan.mjs';
import { replaceBlock } from './readme-block.mjs';
import { bundleWorkflows, quiet } from './stage.mjs';
import { formatDelay } from './table.mjs';
import { measureVerification } from './verification.mjs';
import { readVersions } from './versions.mjs';
import { measureInside, measureWaiting } from './waiting.mjs';

/** @import { Bench, Part, PartName } from './parts.mjs' */
/** @import { Versions } from './versions.mjs' */

const options = readOptions(process.argv.slice(2));
const say = (/** @type {string} */ line) => void process.stderr.write(`[bench] ${line}\n`);

const begun = performance.now();
await main();
say(`everything took ${formatDelay(performance.now() - begun)}`);

async function main() {
  const measuredAt = new Date().toISOString();
  const { versions, parts } = needTemporal(options.parts) ? await measureWorkflows(measuredAt) : { parts: [] };
  if (options.parts.includes('verification')) {
    const folders = { files: pathIn('BENCH_RDB_FILES'), folder: pathIn('BENCH_WORK_FOLDER') };
    parts.push(['verification', await measureVerification(measuredAt, makeVerificationPlan(options), folders)]);
  }

  const data = Object.fromEntries(parts.map(([name, part]) => [name, part.data]));
  const text = parts.map(([, part]) => part.text).join('\n\n');
  console.log(options.json ? JSON.stringify({ measuredAt, versions, ...data }, null, 2) : text);
  if (options.write) {
    const readme = join(CHECKOUT, 'README.md');
    const before = readFileSync(readme, 'utf8');
    writeFileSync(
      readme,
      parts.reduce((text, [name, part]) => replaceBlock(text, name, part.text), before)
    );
  }
}

/**
 * @param {string} measuredAt
 * @returns {Promise<{ versions?: Versions, parts: [PartName, Part][] }>}
 */
async function measureWorkflows(measuredAt) {
  const servers = { cli: pathIn('TEMPORAL_CLI_PATH'), timeSkipping: pathIn('TEMPORAL_TEST_SERVER_PATH') };
  const versions = readVersions(servers.timeSkipping);
  const plan = makePlan(options);
  const waits = options.parts.includes('waiting') ? await measureInside(plan, say) : undefined;

  const meter = await createHeartbeatMeter();
  Runtime.install({
    logger: quiet,
    shutdownSignals: [], // a signal ends everything at once: there is nothing to save
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) }, metrics: meter.metrics },
  });
  /** @type {Bench} */
  const bench = { measuredAt, versions, servers, bundle: await bundleWorkflows(), meter, say };
  /** @type {[PartName, Part][]} */
  const parts = [];
  if (waits) parts.push(['waiting', await measureWaiting(bench, plan, waits)]);
  if (options.parts.includes('exports')) parts.push(['exports', await measureExports(bench, makeExportPlan(options))]);
  return { versions, parts };
}

/**
 * @param {string} variable
 * @returns {string}
 */
function pathIn(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: start this by \`npm run bench\``);
  return path;
}
