import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import { makeFolder } from './redis-server';
import { setStage } from './stage';

/** Runs `aws ...` against the simulator, as a user would, and gives what it printed. */
function aws(sim: MemoryDBSimulator, ...args: string[]): Promise<string> {
  const { endpoint, region, credentials } = sim.aws.s3;
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_PAGER: '',
  };
  const all = [...args, '--endpoint-url', endpoint, '--region', region, '--output', 'json'];
  return new Promise((resolve, reject) => {
    execFile('aws', all, { env }, (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout)));
  });
}

describeWith('AWS CLI', 'the AWS CLI, for S3', () => {
  test('exports a snapshot, lists its files, looks at them and fetches them', async () => {
    const { sim, advance } = await setStage();
    sim.addSnapshot('mine', { cluster: 'prod', shardSize: '20 MB' }); // large enough for ranges side by side
    const folder = makeFolder();
    const names = ['--source-snapshot-name', 'mine', '--target-snapshot-name', 'daily/mine'];

    await aws(sim, 'memorydb', 'copy-snapshot', ...names, '--target-bucket', 'acme-backups');
    advance(5 * 60_000);
    const listed = await aws(sim, 's3', 'ls', 's3://acme-backups/daily/');
    const key = ['--bucket', 'acme-backups', '--key', 'daily/mine-0002.rdb'];
    const head: unknown = JSON.parse(await aws(sim, 's3api', 'head-object', ...key, '--checksum-mode', 'ENABLED'));
    await aws(sim, 's3', 'cp', 's3://acme-backups/daily/', folder, '--recursive');

    expect(listed.match(/20971520 mine-000[123]\.rdb/g)).toHaveLength(3);
    expect(head).toMatchObject({ ContentLength: 20 * 2 ** 20, ServerSideEncryption: 'AES256' });
    for (const { key: name, bytes } of await sim.objects('acme-backups')) {
      expect(readFileSync(join(folder, name.slice('daily/'.length))).equals(bytes())).toBe(true);
    }
    expect(sim.callsTo('GetObject').some(({ input }) => input.Range !== undefined)).toBe(true);
  });

  test('puts, reads on a condition, and removes', async () => {
    const { sim } = await setStage();
    const file = join(makeFolder(), 'manifest.json');
    writeFileSync(file, '{"state":"claimed"}');
    const s3 = new S3(sim.aws.s3);
    onTestFinished(() => s3.destroy());

    await aws(sim, 's3', 'cp', file, 's3://acme-backups/m n/é.json');
    const printed = await aws(sim, 's3', 'cp', 's3://acme-backups/m n/é.json', '-');
    const key = ['--bucket', 'acme-backups', '--key', 'm n/é.json'];
    // By the SDK: the CLI puts on a condition since August 2024, and distributions have older ones.
    const again = { Bucket: 'acme-backups', Key: 'm n/é.json', Body: '{}', IfNoneMatch: '*' };

    expect(printed).toBe('{"state":"claimed"}');
    const onlyAnother = aws(sim, 's3api', 'get-object', ...key, '--if-match', '"another"', devNull);
    await expect(onlyAnother).rejects.toThrow(/PreconditionFailed/);
    await expect(s3.putObject(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await aws(sim, 's3', 'rm', 's3://acme-backups/m n/é.json');
    expect(await sim.objects('acme-backups')).toEqual([]);
    await expect(aws(sim, 's3', 'ls', 's3://nowhere')).rejects.toThrow(/NoSuchBucket/);
  });
});
