import { fileURLToPath } from 'node:url';

import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';

import { createOtherActivities, SOURCE } from './activities.mjs';

/** @import { Client, WorkflowHandle } from '@temporalio/client' */
/** @import { TestWorkflowEnvironment } from '@temporalio/testing' */
/** @import { WorkflowBundleWithSourceMap } from '@temporalio/worker' */
/** @import { Paces } from 'temporal-memorydb-snapshots/contract' */

/** @typedef {Awaited<ReturnType<WorkflowHandle['fetchHistory']>>} History */
/** @typedef {NonNullable<History['events']>[number]} TimedEvent */

const TASK_QUEUE = 'bench';
const CLUSTER = 'prod';

export const quiet = new DefaultLogger('ERROR');

/**
 * A simulator with the source, and a client for it.
 *
 * @template T
 * @param {() => number | Promise<number>} now
 * @param {(sim: MemoryDBSimulator, client: MemoryDBClient) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSimulator(now, work) {
  const sim = await MemoryDBSimulator.start({ now });
  const client = new MemoryDBClient(sim.aws.memorydb);
  try {
    sim.addCluster(CLUSTER, { shards: 3 });
    sim.addSnapshot(SOURCE, { cluster: CLUSTER });
    sim.set({ quota: 1_000 }); // all runs copy the same source
    return await work(sim, client);
  } finally {
    client.destroy();
    await sim.close();
  }
}

/**
 * @returns {Promise<WorkflowBundleWithSourceMap>}
 */
export function bundleWorkflows() {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.mjs', import.meta.url)),
    logger: quiet,
  });
}

/**
 * @param {string} target
 * @returns {{ type: string, args: unknown[] }} this package's workflow
 */
export function jobOf(target) {
  const request = { SourceSnapshotName: SOURCE, TargetSnapshotName: target };
  return { type: 'copyMemoryDBSnapshot', args: [{ request }] };
}

/**
 * A closed workflow, with the events of all its runs.
 *
 * @typedef {object} Closed
 * @property {number} workflowRuns
 * @property {readonly TimedEvent[]} events
 * @property {number} historyBytes
 * @property {number} closedAt on the server's clock, in milliseconds since 1970
 */

/** @typedef {{ encode: (message: object) => { finish: () => Uint8Array } }} MessageType a class that protobuf.js made */

/** @typedef {(type: string, workflowId: string, args: unknown[]) => Promise<Closed>} RunWorkflow */

/**
 * A worker for all ways.
 *
 * @template T
 * @param {TestWorkflowEnvironment} env
 * @param {WorkflowBundleWithSourceMap} workflowBundle
 * @param {MemoryDBSimulator} sim
 * @param {MemoryDBClient} client
 * @param {(run: RunWorkflow) => Promise<T>} work
 * @param {Partial<Paces>} [paces] of this package
 * @returns {Promise<T>}
 */
export async function withWorker(env, workflowBundle, sim, client, work, paces = {}) {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    ...(env.namespace !== undefined && { namespace: env.namespace }),
    taskQueue: TASK_QUEUE,
    workflowBundle,
    activities: createOtherActivities(client),
    plugins: [new MemoryDBSnapshotPlugin({ ...sim.aws, paces })],
  });
  return worker.runUntil(() => work((type, workflowId, args) => runWorkflow(env.client, type, workflowId, args)));
}

/**
 * @param {Client} client
 * @param {string} type
 * @param {string} workflowId
 * @param {unknown[]} args
 * @returns {Promise<Closed>}
 */
async function runWorkflow({ workflow }, type, workflowId, args) {
  const started = await workflow.start(type, { workflowId, args, taskQueue: TASK_QUEUE });
  await started.result();
  /** @type {TimedEvent[]} */
  const all = [];
  let workflowRuns = 0;
  let historyBytes = 0;
  /** @type {string | null | undefined} */
  let runId = started.firstExecutionRunId;
  while (runId) {
    /** @type {History} */
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    all.push(...(history.events ?? []));
    workflowRuns += 1;
    historyBytes += sizeOf(history);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  const { closeTime } = await workflow.getHandle(workflowId).describe();
  if (closeTime === undefined) throw new Error(`${workflowId} has a result and no closing time`);
  return { workflowRuns, events: all, historyBytes, closedAt: closeTime.getTime() };
}

/**
 * The time-skipping server does not tell it.
 *
 * @param {object} history as the SDK decoded it
 * @returns {number} bytes in protobuf's encoding
 */
function sizeOf(history) {
  /** @type {unknown} */
  const messageType = history.constructor;
  return /** @type {MessageType} */ (messageType).encode(history).finish().length;
}
