import { spawn } from 'node:child_process';
import { MemoryDB } from '@aws-sdk/client-memorydb';
import { S3 } from '@aws-sdk/client-s3';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, exportOf, inWorld, openTimeSkipping } from '../support/world';
import { findPort } from './find-port';

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

describeWith('moto', 'moto’s S3', () => {
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

describeWith(['moto', 'time-skipping server'], 'moto’s S3 in the place of ours', () => {
  test('the whole job: claim, wait, look at each object, manifest', { timeout: 60_000 }, async () => {
    const s3Endpoint = await startMoto();
    const server = await openTimeSkipping();
    onTestFinished(() => server.close());
    await inWorld(
      server,
      async ({ sim, run }) => {
        const s3 = new S3(sim.aws.s3);
        onTestFinished(() => s3.destroy());
        await s3.createBucket({ Bucket: BUCKET });

        const result = await run(exportOf(), 'nightly');
        const again = await run(exportOf(), 'nightly');

        expect(result).toMatchObject({ kind: 'export', adopted: false, objects: [{ verdict: 'verified' }, {}, {}] });
        expect(again).toMatchObject({ kind: 'export', adopted: true });
        const { Body } = await s3.getObject({ Bucket: BUCKET, Key: 'nightly.manifest.json' });
        expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({ state: 'complete' });
      },
      { s3Endpoint }
    );
  });
});
