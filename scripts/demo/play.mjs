import { setMaxListeners } from 'node:events';

import { Client, Connection } from '@temporalio/client';
import { startSnapshotJob } from 'temporal-memorydb-snapshots';

import { Interrupted } from '../machine/errors.mjs';
import { startDevServer } from '../servers/start-dev-server.mjs';
import { readHistory } from './history.mjs';
import { formatCopy, formatEvent, formatExport } from './report.mjs';
import { BUCKET, EXPORT_TARGET, openScene, SOURCE, TARGET } from './scene.mjs';
import { startWorker } from './worker-process.mjs';

/** @import { CopySnapshotRequest, CopySnapshotResult } from 'temporal-memorydb-snapshots' */
/** @import { DevServer } from '../servers/start-dev-server.mjs' */
/** @import { DemoOptions } from './options.mjs' */
/** @import { Scene } from './scene.mjs' */

/**
 * What a job took.
 *
 * @typedef {object} JobCosts
 * @property {string} workflowId
 * @property {number} historyEvents
 * @property {number} polls
 * @property {Readonly<Record<string, number>>} awsCalls
 */

/**
 * @typedef {Extract<CopySnapshotResult, { kind: 'copy' }> & JobCosts & { readonly acceptedCopies: number }} CopyReport
 * @typedef {Extract<CopySnapshotResult, { kind: 'export' }> & JobCosts & { readonly manifestState: string }} ExportReport
 */

/**
 * @typedef {object} Stage
 * @property {DevServer} server
 * @property {Client} client
 * @property {Scene} scene
 * @property {(line: string) => void} tell
 * @property {AbortSignal} ending
 */

/**
 * Starts everything, runs a copy and an export, prints what they did, and ends everything again.
 *
 * @param {{ executable: string, options: DemoOptions, interruption: AbortSignal }} demo
 */
export async function play({ executable, options, interruption }) {
  const tell = options.json ? console.error : console.log;
  const over = new AbortController();
  const ending = AbortSignal.any([interruption, over.signal]);
  setMaxListeners(0, ending); // the client adds one per call
  /** @type {(() => unknown)[]} */
  const started = [() => over.abort()];
  try {
    const server = await startDevServer(executable, { ui: true });
    started.push(server.stop);
    const scene = await openScene();
    started.push(scene.close);
    const worker = startWorker({ ...scene.env, ...temporalEnv(server) }, interruption);
    started.push(worker.stop);
    const connection = Connection.lazy({ address: server.address });
    started.push(() => connection.close());
    tell(`Temporal dev server at ${server.address}, Web UI ${server.ui}, worker ${worker.pid}`);

    const interrupted = untilInterrupted(interruption);
    // Without the signal the client would go on to call a server that is gone.
    const client = new Client({ connection, namespace: server.namespace });
    const stage = { server, client, scene, tell, ending };
    const playing = connection.withAbortSignal(ending, async () => {
      const copy = await runCopy(stage);
      if (!options.json) console.log(formatCopy(copy));
      return { copy, export: await runExport(stage) };
    });
    const result = await Promise.race([playing, worker.failed, interrupted]);
    console.log(options.json ? JSON.stringify(result) : formatExport(result.export));
    if (!options.stay) return;
    tell('everything stays up until Ctrl-C');
    await Promise.race([worker.failed, interrupted]);
  } finally {
    await endAll(started);
  }
}

/**
 * All of them, even if one fails.
 *
 * @param {readonly (() => unknown)[]} started
 */
async function endAll(started) {
  const ends = await Promise.allSettled(started.map(async (end) => end()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/**
 * @param {Stage} stage
 * @returns {Promise<CopyReport>}
 */
async function runCopy(stage) {
  const { result, costs } = await runJob(stage, { SourceSnapshotName: SOURCE, TargetSnapshotName: TARGET });
  if (result.kind !== 'copy') throw new TypeError(`the copy ended as ${result.kind}`);
  return { ...result, ...costs, acceptedCopies: stage.scene.countAcceptedCopies() };
}

/**
 * @param {Stage} stage
 * @returns {Promise<ExportReport>}
 */
async function runExport(stage) {
  const request = { SourceSnapshotName: SOURCE, TargetSnapshotName: EXPORT_TARGET, TargetBucket: BUCKET };
  const { result, costs } = await runJob(stage, request);
  if (result.kind !== 'export') throw new TypeError(`the export ended as ${result.kind}`);
  /** @type {{ state: string }} */
  const { state } = JSON.parse(await stage.scene.readObject(result.manifestKey));
  return { ...result, ...costs, manifestState: state };
}

/**
 * Runs a job to its end and tells how it goes.
 *
 * @param {Stage} stage
 * @param {CopySnapshotRequest} request
 * @returns {Promise<{ result: CopySnapshotResult, costs: JobCosts }>}
 */
async function runJob({ server, client, scene, tell, ending }, request) {
  const { SourceSnapshotName: source, TargetSnapshotName: target, TargetBucket: bucket } = request;
  const begun = Date.now();
  const countCalls = scene.startCounting();
  const job = await startSnapshotJob(client, { request, patience: { start: '1m', copy: '1m' } });
  const what = bucket == null ? `copying ${source} to ${target}` : `exporting ${source} to ${bucket}/${target}`;
  tell(`${what}: ${server.ui}${pathInUi(server.namespace, job.workflowId)}`);
  let shown = '';
  for await (const event of job.watch({ everyMs: 200, signal: ending })) {
    const look = `${event.phase} ${event.attempt}`;
    if (look !== shown) tell(formatEvent(event, begun));
    shown = look;
  }

  const result = await job.result();
  const { events, polls } = await readHistory(client, job.workflowId);
  const costs = { workflowId: job.workflowId, historyEvents: events, polls, awsCalls: countCalls() };
  return { result, costs };
}

/**
 * @param {DevServer} server
 * @returns {Record<string, string>}
 */
function temporalEnv({ address, namespace }) {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/**
 * @param {string} namespace
 * @param {string} workflowId which holds `:`
 * @returns {string}
 */
function pathInUi(namespace, workflowId) {
  return `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

/**
 * @param {AbortSignal} interruption
 * @returns {Promise<never>}
 */
function untilInterrupted(interruption) {
  /** @type {Promise<never>} */
  const interrupted = new Promise((_resolve, reject) => {
    const end = () => reject(new Interrupted());
    if (interruption.aborted) end();
    interruption.addEventListener('abort', end, { once: true });
  });
  interrupted.catch(() => undefined); // it may come when nobody waits any more
  return interrupted;
}
