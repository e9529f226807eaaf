import { TestWorkflowEnvironment } from '@temporalio/testing';

import { startDevServer } from '../servers/start-dev-server.mjs';
import { countActions } from './actions.mjs';
import { SOURCE } from './activities.mjs';
import { requireRule } from './short-runs.mjs';
import { withSimulator, withWorker } from './stage.mjs';

/** @import { MemoryDBSimulator, SimulatedObject } from 'temporal-memorydb-snapshots/testing' */
/** @import { Bench } from './parts.mjs' */

/**
 * How many heartbeats of an export reach a real server: one for each look that finds another number of objects than the
 * look before, the first one included. That is what an attempt tells the next; what the send tells is in the claim.
 * A time-skipping server gets more, because it does not tell how long an activity has lasted.
 *
 * @param {readonly number[]} looksAt when the wait looked
 * @param {readonly number[]} objectsAt when the objects appeared
 * @returns {number}
 */
export function deriveExportHeartbeats(looksAt, objectsAt) {
  const seen = looksAt.map((at) => objectsAt.filter((appearedAt) => appearedAt <= at).length);
  return seen.filter((count, i) => count !== seen[i - 1]).length;
}

/**
 * When the wait of an export looked for its objects: after the request, before the first object is read.
 *
 * @param {MemoryDBSimulator} sim
 * @param {number} callsBefore
 * @returns {number[]}
 */
export function readLooks(sim, callsBefore) {
  const calls = sim.calls.slice(callsBefore);
  const sent = calls.findIndex(({ operation }) => operation === 'CopySnapshot');
  const read = calls.findIndex(({ operation }, i) => i > sent && operation === 'GetObject');
  return calls
    .slice(sent, read === -1 ? undefined : read)
    .filter(({ operation }) => operation === 'ListObjectsV2')
    .map(({ at }) => at);
}

/**
 * @param {readonly SimulatedObject[]} objects
 * @returns {number[]} when each exported one appeared
 */
export function readAppearances(objects) {
  return objects.filter(({ key }) => key.endsWith('.rdb')).map(({ lastModified }) => lastModified);
}

/** Milliseconds. So many looks that neither a heartbeat for each of them nor one for all could be missed. */
const SHORT = { exportTakes: 12_000, lookEvery: 1_000 };
const LEAST_RETRIES = 8;

const REQUEST = { SourceSnapshotName: SOURCE, TargetSnapshotName: 'nightly', TargetBucket: 'short-export' };

/**
 * A short export on a real server, to hold the rule against.
 *
 * @typedef {object} ShortExport
 * @property {string} serverVersion
 * @property {number} looks
 * @property {number} heartbeats that the SDK sent
 * @property {number} derivedHeartbeats what the rule says of this one
 */

/**
 * @param {Pick<Bench, 'servers' | 'bundle' | 'meter'>} bench
 * @returns {Promise<ShortExport>} rejects when the rule for heartbeats does not hold
 */
export async function runShortExport({ servers, bundle, meter }) {
  const server = await startDevServer(servers.cli);
  try {
    const env = await TestWorkflowEnvironment.createFromExistingServer(server);
    try {
      const { serverVersion } = await env.connection.workflowService.getSystemInfo({});
      const paces = { poll: { floorMs: SHORT.lookEvery, share: 0, ceilingMs: SHORT.lookEvery } };
      const run = await withSimulator(Date.now, (sim, client) => {
        sim.set({ exportTakes: SHORT.exportTakes });
        sim.addBucket(REQUEST.TargetBucket);
        return withWorker(
          env,
          bundle,
          sim,
          client,
          async (runWorkflow) => {
            const before = await meter.read();
            const { events } = await runWorkflow('copyMemoryDBSnapshot', 'short-export', [{ request: REQUEST }]);
            const heartbeats = (await meter.read()) - before;
            const looks = readLooks(sim, 0);
            const appearances = readAppearances(await sim.objects(REQUEST.TargetBucket));
            return { retries: countActions(events, 0).retries, heartbeats, looks, appearances };
          },
          paces
        );
      });
      const { retries, heartbeats, looks, appearances } = run;
      const derivedHeartbeats = deriveExportHeartbeats(looks, appearances);
      if (retries < LEAST_RETRIES) {
        throw new Error(`an export: ${retries} further looks prove nothing; is the machine overloaded?`);
      }
      requireRule(`an export, ${retries} further looks`, heartbeats, derivedHeartbeats);
      return { serverVersion: serverVersion ?? '', looks: looks.length, heartbeats, derivedHeartbeats };
    } finally {
      await env.teardown();
    }
  } finally {
    await server.stop();
  }
}
