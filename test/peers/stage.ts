import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { onTestFinished } from 'vitest';

/** The automatic snapshot that every stage has, of the three-shard cluster `prod`. */
export const source = 'automatic.prod-2026-11-23-03-15';

/** A simulator whose time moves by `advance` alone, with a cluster, two snapshots, of which `plain` has no key, and a bucket; it ends with the test. */
export async function setStage(): Promise<{ sim: MemoryDBSimulator; advance: (ms: number) => void }> {
  let nowMs = Date.parse('2026-11-23T06:00:00Z');
  const sim = await MemoryDBSimulator.start({ now: () => nowMs });
  onTestFinished(() => sim.close());
  sim.addCluster('prod', { shards: 3, tags: { env: 'prod' } });
  const createdAt = '2026-11-23T03:15:00.250Z';
  sim.addSnapshot(source, { cluster: 'prod', createdAt, kmsKeyId: 'k1', tags: { team: 'blue' } });
  sim.addSnapshot('plain', { cluster: 'prod', createdAt });
  sim.addBucket('acme-backups');
  sim.set({ exportTakes: '5m' });
  return { sim, advance: (ms) => void (nowMs += ms) };
}
