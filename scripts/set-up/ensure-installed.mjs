import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetUpError } from '../machine/errors.mjs';
import { narrate } from '../machine/narrate.mjs';
import { withLock } from '../machine/with-lock.mjs';
import { STEP_MS, tellEnd } from '../machine/step-limit.mjs';

/** @import { Machine } from '../machine/machine.mjs' */

/**
 * Makes sure that `node_modules` is what package-lock.json asks for; does nothing, in milliseconds, when it is.
 *
 * @param {Machine} machine
 * @param {string} root the checkout
 * @returns {Promise<void>}
 */
export async function ensureInstalled(machine, root) {
  if (judgeInstall(root) === 'fresh') return;
  await withLock(machine, join(root, '.set-up.lock'), async () => {
    const state = judgeInstall(root); // again: whom we waited for may have done it
    if (state === 'fresh') return;
    // NODE_ENV=production would leave out everything that builds and tests.
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
    await narrate(machine.say, `node_modules is ${state}: npm ci`, async () => {
      const { code, stderr } = await machine.run('npm', args, { cwd: root, timeoutMs: STEP_MS });
      if (code !== 0) throw new SetUpError(`npm ci ${tellEnd(code)}:\n${stderr.trim()}`);
    });
    writeFileSync(stampOf(root), fingerprint(root));
  });
}

/**
 * npm writes `node_modules/.package-lock.json` last, so an interrupted install counts as missing.
 *
 * @param {string} root
 * @returns {'fresh' | 'stale' | 'missing'}
 */
export function judgeInstall(root) {
  if (!existsSync(hiddenLockOf(root))) return 'missing';
  if (existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === fingerprint(root)) return 'fresh';
  return isConsistent(readPackages(lockOf(root)), readPackages(hiddenLockOf(root))) ? 'fresh' : 'stale';
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * Whether an install that was not ours (a plain `npm ci`) did what the lock asks for.
 *
 * @param {Packages} wanted
 * @param {Packages} installed
 * @returns {boolean}
 */
function isConsistent(wanted, installed) {
  const isThere = Object.entries(wanted).every(([path, asked]) => {
    const found = installed[path];
    if (path === '') return true; // the package itself
    if (found === undefined) return asked.optional === true || asked.devOptional === true; // for another platform
    return found.version === asked.version && found.integrity === asked.integrity;
  });
  return isThere && Object.keys(installed).every((path) => path in wanted);
}

/**
 * Both files: npm may have changed `node_modules` since, with the lock put back afterwards.
 *
 * @param {string} root
 * @returns {string}
 */
function fingerprint(root) {
  return createHash('sha256')
    .update(readFileSync(lockOf(root)))
    .update(readFileSync(hiddenLockOf(root)))
    .digest('hex');
}

/**
 * @param {string} file
 * @returns {Packages}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

const lockOf = (/** @type {string} */ root) => join(root, 'package-lock.json');
const hiddenLockOf = (/** @type {string} */ root) => join(root, 'node_modules', '.package-lock.json');
const stampOf = (/** @type {string} */ root) => join(root, 'node_modules', '.installed-by-set-up');
