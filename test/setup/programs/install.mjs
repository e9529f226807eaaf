// A set-up in a process of its own, for the tests that need two of them.
import { runEntry } from '../../../scripts/machine/machine.mjs';
import { ensureInstalled } from '../../../scripts/set-up/ensure-installed.mjs';

runEntry(async (machine) => {
  await ensureInstalled(machine, process.argv[2] ?? '');
  return 0;
});
