import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { narrate } from '../machine/narrate.mjs';
import { firstLine } from './first-line.mjs';
import { NotHere } from './not-here.mjs';

/** @import { Machine } from '../machine/machine.mjs' */

/** @typedef {'dev-server' | 'time-skipping'} ServerKind */

/**
 * Puts the server that the SDK would download at the path; throws {@link NotHere} when it cannot.
 *
 * @typedef {(kind: ServerKind, path: string) => Promise<void>} SdkDownload
 */

const LABELS = { 'dev-server': 'dev server', 'time-skipping': 'time-skipping server' };
const CHILD = fileURLToPath(new URL('./sdk-download-child.mjs', import.meta.url));

/**
 * Without a network the SDK gives up within milliseconds; a network that swallows packets must not hold us for ever.
 * The download is the SDK's own, in a process of its own: its native runtime has no place in ours.
 *
 * @param {Pick<Machine, 'run' | 'say'>} machine
 * @param {string} [child]
 * @returns {SdkDownload}
 */
export function createSdkDownload({ run, say }, child = CHILD) {
  return async (kind, path) => {
    const folder = mkdtempSync(join(dirname(path), 'download-'));
    try {
      await narrate(say, `asking the Temporal SDK for its ${LABELS[kind]}`, async () => {
        const { code, stderr } = await run(process.execPath, [child, kind, folder], { timeoutMs: 5 * 60_000 });
        const [file] = readdirSync(folder);
        if (code !== 0 || file === undefined) throw new NotHere(`it ended with ${code}: ${firstLine(stderr)}`);
        renameSync(join(folder, file), path);
        chmodSync(path, 0o755);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
