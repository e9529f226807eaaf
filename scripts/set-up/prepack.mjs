// npm runs this before it packs or publishes: a package without `lib/`, or with a stale one, is of no use to anybody.
import { runEntry } from '../machine/machine.mjs';
import { CHECKOUT } from './checkout.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

// A dry run is the packing's; the `npm ci` that it may need would inherit it, and install nothing.
delete process.env['npm_config_dry_run'];

runEntry(async (machine) => {
  await ensureInstalled(machine, CHECKOUT);
  await ensureBuilt(machine, CHECKOUT);
  return 0;
});
