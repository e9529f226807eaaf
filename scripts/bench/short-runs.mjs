import { TestWorkflowEnvironment } from '@temporalio/testing';

import { startDevServer } from '../servers/start-dev-server.mjs';
import { countActions, deriveHeartbeats } from './actions.mjs';
import { withSimulator, withWorker } from './stage.mjs';

/** @import { WorkflowBundleWithSourceMap } from '@temporalio/worker' */
/** @import { Actions } from './actions.mjs' */
/** @import { HeartbeatMeter } from './heartbeat-meter.mjs' */
/** @import { Closed, TimedEvent } from './stage.mjs' */
/** @import { WayInside } from './wait-inside.mjs' */

/** Milliseconds; `poll` looks more often than in earnest, which no history tells. */
const SHORT = { copyTakes: 6_000, heartbeatTimeout: 5_000, lookEvery: 2_000 };

/**
 * A way inside an attempt as Temporal sees it, on a real server.
 *
 * @typedef {object} ShortRun
 * @property {number} events as many as a long wait has: a running attempt writes none
 * @property {number} workflowRuns
 * @property {Actions} actions
 * @property {number} attemptMs
 * @property {number} derivedHeartbeats what the rule for long waits says of this one
 */

/**
 * @typedef {object} ShortRuns
 * @property {string} serverVersion
 * @property {Readonly<Record<WayInside, ShortRun>>} runs
 */

/**
 * @param {string} cliPath
 * @param {WorkflowBundleWithSourceMap} bundle
 * @param {HeartbeatMeter} meter
 * @returns {Promise<ShortRuns>} rejects when the rule for heartbeats does not hold
 */
export async function runShort(cliPath, bundle, meter) {
  const server = await startDevServer(cliPath);
  try {
    const env = await TestWorkflowEnvironment.createFromExistingServer(server);
    try {
      const { serverVersion } = await env.connection.workflowService.getSystemInfo({});
      const runs = await withSimulator(Date.now, (sim, client) => {
        sim.set({ copyTakes: SHORT.copyTakes });
        return withWorker(env, bundle, sim, client, async (runWorkflow) => {
          /** @param {WayInside} way */
          const runOne = async (way) => {
            const before = await meter.read();
            const args = [way, `${way}-copy`, SHORT.heartbeatTimeout, SHORT.lookEvery];
            const closed = await runWorkflow('benchWaitInside', way, args);
            return judgeShort(way, closed, (await meter.read()) - before);
          };
          return { waiter: await runOne('waiter'), poll: await runOne('poll') };
        });
      });
      return { serverVersion, runs };
    } finally {
      await env.teardown();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {WayInside} way
 * @param {Closed} closed
 * @param {number} heartbeats
 * @returns {ShortRun}
 */
function judgeShort(way, { events, workflowRuns }, heartbeats) {
  const actions = countActions(events, heartbeats);
  const attemptMs = longestAttempt(events);
  const derivedHeartbeats = deriveHeartbeats(attemptMs, SHORT.heartbeatTimeout);
  if (actions.retries > 0) throw new Error(`${way}: the short run lost its attempt; is the machine overloaded?`);
  // One more or less is a question of milliseconds.
  if (Math.abs(heartbeats - derivedHeartbeats) > 1) {
    throw new Error(`${way}: ${heartbeats} heartbeats in ${attemptMs} ms where ${derivedHeartbeats} were expected`);
  }
  return { events: events.length, workflowRuns, actions, attemptMs, derivedHeartbeats };
}

/**
 * @param {readonly TimedEvent[]} events of one run
 * @returns {number} in milliseconds, 0 when no attempt completed
 */
function longestAttempt(events) {
  const startedAt = new Map(events.map((event) => [String(event.eventId), toMs(event.eventTime)]));
  const lengths = events.flatMap(({ eventTime, activityTaskCompletedEventAttributes: completed }) =>
    completed ? [toMs(eventTime) - (startedAt.get(String(completed.startedEventId)) ?? Infinity)] : []
  );
  return Math.max(0, ...lengths);
}

/**
 * @param {TimedEvent['eventTime']} time
 * @returns {number} milliseconds since 1970
 */
function toMs(time) {
  return Number(time?.seconds ?? NaN) * 1_000 + (time?.nanos ?? 0) / 1e6;
}
