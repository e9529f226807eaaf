/** What the key of a manifest ends with; no key that MemoryDB writes does. */
export const MANIFEST_ENDING = '.manifest.json';

/** The key that MemoryDB is going to write a shard under, exactly. */
export function keyOf(target: string, shard: string): string {
  return `${target}-${shard}.rdb`;
}

/**
 * The manifest's key, beside the objects. In lower case, as MemoryDB may write the objects' keys: two targets that differ
 * in case alone may be the same keys, and then there is one claim to them.
 */
export function manifestKeyOf(target: string): string {
  return target.toLowerCase() + MANIFEST_ENDING;
}
