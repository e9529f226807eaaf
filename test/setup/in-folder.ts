import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { test as base } from 'vitest';

/** A `test` with an empty folder of its own, gone afterwards. */
export const test = base.extend<{ folder: string }>({
  // vitest reads from this pattern what the fixture depends on: nothing
  folder: async ({}, use) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'setup-lane-')));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

/** Writes a file with its folders; gives back its path. */
export function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Writes a Node program that can be called by its path; CommonJS, as for any file without an extension. */
export function writeProgram(path: string, body: string): string {
  write(path, `#!${process.execPath}\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}
