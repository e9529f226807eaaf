// Started by ../bench.mjs once everything is installed and built; the paths of the servers are in the environment.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';

import { narrate } from '../machine/narrate.mjs';
import { CHECKOUT } from '../set-up/checkout.mjs';
import { deriveHeartbeats } from './actions.mjs';
import { createHeartbeatMeter } from './heartbeat-meter.mjs';
import { runInside } from './inside.mjs';
import { readOptions } from './options.mjs';
import { withTimeSkipping } from './outside.mjs';
import { makePlan } from './plan.mjs';
import { replaceBlock } from './readme-block.mjs';
import { formatDelay, formatDuration, renderReport } from './report.mjs';
import { runShort } from './short-runs.mjs';
import { bundleWorkflows, quiet } from './stage.mjs';
import { summarize } from './summary.mjs';
import { readVersions } from './versions.mjs';
import { HEARTBEAT_TIMEOUT, WAYS } from './ways.mjs';

/** @import { InsideCost } from './inside.mjs' */
/** @import { Run } from './plan.mjs' */
/** @import { ShortRun } from './short-runs.mjs' */
/** @import { WayName } from './ways.mjs' */

const options = readOptions(process.argv.slice(2));
const plan = makePlan(options);
const say = (/** @type {string} */ line) => void process.stderr.write(`[bench] ${line}\n`);

const begun = performance.now();
await main();
say(`everything took ${formatDelay(performance.now() - begun)}`);

async function main() {
  const measuredAt = new Date().toISOString();
  const [cliPath, testServerPath] = [pathIn('TEMPORAL_CLI_PATH'), pathIn('TEMPORAL_TEST_SERVER_PATH')];

  // Virtual time takes over the timers of this process: before anything of Temporal is there.
  const waits = { waiter: await measure('waiter', runInside), poll: await measure('poll', runInside) };

  const meter = await createHeartbeatMeter();
  Runtime.install({
    logger: quiet,
    shutdownSignals: [], // a signal ends everything at once: there is nothing to save
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) }, metrics: meter.metrics },
  });
  const bundle = await bundleWorkflows();
  const outside = await withTimeSkipping(testServerPath, bundle, meter, async (run) => [
    ...(await measure('package', run)),
    ...(await measure('timer-loop', run)),
  ]);
  const short = await narrate(say, 'short runs on a dev server', () => runShort(cliPath, bundle, meter));
  const inside = [
    ...waits.waiter.map((wait) => asRun(wait, short.runs.waiter)),
    ...waits.poll.map((wait) => asRun(wait, short.runs.poll)),
  ];

  const runs = [...outside, ...inside];
  const versions = readVersions(testServerPath, short.serverVersion);
  const rows = summarize(runs);
  const table = renderReport({ measuredAt, versions, plan, rows });
  const data = { measuredAt, versions, plan, ways: WAYS, heartbeatTimeout: HEARTBEAT_TIMEOUT, rows, runs, short };
  console.log(options.json ? JSON.stringify(data, null, 2) : table);
  if (options.write) {
    const readme = join(CHECKOUT, 'README.md');
    writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), table));
  }
}

/**
 * Runs one way with every copy of the plan.
 *
 * @template {WayName} Name
 * @template Cost
 * @param {Name} way
 * @param {(way: Name, copyTakes: number) => Promise<Cost>} run
 * @returns {Promise<(Cost & { way: Name, copyTakesMs: number, offsetMs: number })[]>}
 */
async function measure(way, run) {
  const { title, isRandom } = WAYS[way];
  const offsets = plan.offsets.flatMap((offset) => Array.from({ length: isRandom ? plan.repeats : 1 }, () => offset));
  const costs = [];
  for (const copyTakesMs of plan.durations) {
    const group = await narrate(say, `${title}: ${formatDuration(copyTakesMs)}, ${offsets.length} x`, async () => {
      const runs = [];
      for (const offsetMs of offsets) {
        runs.push({ way, copyTakesMs, offsetMs, ...(await run(way, copyTakesMs + offsetMs)) });
      }
      return runs;
    });
    costs.push(...group);
  }
  return costs;
}

/**
 * What the wait cost, and what Temporal adds to it.
 *
 * @param {InsideCost & Pick<Run, 'way' | 'copyTakesMs' | 'offsetMs'>} wait
 * @param {ShortRun} short
 * @returns {Run}
 */
function asRun({ attemptMs, ...wait }, { events, workflowRuns, actions }) {
  const heartbeats = deriveHeartbeats(attemptMs, HEARTBEAT_TIMEOUT);
  return { ...wait, events, workflowRuns, actions: { ...actions, heartbeats } };
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
