import { setMaxListeners } from 'node:events';

import { Client, Connection } from '@temporalio/client';
import { startSnapshotJob } from 'temporal-memorydb-snapshots';

import { Interrupted } from '../machine/errors.mjs';
import { startDevServer } from '../servers/start-dev-server.mjs';
import { readHistory } from './history.mjs';
import { formatEvent, formatResult } from './report.mjs';
import { openScene, SOURCE, TARGET } from './scene.mjs';
import { startWorker } from './worker-process.mjs';

/** @import { CopySnapshotResult } from 'temporal-memorydb-snapshots' */
/** @import { DevServer } from '../servers/start-dev-server.mjs' */
/** @import { DemoOptions } from './options.mjs' */
/** @import { Scene } from './scene.mjs' */

/**
 * What the copy was and what it took.
 *
 * @typedef {CopySnapshotResult & {
 *   readonly workflowId: string,
 *   readonly historyEvents: number,
 *   readonly polls: number,
 *   readonly acceptedCopies: number,
 *   readonly awsCalls: Readonly<Record<string, number>>,
 * }} CopyReport
 */

/**
 * Starts everything, runs the copy, prints what it did, and ends everything again.
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
    const copying = connection.withAbortSignal(ending, () => runCopy({ server, connection, scene, tell, ending }));
    const copy = await Promise.race([copying, worker.failed, interrupted]);
    console.log(options.json ? JSON.stringify({ copy }) : formatResult(copy));
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
 * @param {object} stage
 * @param {DevServer} stage.server
 * @param {Connection} stage.connection
 * @param {Scene} stage.scene
 * @param {(line: string) => void} stage.tell
 * @param {AbortSignal} stage.ending
 * @returns {Promise<CopyReport>}
 */
async function runCopy({ server, connection, scene, tell, ending }) {
  const client = new Client({ connection, namespace: server.namespace });
  const begun = Date.now();
  const job = await startSnapshotJob(client, {
    request: { SourceSnapshotName: SOURCE, TargetSnapshotName: TARGET },
    patience: { start: '1m', copy: '1m' },
  });
  tell(`copying ${SOURCE} to ${TARGET}: ${server.ui}${pathInUi(server.namespace, job.workflowId)}`);
  let shown = '';
  for await (const event of job.watch({ everyMs: 200, signal: ending })) {
    const look = `${event.phase} ${event.attempt}`;
    if (look !== shown) tell(formatEvent(event, begun));
    shown = look;
  }

  const result = await job.result();
  const { events, polls } = await readHistory(client, job.workflowId);
  return {
    ...result,
    workflowId: job.workflowId,
    historyEvents: events,
    polls,
    acceptedCopies: scene.countAccepted(),
    awsCalls: scene.countCalls(),
  };
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
