import { MANIFEST_ENDING, manifestKeyOf } from '../../contract/export-keys';
import type { Place } from './source';

/** Where an object is now that a manifest names by this key. */
export type Move = (key: string) => string;

/**
 * The keys under which the manifest of an export can be. A job writes it in lower case; folders above it keep the case
 * that they were given when manifest and objects were moved together.
 */
export function manifestKeysFor(name: string): readonly string[] {
  const segments = name.split('/');
  const inLowerCaseFrom = (index: number) =>
    [...segments.slice(0, index), manifestKeyOf(segments.slice(index).join('/'))].join('/');
  const keys = segments.map((_, index) => inLowerCaseFrom(index)).reverse();
  return [...new Set([name + MANIFEST_ENDING, ...keys])];
}

/**
 * Where the objects of an export can be, given where its manifest is: under their own keys, or moved together with it,
 * with all their folders or without.
 */
export function movesFrom(place: Place['kind'], target: string, manifestKey: string): readonly Move[] {
  const [own, now] = [manifestKeyOf(target), manifestKey].map((key) => key.split('/')) as [string[], string[]];
  const folders = countCommonFolders(own, now);
  const isOriginal = place === 'bucket' && manifestKey === manifestKeyOf(target);
  return (isOriginal ? [folders] : [...new Set([folders, 0])]).map((kept) => (key) => {
    const root = now.slice(0, now.length - 1 - kept);
    return [...root, ...key.split('/').slice(-1 - kept)].join('/');
  });
}

/** How many of the folders right above two files have the same names. */
function countCommonFolders(first: readonly string[], second: readonly string[]): number {
  const most = Math.min(first.length, second.length) - 1;
  for (let count = 0; count < most; count += 1) {
    if (first.at(-2 - count) !== second.at(-2 - count)) return count;
  }
  return most;
}
