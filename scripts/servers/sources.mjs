import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

import { SetUpError } from '../machine/errors.mjs';
import { NotHere } from './not-here.mjs';
import { fillEntry, inspectEntry, removeEntry } from './server-cache.mjs';

/** @import { Machine } from '../machine/machine.mjs' */
/** @import { Source } from './find-server.mjs' */

/** @typedef {(path: string) => void | Promise<void>} Verify throws {@link NotHere} when the executable does not run */

/**
 * A path that somebody set on purpose and that does not work is an error: another server than the one they meant
 * would be worse than none.
 *
 * @param {Machine['env']} env
 * @param {string} variable
 * @param {Verify} verify
 * @returns {Source}
 */
export function fromVariable(env, variable, verify) {
  return {
    name: variable,
    async look() {
      const value = env[variable];
      if (!value) throw new NotHere('not set');
      const path = resolve(value);
      try {
        if (!isExecutable(path)) throw new NotHere('there is no executable file');
        await verify(path);
      } catch (error) {
        if (!(error instanceof NotHere)) throw error;
        throw new SetUpError(`${variable}=${value}: ${error.message}. Correct it, or unset it to have one found.`);
      }
      return path;
    },
  };
}

/**
 * @param {Machine['env']} env
 * @param {string} command
 * @param {Verify} verify
 * @returns {Source}
 */
export function fromPath(env, command, verify) {
  return {
    name: `${command} on PATH`,
    async look() {
      const path = findOnPath(env, command);
      if (path === undefined) throw new NotHere('not there');
      await verify(path);
      return path;
    },
  };
}

/**
 * @param {{ cacheDir: string, say: Machine['say'] }} machine
 * @param {readonly string[]} names the entries that would do, best first
 * @param {string} executable
 * @param {Verify} verify
 * @returns {Source} which takes away what is broken, so that the next source can put it back
 */
export function fromCache({ cacheDir, say }, names, executable, verify) {
  return {
    name: 'cache',
    async look() {
      for (const name of names) {
        const path = join(cacheDir, name, executable);
        const why = await findFault(join(cacheDir, name), path, verify);
        if (why === undefined) return path;
        if (why === 'absent') continue;
        say(`${join(cacheDir, name)} is broken (${why}): removing it`);
        removeEntry(cacheDir, name);
      }
      throw new NotHere(`nothing in ${cacheDir}`);
    },
  };
}

/**
 * @param {string} sourceName
 * @param {{ cacheDir: string, name: string, executable: string, verify: Verify }} entry
 * @param {(folder: string) => void | Promise<void>} fill throws {@link NotHere} when it cannot
 * @returns {Source}
 */
export function intoCache(sourceName, { cacheDir, name, executable, verify }, fill) {
  return {
    name: sourceName,
    async look() {
      const entry = await fillEntry(cacheDir, name, async (folder) => {
        await fill(folder);
        await verify(join(folder, executable));
      });
      return join(entry, executable);
    },
  };
}

/**
 * @param {Machine['env']} env
 * @param {string} command
 * @returns {string | undefined}
 */
export function findOnPath(env, command) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, command)).find(isExecutable);
}

/**
 * @param {string} entry
 * @param {string} path
 * @param {Verify} verify
 * @returns {Promise<string | undefined>}
 */
async function findFault(entry, path, verify) {
  const found = inspectEntry(entry);
  if (found.state === 'absent') return 'absent';
  if (found.state === 'broken') return found.why;
  try {
    await verify(path);
    return undefined;
  } catch (error) {
    if (error instanceof NotHere) return error.message;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
