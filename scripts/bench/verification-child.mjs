import { fork } from 'node:child_process';
import { once } from 'node:events';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * Starts a module in a process of its own, does `work` with what it says once it is ready, and ends it. It hears from
 * the end of its channel that this process is gone.
 *
 * @template Ready, T
 * @param {string} module
 * @param {readonly string[]} args
 * @param {(ready: Ready) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withChild(module, args, work) {
  const child = fork(module, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  try {
    return await work(await firstMessage(child, module));
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/**
 * @template Ready
 * @param {ChildProcess} child
 * @param {string} module
 * @returns {Promise<Ready>}
 */
function firstMessage(child, module) {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(/** @type {Ready} */ (message)));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${module} ended with ${signal ?? code}`)));
  });
}
