import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { SetUpError } from '../machine/errors.mjs';

/**
 * @typedef {object} WorkerProcess
 * @property {number} pid
 * @property {Promise<never>} failed rejects when it ends by itself
 * @property {() => Promise<void>} stop lets it end what it does
 */

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const GRACE_MS = 5_000;

/**
 * @param {Readonly<Record<string, string>>} env laid over this process's own
 * @param {AbortSignal} interruption kills it
 * @returns {WorkerProcess}
 */
export function startWorker(env, interruption) {
  const child = spawn(process.execPath, [WORKER], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (printed = (printed + text).slice(-4_000)));
  child.stdin.on('error', () => undefined); // it may be gone already
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  interruption.addEventListener('abort', kill, { once: true });

  const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  /** @type {Promise<never>} */
  const failed = ended.then((how) => Promise.reject(new SetUpError(`the worker ended (${how}):\n${printed}`)));
  failed.catch(() => undefined); // it ends in the end, whoever listens
  return {
    pid: child.pid ?? 0,
    failed,
    async stop() {
      child.stdin.end();
      const killing = setTimeout(kill, GRACE_MS);
      await ended;
      clearTimeout(killing);
      process.off('exit', kill);
      interruption.removeEventListener('abort', kill);
    },
  };
}
