import { SetUpError } from '../machine/errors.mjs';
import { NotHere } from './not-here.mjs';

/**
 * One place where a server may be had.
 *
 * @typedef {object} Source
 * @property {string} name as a message calls it
 * @property {() => Promise<string>} look gives the path of an executable that was seen to run; throws {@link NotHere}
 */

/** @typedef {{ readonly path: string, readonly source: string }} FoundServer */
/** @typedef {{ readonly missing: string }} MissingServer the reason, with everything that was tried */

/**
 * Asks one source after the other. A missing server is a result, not an error: most of the lanes run without it.
 *
 * @param {string} what
 * @param {readonly Source[]} sources
 * @returns {Promise<FoundServer | MissingServer>}
 */
export async function findServer(what, sources) {
  /** @type {string[]} */
  const tried = [];
  for (const source of sources) {
    try {
      return { path: await source.look(), source: source.name };
    } catch (error) {
      if (!isReason(error)) throw error;
      tried.push(`  ${source.name}: ${error.message}`);
    }
  }
  return { missing: [`no ${what} to be had:`, ...tried].join('\n') };
}

/**
 * A full disk or a cache that cannot be written is a reason to go on with the next source as well.
 *
 * @param {unknown} error
 * @returns {error is Error}
 */
function isReason(error) {
  if (error instanceof SetUpError || !(error instanceof Error)) return false;
  return error instanceof NotHere || 'syscall' in error;
}
