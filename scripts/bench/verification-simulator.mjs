// The simulator with an exported object of each size that the arguments give, in a process of its own.
import { CopySnapshotCommand, MemoryDBClient } from '@aws-sdk/client-memorydb';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';

const BUCKET = 'bench';
/** Small keys of many kinds; the rest of an object is strings of 64 KiB. */
const SMALL_KEYS = 50_000;

process.on('disconnect', () => process.exit());

const sim = await MemoryDBSimulator.start();
const client = new MemoryDBClient(sim.aws.memorydb);
sim.set({ exportTakes: 0 });
sim.addBucket(BUCKET);
sim.addCluster('prod');
const keys = [];
for (const shardSize of process.argv.slice(2).map(Number)) {
  const name = `of-${shardSize}-bytes`;
  sim.addSnapshot(name, { cluster: 'prod', shardSize, keysPerShard: SMALL_KEYS });
  await client.send(
    new CopySnapshotCommand({ SourceSnapshotName: name, TargetSnapshotName: name, TargetBucket: BUCKET })
  );
  keys.push(`${name}-0001.rdb`);
}
process.send?.({ s3: sim.aws.s3, bucket: BUCKET, keys });
