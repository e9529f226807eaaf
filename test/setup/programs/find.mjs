// Looks for the dev server in a process of its own, for the tests that end it; without the SDK's download.
import { fileURLToPath } from 'node:url';

import { runEntry } from '../../../scripts/machine/machine.mjs';
import { findDevServer } from '../../../scripts/servers/find-dev-server.mjs';
import { createFinding } from '../../../scripts/servers/finding.mjs';
import { NotHere } from '../../../scripts/servers/not-here.mjs';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

runEntry(async (machine) => {
  const sdkDownload = () => Promise.reject(new NotHere('not in this test'));
  console.log(await findDevServer({ ...createFinding(machine, CHECKOUT), sdkDownload }));
  return 0;
});
