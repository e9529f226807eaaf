import { constants } from 'node:os';

import { Interrupted, SetUpError } from './errors.mjs';
import { createRun } from './run-command.mjs';

/** @import { Say } from './narrate.mjs' */
/** @import { Run } from './run-command.mjs' */

/**
 * What the set-up may do to the machine it runs on. Everything goes through here, so that a test can hand in its own.
 *
 * @typedef {object} Machine
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {Say} say on stderr: stdout belongs to results
 * @property {Run} run
 * @property {AbortSignal} interruption set when the set-up has to end; its reason is a signal's name
 */

/** @type {readonly NodeJS.Signals[]} */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const WATCH_MS = 250;

/**
 * @param {Partial<Omit<Machine, 'run'>>} [parts]
 * @returns {Machine}
 */
export function createMachine({
  env = process.env,
  say = (line) => process.stderr.write(`[set-up] ${line}\n`),
  interruption = new AbortController().signal,
} = {}) {
  return { env, say, interruption, run: createRun({ env, interruption }) };
}

/**
 * Runs an entry script: its result is the exit code. On Ctrl-C, or when it fails, what it started is ended first.
 *
 * @param {(machine: Machine) => Promise<number>} main
 */
export function runEntry(main) {
  const interruption = new AbortController();
  for (const signal of ENDING_SIGNALS) process.on(signal, () => interruption.abort(signal));
  const machine = createMachine({ interruption: interruption.signal });
  endWithNpm(machine.env);
  main(machine).then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      process.exitCode = 1;
      if (error instanceof Interrupted) process.exitCode = 128 + numberOfSignal(interruption.signal.reason);
      else if (error instanceof SetUpError) machine.say(error.message);
      else console.error(error);
      // Set-up steps run side by side: the others unwind too, and Node ends by itself when they have.
      interruption.abort('SIGTERM');
    }
  );
}

/**
 * npm passes a SIGTERM to its shell, and the shell to nobody: we would go on without them. A terminal's Ctrl-C reaches
 * everybody by itself, and without npm a script may well outlive the shell that started it.
 *
 * @param {Machine['env']} env
 */
function endWithNpm(env) {
  if (env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS).unref();
}

/**
 * @param {keyof typeof constants.signals} signal
 * @returns {number}
 */
function numberOfSignal(signal) {
  return constants.signals[signal];
}
