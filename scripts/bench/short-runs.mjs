import { TestWorkflowEnvironment } from '@temporalio/testing';

import { startDevServer } from '../servers/start-dev-server.mjs';
import { countActions, deriveHeartbeats, deriveJobHeartbeats } from './actions.mjs';
import { jobOf, withSimulator, withWorker } from './stage.mjs';

/** @import { WorkflowBundleWithSourceMap } from '@temporalio/worker' */
/** @import { Actions } from './actions.mjs' */
/** @import { HeartbeatMeter } from './heartbeat-meter.mjs' */
/** @import { Closed, RunWorkflow, TimedEvent } from './stage.mjs' */
/** @import { WayInside } from './wait-inside.mjs' */

/** Milliseconds; `poll` looks more often than in earnest, which no history tells. */
const SHORT = { copyTakes: 6_000, heartbeatTimeout: 5_000, lookEvery: 2_000 };

/** This package looks so often that a heartbeat per look could not be missed. */
const SHORT_PACES = { poll: { floorMs: 1_000, share: 0, ceilingMs: 1_000 } };
const LEAST_RETRIES = 3;

/**
 * A short wait as Temporal sees it, on a real server.
 *
 * @typedef {object} ShortRun
 * @property {number} events of a way inside an attempt as many as a long wait has: a running attempt writes none
 * @property {number} workflowRuns
 * @property {Actions} actions
 * @property {number} attemptMs the longest
 * @property {number} derivedHeartbeats what the rule for long waits says of this one
 */

/**
 * @typedef {object} ShortRuns
 * @property {string} serverVersion
 * @property {Readonly<Record<WayInside | 'package', ShortRun>>} runs
 */

/**
 * @param {string} cliPath
 * @param {WorkflowBundleWithSourceMap} bundle
 * @param {HeartbeatMeter} meter
 * @returns {Promise<ShortRuns>} rejects when a rule for heartbeats does not hold
 */
export async function runShort(cliPath, bundle, meter) {
  const server = await startDevServer(cliPath);
  try {
    const env = await TestWorkflowEnvironment.createFromExistingServer(server);
    try {
      const { serverVersion } = await env.connection.workflowService.getSystemInfo({});
      const runs = await withSimulator(Date.now, (sim, client) => {
        sim.set({ copyTakes: SHORT.copyTakes });
        /** @param {RunWorkflow} runWorkflow */
        const runAll = async (runWorkflow) => {
          /** @param {WayInside} way */
          const runOne = async (way) => {
            const before = await meter.read();
            const args = [way, `${way}-copy`, SHORT.heartbeatTimeout, SHORT.lookEvery];
            const closed = await runWorkflow('benchWaitInside', way, args);
            return judgeShort(way, closed, (await meter.read()) - before);
          };
          const runJob = async () => {
            const before = await meter.read();
            const { type, args } = jobOf('package-copy');
            const closed = await runWorkflow(type, 'package', args);
            return judgeJob(closed, (await meter.read()) - before);
          };
          return { waiter: await runOne('waiter'), poll: await runOne('poll'), package: await runJob() };
        };
        return withWorker(env, bundle, sim, client, runAll, SHORT_PACES);
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
  requireRule(way, heartbeats, derivedHeartbeats);
  return { events: events.length, workflowRuns, actions, attemptMs, derivedHeartbeats };
}

/**
 * @param {Closed} closed
 * @param {number} heartbeats
 * @returns {ShortRun}
 */
function judgeJob({ events, workflowRuns }, heartbeats) {
  const actions = countActions(events, heartbeats);
  const derivedHeartbeats = deriveJobHeartbeats(events);
  if (actions.retries < LEAST_RETRIES) {
    throw new Error(`this package: ${actions.retries} further looks prove nothing; is the machine overloaded?`);
  }
  requireRule(`this package, ${actions.retries} further looks`, heartbeats, derivedHeartbeats);
  return { events: events.length, workflowRuns, actions, attemptMs: longestAttempt(events), derivedHeartbeats };
}

/**
 * One more or less is a question of milliseconds.
 *
 * @param {string} what
 * @param {number} heartbeats
 * @param {number} derived
 */
export function requireRule(what, heartbeats, derived) {
  if (Math.abs(heartbeats - derived) <= 1) return;
  throw new Error(`${what}: the SDK sent ${heartbeats} heartbeats where the rule says ${derived}`);
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
