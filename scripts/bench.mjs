// `npm run bench`, on a fresh checkout as well: what waiting for a copy costs, beside other ways, and what exports cost.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { HELP, readOptions } from './bench/options.mjs';
import { hasBlock, markersOf } from './bench/readme-block.mjs';
import { SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';
import { findServers } from './set-up/find-servers.mjs';

const MEASURE = fileURLToPath(new URL('./bench/measure.mjs', import.meta.url));

runEntry(async (machine) => {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const readme = join(CHECKOUT, 'README.md');
  if (options.write) {
    const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
    for (const part of options.parts) {
      if (!hasBlock(text, part)) throw new SetUpError(`--write: no README.md with ${markersOf(part).join(' and ')}`);
    }
  }
  await ensureInstalled(machine, CHECKOUT);
  const [{ devServer, timeSkippingServer }] = await Promise.all([
    findServers(machine, CHECKOUT),
    ensureBuilt(machine, CHECKOUT),
  ]);
  if ('missing' in devServer) throw new SetUpError(devServer.missing);
  if ('missing' in timeSkippingServer) throw new SetUpError(timeSkippingServer.missing);
  // In a process of its own, which ends together with the servers that it starts.
  const { code } = await machine.run(process.execPath, [MEASURE, ...args], {
    cwd: CHECKOUT,
    env: { TEMPORAL_CLI_PATH: devServer.path, TEMPORAL_TEST_SERVER_PATH: timeSkippingServer.path },
    show: true,
  });
  return code;
});
