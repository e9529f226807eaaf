import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const CHECKOUT = join(__dirname, '..', '..', '..');

export const PACKAGE = 'temporal-memorydb-snapshots';

/** A folder outside the checkout, gone when the test is. */
export async function inTempFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-lane-')));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes files with their folders; gives back the path of the first. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [i, text] of Object.values(files).entries()) {
    const path = paths[i] ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return paths[0] ?? '';
}

/** Puts packages of this checkout, or the checkout itself, into the folder's `node_modules`: an install without a network. */
export function linkPackages(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(name === PACKAGE ? CHECKOUT : join(CHECKOUT, 'node_modules', name), link, 'dir');
  }
}
