// Fills the cache's entry `server-1` and, before the rename, waits for a file: the test starts two of these.
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fillEntry } from '../../../scripts/servers/server-cache.mjs';

const [folder = '', by = ''] = process.argv.slice(2);

const entry = await fillEntry(folder, 'server-1', async (into) => {
  writeFileSync(join(into, 'by'), by);
  await /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const watcher = watch(folder, look);
      function look() {
        if (!existsSync(join(folder, 'go'))) return;
        watcher.close();
        resolve();
      }
      console.log('filled');
      look();
    })
  );
});
console.log(readFileSync(join(entry, 'by'), 'utf8'));
