import { narrate } from '../machine/narrate.mjs';
import { deriveHeartbeats } from './actions.mjs';
import { runInside } from './inside.mjs';
import { withTimeSkipping } from './outside.mjs';
import { renderReport } from './report.mjs';
import { runShort } from './short-runs.mjs';
import { summarize } from './summary.mjs';
import { formatDuration } from './table.mjs';
import { HEARTBEAT_TIMEOUT, WAYS } from './ways.mjs';

/** @import { InsideCost } from './inside.mjs' */
/** @import { Bench, Part } from './parts.mjs' */
/** @import { Plan, Run } from './plan.mjs' */
/** @import { ShortRun } from './short-runs.mjs' */
/** @import { WayName } from './ways.mjs' */

/** @typedef {(line: string) => void} Say */
/** @typedef {Pick<Run, 'way' | 'copyTakesMs' | 'offsetMs'>} RunId */
/** @typedef {Readonly<Record<'waiter' | 'poll', readonly (InsideCost & RunId)[]>>} InsideWaits */

/**
 * Virtual time takes over the timers of this process: before anything of Temporal is there.
 *
 * @param {Plan} plan
 * @param {Say} say
 * @returns {Promise<InsideWaits>}
 */
export async function measureInside(plan, say) {
  return {
    waiter: await measure(plan, say, 'waiter', runInside),
    poll: await measure(plan, say, 'poll', runInside),
  };
}

/**
 * What it costs to wait for a copy, in four ways.
 *
 * @param {Bench} bench
 * @param {Plan} plan
 * @param {InsideWaits} waits
 * @returns {Promise<Part>}
 */
export async function measureWaiting({ measuredAt, versions, servers, bundle, meter, say }, plan, waits) {
  const outside = await withTimeSkipping(servers.timeSkipping, bundle, async (run) => [
    ...(await measure(plan, say, 'package', run)),
    ...(await measure(plan, say, 'timer-loop', run)),
  ]);
  const short = await narrate(say, 'short runs on a dev server', () => runShort(servers.cli, bundle, meter));
  const inside = [
    ...waits.waiter.map((wait) => asRun(wait, short.runs.waiter)),
    ...waits.poll.map((wait) => asRun(wait, short.runs.poll)),
  ];
  const runs = [...outside, ...inside];
  const rows = summarize(runs);
  return {
    text: renderReport({ measuredAt, versions, devServer: short.serverVersion, plan, rows }),
    data: { plan, ways: WAYS, heartbeatTimeout: HEARTBEAT_TIMEOUT, rows, runs, short },
  };
}

/**
 * Runs one way with every copy of the plan.
 *
 * @template {WayName} Name
 * @template Cost
 * @param {Plan} plan
 * @param {Say} say
 * @param {Name} way
 * @param {(way: Name, copyTakes: number) => Promise<Cost>} run
 * @returns {Promise<(Cost & { way: Name, copyTakesMs: number, offsetMs: number })[]>}
 */
async function measure(plan, say, way, run) {
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
 * @param {InsideCost & RunId} wait
 * @param {ShortRun} short
 * @returns {Run}
 */
function asRun({ attemptMs, ...wait }, { events, workflowRuns, actions }) {
  const heartbeats = deriveHeartbeats(attemptMs, HEARTBEAT_TIMEOUT);
  return { ...wait, events, workflowRuns, actions: { ...actions, heartbeats } };
}
