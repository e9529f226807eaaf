import { copyFileSync, existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where Linux keeps files in memory. */
export const MEMORY_ROOT = '/dev/shm';

/**
 * Does `work` with the copy of a file in memory: a disk's page cache takes as long to be read as a checksum to be
 * computed. Where there is no room for it, `work` reads the file itself.
 *
 * @template T
 * @param {string} path
 * @param {string} folder in memory
 * @param {(path: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFileInMemory(path, folder, work) {
  if (!existsSync(folder) || !hasRoom(folder, statSync(path).size)) return work(path);
  const copy = join(folder, basename(path));
  try {
    copyFileSync(path, copy);
    return await work(copy);
  } finally {
    rmSync(copy, { force: true });
  }
}

/**
 * @param {string} folder
 * @param {number} bytes
 */
function hasRoom(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > bytes;
}
