import type { Machine } from '../../scripts/machine/machine.mjs';
import type { Outcome, RunOptions } from '../../scripts/machine/run-command.mjs';

export type Answer = (args: readonly string[], options: RunOptions) => Partial<Outcome>;

/**
 * A machine on which every command does what the test says, and unknown ones are not installed. The first entry whose
 * key ends the command's path answers.
 */
export function fakeMachine(
  env: Machine['env'],
  commands: Readonly<Record<string, Answer>>
): { machine: Machine; calls: string[]; said: string[] } {
  const calls: string[] = [];
  const said: string[] = [];
  const run: Machine['run'] = (command, args, options = {}) => {
    calls.push([command, ...args].join(' '));
    const answer = Object.entries(commands).find(([name]) => command === name || command.endsWith(`/${name}`))?.[1];
    const outcome = answer?.(args, options) ?? { code: 127, stderr: `spawn ${command} ENOENT` };
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...outcome });
  };
  const say = (line: string): number => said.push(line);
  return { machine: { env, say, run, interruption: new AbortController().signal }, calls, said };
}
