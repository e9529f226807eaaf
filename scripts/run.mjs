// `node scripts/run.mjs <file of lib> [arguments]`: runs a program of this package from a checkout in any state.
import { join } from 'node:path';

import { SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { runInForeground } from './machine/run-in-foreground.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';

runEntry(async (machine) => {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new SetUpError('usage: node scripts/run.mjs <file of lib> [arguments]');
  await ensureInstalled(machine, CHECKOUT);
  await ensureBuilt(machine, CHECKOUT);
  return runInForeground(process.execPath, [join(CHECKOUT, file), ...args]);
});
