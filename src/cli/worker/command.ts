import { Command } from 'commander';
import { DETAILS } from './help';

/** The `worker` command: runs snapshot jobs, configured by the environment, until it is told to stop. */
export function createWorkerCommand(): Command {
  return new Command('worker')
    .description('Run a Temporal worker for snapshot jobs, configured by the environment, until Ctrl-C or SIGTERM.')
    .addHelpText('after', DETAILS)
    .action(async () => {
      // Temporal's native runtime, which it brings along, is for this command alone.
      const { runWorkerProcess } = await import('../../worker.js');
      await runWorkerProcess();
    });
}
