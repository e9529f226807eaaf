/** @import { PartName } from './parts.mjs' */

/**
 * @param {PartName} name
 * @returns {readonly [start: string, end: string]}
 */
export function markersOf(name) {
  return [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
}

/**
 * @param {string} readme
 * @param {PartName} name
 * @returns {boolean} whether there is one place for the table, and no doubt where it ends
 */
export function hasBlock(readme, name) {
  const markers = markersOf(name);
  const [start = -1, end = -1] = markers.map((marker) => readme.indexOf(marker));
  const areSingle = markers.every((marker) => readme.indexOf(marker) === readme.lastIndexOf(marker));
  return start !== -1 && start < end && areSingle;
}

/**
 * @param {string} readme
 * @param {PartName} name
 * @param {string} table
 * @returns {string} the README with the table between its markers; throws when it has none
 */
export function replaceBlock(readme, name, table) {
  const [start, end] = markersOf(name);
  if (!hasBlock(readme, name)) throw new Error(`the README has no ${start} before ${end}, or more than one`);
  return `${readme.slice(0, readme.indexOf(start) + start.length)}\n\n${table.trim()}\n\n${readme.slice(readme.indexOf(end))}`;
}
