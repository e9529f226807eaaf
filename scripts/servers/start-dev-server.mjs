import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { ENDING_SIGNALS } from '../machine/machine.mjs';
import { namespaceAnswers } from './namespace-answers.mjs';

/**
 * @typedef {object} DevServer
 * @property {string} address host and port
 * @property {string} namespace
 * @property {number} pid
 * @property {string | undefined} ui the Web UI's address, when one was asked for
 * @property {() => Promise<void>} stop
 */

const HOST = '127.0.0.1';
const NAMESPACE = 'default';
const START_MS = 60_000;
const LOOK_MS = 50;

/**
 * Starts a Temporal dev server that keeps nothing on disk, as a child process, and gives it back once its namespace
 * answers. It ends with `stop`, or together with this process.
 *
 * @param {string} executable the Temporal CLI
 * @param {{ ui?: boolean }} [options]
 * @returns {Promise<DevServer>}
 */
export async function startDevServer(executable, { ui = false } = {}) {
  const [port, uiPort] = await Promise.all([findFreePort(), findFreePort()]);
  const args = ['server', 'start-dev', '--ip', HOST, '--port', `${port}`, '--log-level', 'warn'];
  const child = spawn(executable, [...args, ...(ui ? ['--ui-port', `${uiPort}`] : ['--headless'])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  const printed = keepTail(child);
  const stopWatching = endWithThisProcess(() => child.kill('SIGKILL'));

  const stop = async () => {
    stopWatching();
    child.kill('SIGKILL'); // as the SDK does: it keeps nothing that an orderly end would save
    await ended;
  };
  const address = `${HOST}:${port}`;
  const deadline = performance.now() + START_MS;
  while (!(await namespaceAnswers(address, NAMESPACE))) {
    const isGone = await Promise.race([ended.then(() => true), delay(LOOK_MS)]);
    if (isGone !== true && performance.now() < deadline) continue;
    await stop();
    throw new Error(`the dev server did not start (${executable}):\n${printed()}`);
  }
  return { address, namespace: NAMESPACE, pid: child.pid ?? 0, ui: ui ? `http://${HOST}:${uiPort}` : undefined, stop };
}

/**
 * @returns {Promise<number>}
 */
function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => string} the last of what it printed, for the message of a failure
 */
function keepTail(child) {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (tail = (tail + text).slice(-4_000)));
  }
  child.once('error', (error) => (tail += error.message));
  return () => tail;
}

/**
 * @param {() => void} end
 * @returns {() => void} to call when there is nothing to end any more
 */
function endWithThisProcess(end) {
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    end();
    stopWatching();
    // Alone, our listener only kept the signal from its usual effect; with others, how to end is theirs to say.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const stopWatching = () => {
    process.off('exit', end);
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', end);
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  return stopWatching;
}
