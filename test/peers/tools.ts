import { spawnSync } from 'node:child_process';

/** The first command of these that runs with these arguments. */
export function findCommand(commands: readonly string[], args: readonly string[]): string | undefined {
  return commands.find((command) => spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0);
}

/** Whether to skip what needs a tool that this machine lacks: says so, and throws where everything must run. */
export function skipsWithout(tool: string | undefined, what: string): boolean {
  if (tool !== undefined) return false;
  const reason = `skipped: ${what} cannot be found`;
  if (process.env['CI'] === 'true') throw new Error(`${reason}, and under CI=true nothing is skipped`);
  console.warn(reason);
  return true;
}
