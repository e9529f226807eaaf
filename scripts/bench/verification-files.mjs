import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SetUpError } from '../machine/errors.mjs';
import { narrate } from '../machine/narrate.mjs';
import { cacheFolder, fillEntry, inspectEntry, removeEntry } from '../servers/server-cache.mjs';

/** @import { Machine } from '../machine/machine.mjs' */
/** @import { VerificationPlan } from './plan.mjs' */

/** Programs that are measured or needed, with Debian's package. */
const PROGRAMS = [
  { command: 'redis-server', args: ['--version'], debian: 'redis-server' },
  { command: 'redis-check-rdb', args: ['--version'], debian: 'redis-tools' },
  { command: 'openssl', args: ['version'], debian: 'openssl' },
];

/**
 * @param {Machine} machine
 * @returns {Promise<void>} rejects when this machine cannot measure verification, with what it lacks
 */
export async function requirePrograms(machine) {
  if (process.platform !== 'linux') throw new SetUpError('verification is measured on Linux: /proc tells the memory');
  for (const { command, args, debian } of PROGRAMS) {
    const { code } = await machine.run(command, args);
    if (code === 0) continue;
    throw new SetUpError(`verification is measured with ${command}: install it (on Debian: apt-get install ${debian})`);
  }
}

/**
 * A folder for large files, outside of /tmp because that may be memory; it is gone afterwards, whatever happens.
 *
 * @template T
 * @param {Machine} machine
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withWorkFolder(machine, work) {
  const cache = cacheFolder(machine.env);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, '.bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); // who was just ended may still have made a file
  }
}

/**
 * The files of the plan, from a real redis-server: those that an earlier run kept, or new ones.
 *
 * @param {Machine} machine
 * @param {VerificationPlan} plan
 * @param {{ readonly keep: boolean, readonly workFolder: string }} options
 * @returns {Promise<string>} the folder that holds `<kind>.rdb` of each kind
 */
export async function prepareFiles(machine, plan, { keep, workFolder }) {
  const make = (/** @type {string} */ folder) => makeFiles(machine, plan, folder);
  const cache = cacheFolder(machine.env);
  const name = nameEntry(plan);
  const { state } = inspectEntry(join(cache, name));
  if (state === 'broken') removeEntry(cache, name);
  if (state === 'whole') machine.say(`the RDB files are in ${join(cache, name)}`);
  if (state === 'whole') return join(cache, name);
  if (keep) return fillEntry(cache, name, make);
  await make(workFolder);
  return workFolder;
}

/**
 * @param {Machine} machine
 * @param {VerificationPlan} plan
 * @param {string} folder
 */
async function makeFiles(machine, { files }, folder) {
  for (const [kind, bytes] of Object.entries(files)) {
    const file = join(folder, `${kind}.rdb`);
    await narrate(machine.say, `redis-server writes ${file}, ${bytes / 2 ** 20} MiB`, async () => {
      const { code, stderr } = await machine.run(process.execPath, [MAKE_RDB, kind, String(bytes), file]);
      if (code !== 0) throw new SetUpError(`no ${file}:\n${stderr.trim()}`);
    });
  }
}

const MAKE_RDB = fileURLToPath(new URL('../make-rdb.mjs', import.meta.url));
const MAKERS = fileURLToPath(new URL('../rdb-files/', import.meta.url));

/**
 * By what makes the files as well: those of another state of it are others.
 *
 * @param {VerificationPlan} plan
 * @returns {string}
 */
function nameEntry({ files }) {
  const digest = createHash('sha256').update(JSON.stringify(files));
  for (const file of readdirSync(MAKERS).sort()) digest.update(readFileSync(join(MAKERS, file)));
  return `rdb-files-${digest.digest('hex').slice(0, 12)}`;
}
