import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { MemoryDB } from '@aws-sdk/client-memorydb';
import { S3 } from '@aws-sdk/client-s3';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

const isHere = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

/** Starts moto's server; it ends with the test. */
async function startMoto(): Promise<string> {
  const port = await findPort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${endpoint}/moto-api/`).then(
          ({ ok }) => ok,
          () => false
        ),
      { timeout: 30_000 }
    )
    .toBe(true);
  return endpoint;
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

// Nothing else needs moto, so that it may be missing also where nothing else may.
describe.skipIf(!isHere)(`moto’s S3${isHere ? '' : ' (without moto_server: pip install "moto[server]")'}`, () => {
  test('takes the files of an export', async () => {
    const s3Endpoint = await startMoto();
    let nowMs = Date.parse('2026-11-23T06:00:00Z');
    const sim = await MemoryDBSimulator.start({ now: () => nowMs, s3Endpoint });
    sim.addCluster('prod', { shards: 3 });
    sim.addSnapshot('mine', { cluster: 'prod', shardSize: '2 MB' });
    const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 1 });
    const s3 = new S3(sim.aws.s3);
    onTestFinished(async () => {
      client.destroy();
      s3.destroy();
      await sim.close();
    });
    const request = { SourceSnapshotName: 'mine', TargetSnapshotName: 'mine', TargetBucket: 'theirs' };
    await expect(client.copySnapshot(request)).rejects.toThrow('The S3 bucket theirs does not exist.');
    await s3.createBucket({ Bucket: 'theirs' });

    await client.copySnapshot(request);
    nowMs += 60_000;
    const { Snapshots } = await client.describeSnapshots({ SnapshotName: 'mine' });

    expect(Snapshots?.[0]?.Status).toBe('available');
    const { Contents } = await s3.listObjectsV2({ Bucket: 'theirs' });
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual(
      ['0001', '0002', '0003'].map((shard) => [`mine-${shard}.rdb`, 2 * 2 ** 20])
    );
    const { Body } = await s3.getObject({ Bucket: 'theirs', Key: 'mine-0002.rdb', Range: 'bytes=0-8' });
    expect(await Body?.transformToString()).toBe('REDIS0010');
    await expect(client.copySnapshot(request)).rejects.toThrow(/already contains an object with key mine-0001\.rdb/);
  });
});
