import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT, inTempFolder, linkPackages, writeFiles } from '../support/consumers/temp-folder';

/** A checkout that is installed and was never built, with a source of one line for the sake of speed. */
function arrange(folder: string): void {
  for (const name of ['package.json', 'scripts', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  }
  // An install of nothing is whole; the links beside it are not npm's.
  const lock = JSON.stringify({ packages: {} });
  writeFiles(folder, { 'package-lock.json': lock, 'node_modules/.package-lock.json': lock });
  linkPackages(folder, ['typescript', '@types/node']);
  writeFiles(folder, { 'src/index.ts': 'export const one: number = 1;' });
}

/** Packs as `npm publish` does, and gives what the package has in the file. */
function pack(folder: string, file: string): string {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, stderr } = spawnSync(npm, ['pack', '--pack-destination', folder], { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  return spawnSync('tar', ['-xzOf', tarball, `package/${file}`], { cwd: folder, encoding: 'utf8' }).stdout;
}

test('npm packs what src/ compiles to, where nobody has built and where it was built from other sources', () =>
  inTempFolder((folder) => {
    arrange(folder);

    const unbuilt = pack(folder, 'lib/index.js');
    writeFiles(folder, { 'src/index.ts': 'export const one: number = 2;' });
    const stale = pack(folder, 'lib/index.js');

    expect(unbuilt).toContain('exports.one = 1;');
    expect(stale).toContain('exports.one = 2;');
  }));
