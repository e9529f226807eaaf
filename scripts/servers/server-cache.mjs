import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @import { Machine } from '../machine/machine.mjs' */

const MARKER = 'complete.json';

/**
 * Outside the checkout, so that a fresh one finds what another has built. The XDG rule for where.
 *
 * @param {Machine['env']} env
 * @returns {string}
 */
export function cacheFolder(env) {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'temporal-memorydb-snapshots');
}

/**
 * @param {string} entry
 * @returns {{ state: 'whole' | 'absent' } | { state: 'broken', why: string }}
 */
export function inspectEntry(entry) {
  if (!statSync(entry, { throwIfNoEntry: false })) return { state: 'absent' };
  const marker = readMarker(entry);
  if (marker === undefined) return { state: 'broken', why: `${MARKER} is missing or unreadable` };
  for (const [file, size] of Object.entries(marker.files)) {
    const found = statSync(join(entry, file), { throwIfNoEntry: false })?.size;
    if (found !== size) return { state: 'broken', why: `${file} has ${found ?? 'no'} bytes instead of ${size}` };
  }
  return { state: 'whole' };
}

/**
 * Fills an entry in a temporary folder beside it and renames that: an entry is there as a whole or not at all. When
 * two processes fill the same one, the first to rename wins and the other throws its own work away.
 *
 * @param {string} cacheDir
 * @param {string} name
 * @param {(folder: string) => void | Promise<void>} fill throws when there is nothing to keep
 * @returns {Promise<string>} the entry's folder
 */
export async function fillEntry(cacheDir, name, fill) {
  mkdirSync(cacheDir, { recursive: true });
  const entry = join(cacheDir, name);
  const folder = mkdtempSync(join(cacheDir, `.${name}-`));
  try {
    await fill(folder);
    writeFileSync(join(folder, MARKER), JSON.stringify({ files: measureFiles(folder) }, null, 2));
    renameIfFirst(folder, entry);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return entry;
}

/**
 * Takes a broken entry away in one step, so that nobody sees half of it.
 *
 * @param {string} cacheDir
 * @param {string} name
 */
export function removeEntry(cacheDir, name) {
  const aside = mkdtempSync(join(cacheDir, `.${name}-`));
  try {
    renameSync(join(cacheDir, name), join(aside, name));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error; // somebody else took it away
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} entry
 */
function renameIfFirst(folder, entry) {
  try {
    renameSync(folder, entry);
  } catch (error) {
    if (inspectEntry(entry).state !== 'whole') throw error;
  }
}

/**
 * @param {string} entry
 * @returns {{ files: Record<string, number> } | undefined}
 */
function readMarker(entry) {
  try {
    const marker = JSON.parse(readFileSync(join(entry, MARKER), 'utf8'));
    return typeof marker.files === 'object' && marker.files !== null ? marker : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} folder
 * @returns {Record<string, number>}
 */
function measureFiles(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), statSync(path).size]));
}
