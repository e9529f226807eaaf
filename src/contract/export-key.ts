/** The key that MemoryDB is going to write a shard under, exactly. */
export function keyOf(target: string, shard: string): string {
  return `${target}-${shard}.rdb`;
}
