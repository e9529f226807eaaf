import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { Interrupted } from './errors.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Readonly<Record<string, string | undefined>>} [env] laid over the machine's own
 * @property {number} [timeoutMs] after which the command is ended, with code 124
 * @property {boolean} [show] print what the command prints, instead of returning it
 */

/**
 * @typedef {object} Outcome
 * @property {number} code 127 when the command could not be started, 128 + n when signal n ended it
 * @property {string} stdout
 * @property {string} stderr
 */

/** @typedef {(command: string, args: readonly string[], options?: RunOptions) => Promise<Outcome>} Run */

/** How long a command may take to end after a signal, before it is killed. */
const GRACE_MS = 10_000;

/**
 * Makes the function that runs commands. Every command gets a process group of its own, so that it ends together with
 * the processes it started (`go` starts compilers, vitest starts servers), and nothing outlives the set-up.
 *
 * @param {{ env: Readonly<Record<string, string | undefined>>, interruption: AbortSignal }} machine
 * @returns {Run} which throws {@link Interrupted} when the set-up was told to end
 */
export function createRun({ env, interruption }) {
  return (command, args, options = {}) =>
    new Promise((resolve, reject) => {
      if (interruption.aborted) {
        reject(new Interrupted());
        return;
      }
      const child = spawn(command, args, {
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        env: { ...env, ...options.env },
        stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const printed = { stdout: '', stderr: '' };
      child.stdout?.setEncoding('utf8').on('data', (text) => (printed.stdout += text));
      child.stderr?.setEncoding('utf8').on('data', (text) => (printed.stderr += text));

      /** @type {NodeJS.Timeout | undefined} */
      let killer;
      const end = (/** @type {NodeJS.Signals} */ signal) => {
        signalGroup(child.pid, signal);
        killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
      };
      const interrupt = () => end(interruption.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
      interruption.addEventListener('abort', interrupt, { once: true });
      let timedOut = false;
      const timer =
        options.timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              timedOut = true;
              end('SIGTERM');
            }, options.timeoutMs);
      const forget = () => {
        clearTimeout(timer);
        clearTimeout(killer);
        interruption.removeEventListener('abort', interrupt);
      };

      child.on('error', (error) => {
        forget();
        resolve({ code: 127, stdout: '', stderr: error.message });
      });
      // What the command left running would hold its pipes open, and 'close' would never come.
      child.on('exit', () => signalGroup(child.pid, 'SIGTERM'));
      child.on('close', (code, signal) => {
        forget();
        if (interruption.aborted) reject(new Interrupted());
        else resolve({ code: timedOut ? 124 : exitCode(code, signal), ...printed });
      });
    });
}

/**
 * What a shell would report.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number}
 */
export function exitCode(code, signal) {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

/**
 * @param {number | undefined} leader
 * @param {NodeJS.Signals} signal
 */
function signalGroup(leader, signal) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in the group.
  }
}
