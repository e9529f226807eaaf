import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetUpError } from '../machine/errors.mjs';
import { narrate } from '../machine/narrate.mjs';
import { withLock } from '../machine/with-lock.mjs';

/** @import { Machine } from '../machine/machine.mjs' */

/**
 * Makes sure that `lib/` is what `src/` compiles to; does nothing, in milliseconds, when it is.
 *
 * @param {Machine} machine
 * @param {string} root the checkout
 * @returns {Promise<void>}
 */
export async function ensureBuilt(machine, root) {
  if (isBuilt(root)) return;
  await withLock(machine, join(root, '.set-up.lock'), async () => {
    if (isBuilt(root)) return; // by whom we waited for
    // The compiler believes its notes and would not write again what somebody deleted.
    if (!hasAllOutputs(root)) rmSync(notesOf(root), { recursive: true, force: true });
    const before = digestSources(root);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [
      tsc,
      '-p',
      'tsconfig.build.json',
      '--incremental',
      '--tsBuildInfoFile',
      join('lib', '.build', 'info'),
    ];
    await narrate(machine.say, 'building lib', async () => {
      const { code, stdout, stderr } = await machine.run(process.execPath, args, { cwd: root });
      if (code !== 0) throw new SetUpError(`the build failed:\n${stdout}${stderr}`);
    });
    removeOrphans(root);
    mkdirSync(notesOf(root), { recursive: true });
    writeFileSync(stampOf(root), before);
  });
}

/**
 * @param {string} root
 * @returns {boolean}
 */
export function isBuilt(root) {
  return (
    existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === digestSources(root) && hasAllOutputs(root)
  );
}

/**
 * By content, not by date: a checkout of another branch sets dates back and forth.
 *
 * @param {string} root
 * @returns {string}
 */
function digestSources(root) {
  const digest = createHash('sha256');
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  for (const file of [...settings, ...listFiles(root, 'src')]) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return digest.digest('hex');
}

/**
 * @param {string} root
 * @returns {boolean}
 */
function hasAllOutputs(root) {
  return listFiles(root, 'src')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .every((file) => existsSync(join(root, file.replace(/^src/, 'lib').replace(/\.ts$/, '.js'))));
}

/**
 * The compiler never deletes: what a removed or renamed source left in `lib/` would be published.
 *
 * @param {string} root
 */
function removeOrphans(root) {
  for (const file of listFiles(root, 'lib')) {
    const source = file.replace(/^lib/, 'src').replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (source.endsWith('.ts') && !existsSync(join(root, source))) rmSync(join(root, file));
  }
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} relative to the root, with `/`, sorted
 */
function listFiles(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/')
    )
    .sort();
}

const notesOf = (/** @type {string} */ root) => join(root, 'lib', '.build');
const stampOf = (/** @type {string} */ root) => join(notesOf(root), 'built-from');
