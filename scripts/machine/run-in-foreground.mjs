import { spawn } from 'node:child_process';

import { ENDING_SIGNALS } from './machine.mjs';
import { exitCode } from './run-command.mjs';

/** One Ctrl-C reaches us from the terminal and once more from npm; a second one by hand takes longer than this. */
const ECHO_MS = 300;

/**
 * Hands this process over to another: its input and output, its signals, its exit code. In a process group of its own,
 * so that each signal reaches it once: for most programs a second Ctrl-C means "now".
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ readonly echoMs?: number }} [options] a signal that comes again within this time is an echo
 * @returns {Promise<number>}
 */
export function runInForeground(command, args, { echoMs = ECHO_MS } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', detached: true });
    let heard = -Infinity;
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (performance.now() - heard > echoMs) child.kill(signal);
      heard = performance.now();
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, forward);
    const stopForwarding = () => {
      for (const signal of ENDING_SIGNALS) process.off(signal, forward);
    };
    child.on('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stopForwarding();
      resolve(exitCode(code, signal));
    });
  });
}
