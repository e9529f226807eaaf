/** The key that MemoryDB is going to write a shard under, exactly. */
export function keyOf(target: string, shard: string): string {
  return `${target}-${shard}.rdb`;
}

/** The manifest's key: beside the objects, and no key that MemoryDB writes. */
export function manifestKeyOf(target: string): string {
  return `${target}.manifest.json`;
}
