import { TestWorkflowEnvironment } from '@temporalio/testing';

import { narrate } from '../machine/narrate.mjs';
import { countActions } from './actions.mjs';
import { deriveExportHeartbeats, readAppearances, readLooks, runShortExport } from './exports-heartbeats.mjs';
import { renderExports } from './exports-report.mjs';
import { countCalls } from './simulator-record.mjs';
import { withSimulator, withWorker } from './stage.mjs';

/** @import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing' */
/** @import { Actions } from './actions.mjs' */
/** @import { Bench, Part } from './parts.mjs' */
/** @import { ExportPlan } from './plan.mjs' */
/** @import { RunWorkflow } from './stage.mjs' */

/**
 * One export.
 *
 * @typedef {object} ExportRun
 * @property {number} shards
 * @property {number} offsetMs added to the duration of the export
 * @property {Readonly<Record<string, number>>} calls to MemoryDB and S3, by operation
 * @property {number} events
 * @property {number} historyBytes
 * @property {Actions} actions
 * @property {number} noticedAfterMs from the last object's appearance to the first look into one
 * @property {number} completeAfterMs from the last object's appearance to the completed manifest
 */

/** @typedef {Omit<ExportRun, 'shards' | 'offsetMs'>} ExportCost */

/**
 * What exports cost, by the number of their shards.
 *
 * @param {Bench} bench
 * @param {ExportPlan} plan
 * @returns {Promise<Part>}
 */
export async function measureExports(bench, plan) {
  const { measuredAt, versions, servers, bundle, say } = bench;
  const short = await narrate(say, 'a short export on a dev server', () => runShortExport(bench));
  const executable = /** @type {const} */ ({ type: 'existing-path', path: servers.timeSkipping });
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  try {
    const runs = await withSimulator(
      () => env.currentTimeMs(),
      (sim, client) => withWorker(env, bundle, sim, client, (runWorkflow) => runAll(plan, sim, runWorkflow, say))
    );
    const text = renderExports({ measuredAt, versions, devServer: short.serverVersion, plan, runs });
    return { text, data: { plan, runs, short } };
  } finally {
    await env.teardown();
  }
}

/**
 * One export after the other: the server's clock is one for all workflows, and would jump over the others.
 *
 * @param {ExportPlan} plan
 * @param {MemoryDBSimulator} sim
 * @param {RunWorkflow} runWorkflow
 * @param {Bench['say']} say
 * @returns {Promise<ExportRun[]>}
 */
async function runAll({ shardCounts, exportTakes, offsets, objectSize }, sim, runWorkflow, say) {
  /** @type {ExportRun[]} */
  const runs = [];
  for (const shards of shardCounts) {
    await narrate(say, `an export of ${shards} shards, ${offsets.length} x`, async () => {
      const cluster = `of-${shards}`;
      const source = `automatic.${cluster}-2026-11-23-03-15`;
      sim.addCluster(cluster, { shards });
      sim.addSnapshot(source, { cluster, shardSize: objectSize });
      for (const offsetMs of offsets) {
        sim.set({ exportTakes: exportTakes + offsetMs });
        runs.push({ shards, offsetMs, ...(await runExport(sim, runWorkflow, source, `export-${runs.length + 1}`)) });
      }
    });
  }
  return runs;
}

/**
 * @param {MemoryDBSimulator} sim
 * @param {RunWorkflow} runWorkflow
 * @param {string} source
 * @param {string} bucket a new one
 * @returns {Promise<ExportCost>}
 */
async function runExport(sim, runWorkflow, source, bucket) {
  sim.addBucket(bucket);
  const callsBefore = sim.calls.length;
  const request = { SourceSnapshotName: source, TargetSnapshotName: 'nightly', TargetBucket: bucket };
  const { events, historyBytes } = await runWorkflow('copyMemoryDBSnapshot', bucket, [{ request }]);
  const appearances = readAppearances(await sim.objects(bucket));
  const lastAt = Math.max(...appearances);
  const firstLook = sim.callsTo('GetObject').find(({ n, input }) => n > callsBefore && isExported(input.Key));
  const completion = sim.callsTo('PutObject').at(-1);
  return {
    calls: countCalls(sim.calls.slice(callsBefore)),
    events: events.length,
    historyBytes,
    actions: countActions(events, deriveExportHeartbeats(readLooks(sim, callsBefore), appearances)),
    noticedAfterMs: (firstLook?.at ?? NaN) - lastAt,
    completeAfterMs: (completion?.at ?? NaN) - lastAt,
  };
}

/**
 * @param {string} [key]
 * @returns {boolean}
 */
function isExported(key) {
  return key?.endsWith('.rdb') ?? false;
}
