import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import { setStage, source } from './stage';

interface CliResult {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `aws memorydb ...` against the simulator, as a user would. */
function aws(sim: MemoryDBSimulator, ...args: string[]): Promise<CliResult> {
  const { endpoint, region, credentials } = sim.aws.memorydb;
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_PAGER: '',
  };
  const all = ['memorydb', ...args, '--endpoint-url', endpoint, '--region', region, '--output', 'json'];
  return new Promise((resolve) => {
    execFile('aws', all, { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

/** The JSON that a command printed; throws what it wrote on stderr when it failed. */
async function read(result: Promise<CliResult>): Promise<unknown> {
  const { code, stdout, stderr } = await result;
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

/** The shards' times in a description: version 1 prints seconds, version 2 a date. */
function listShardTimes(described: unknown): string[] {
  const times: string[] = [];
  JSON.stringify(described, (name, value: unknown) => {
    if (name !== 'SnapshotCreationTime') return value;
    times.push(new Date(typeof value === 'number' ? value * 1000 : String(value)).toISOString());
    return undefined;
  });
  return times;
}

describeWith('AWS CLI', 'the AWS CLI', () => {
  test('copies a snapshot, watches it, reads its tags and deletes it', async () => {
    const { sim, advance } = await setStage();
    const names = ['--source-snapshot-name', source, '--target-snapshot-name', 'Nightly'];

    const copied = await read(aws(sim, 'copy-snapshot', ...names, '--tags', 'Key=job,Value=1', '--kms-key-id', 'k2'));
    expect(copied).toMatchObject({
      Snapshot: { Name: 'nightly', Status: 'creating', KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k2' },
    });
    advance(60_000);
    const described = await read(aws(sim, 'describe-snapshots', '--snapshot-name', 'nightly', '--show-detail'));
    expect(described).toMatchObject({ Snapshots: [{ Status: 'available', ClusterConfiguration: { NumShards: 3 } }] });
    expect(listShardTimes(described)).toEqual(Array(3).fill('2026-11-23T03:15:00.250Z'));
    const arn = 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly';
    expect(await read(aws(sim, 'list-tags', '--resource-arn', arn))).toEqual({ TagList: [{ Key: 'job', Value: '1' }] });
    const deleted = await read(aws(sim, 'delete-snapshot', '--snapshot-name', 'nightly'));
    expect(deleted).toMatchObject({ Snapshot: { Status: 'deleting' } });
    expect(await sim.snapshot('nightly')).toBeUndefined();
  });

  test('creates a snapshot, tags it, and pages through the list', async () => {
    const { sim } = await setStage();
    const arn = 'arn:aws:memorydb:us-east-1:123456789012:snapshot/weekly';

    const created = await read(aws(sim, 'create-snapshot', '--cluster-name', 'prod', '--snapshot-name', 'weekly'));
    await read(aws(sim, 'tag-resource', '--resource-arn', arn, '--tags', 'Key=a,Value=b', 'Key=c'));
    const untagged = await read(aws(sim, 'untag-resource', '--resource-arn', arn, '--tag-keys', 'a'));
    const listed = await read(aws(sim, 'describe-snapshots', '--page-size', '1', '--query', 'Snapshots[].Name'));
    const clusters = await read(aws(sim, 'describe-clusters', '--show-shard-details'));

    expect(created).toMatchObject({ Snapshot: { Name: 'weekly', Status: 'creating' } });
    expect(untagged).toEqual({ TagList: [{ Key: 'c', Value: '' }] });
    expect(listed).toEqual([source, 'plain', 'weekly']);
    expect(sim.callsTo('DescribeSnapshots')).toHaveLength(3);
    expect(clusters).toMatchObject({ Clusters: [{ Name: 'prod', NumberOfShards: 3 }] });
  });

  test('tells the faults by their names', async () => {
    const { sim } = await setStage();
    sim.fail('DescribeClusters', { error: 'ServiceLinkedRoleNotFoundFault', message: 'no role' });

    const missing = await aws(sim, 'describe-snapshots', '--snapshot-name', 'nobody');
    const names = ['--source-snapshot-name', 'plain', '--target-snapshot-name', 'b'];
    const exported = await aws(sim, 'copy-snapshot', ...names, '--target-bucket', 'nowhere');
    const scripted = await aws(sim, 'describe-clusters');

    expect([missing.code, exported.code, scripted.code]).not.toContain(0);
    expect(missing.stderr).toContain(
      '(SnapshotNotFoundFault) when calling the DescribeSnapshots operation: Snapshot nobody'
    );
    expect(exported.stderr).toContain('(InvalidParameterValueException) when calling the CopySnapshot operation');
    expect(scripted.stderr).toContain(
      '(ServiceLinkedRoleNotFoundFault) when calling the DescribeClusters operation: no role'
    );
  });
});
