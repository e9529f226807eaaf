import type { PlannedObject, SnapshotRecord } from '../contract/job';

/** The manifest's key: beside the objects, and no key that MemoryDB writes. */
export function manifestKeyOf(target: string): string {
  return `${target}.manifest.json`;
}

/**
 * The keys that MemoryDB is going to write, exactly: `<target>-<shard>.rdb`. Shard names may have gaps after
 * resharding, so they are taken from the source; without shard detail they are counted.
 */
export function planObjects(target: string, source: SnapshotRecord): PlannedObject[] {
  const { Shards: shards = [], NumShards: count = 1 } = source.ClusterConfiguration ?? {};
  if (shards.length > 0) {
    return shards.map(({ Name: shard, Slots: slots }) => ({
      shard,
      key: keyOf(target, shard),
      ...(slots !== undefined && { slots }),
    }));
  }
  return Array.from({ length: count }, (_, i) => {
    const shard = String(i + 1).padStart(4, '0');
    return { shard, key: keyOf(target, shard) };
  });
}

function keyOf(target: string, shard: string): string {
  return `${target}-${shard}.rdb`;
}
