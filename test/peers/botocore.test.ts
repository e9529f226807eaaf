import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, test } from 'vitest';
import { botocorePython, describeWith } from '../support/temporal-servers';
import { setStage, source } from './stage';

interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Sends calls by botocore and gives what its model says of the raw answers. */
async function check(sim: MemoryDBSimulator, calls: readonly Call[]): Promise<unknown> {
  const { endpoint, region } = sim.aws.memorydb;
  const child = spawn(botocorePython(), [join(__dirname, 'check_answers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ endpoint, region, calls }));
  const ended: Promise<unknown[]> = once(child, 'close');
  const answers = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`check_answers.py ended with ${String(code)}`);
  return JSON.parse(answers);
}

describeWith('botocore', 'botocore’s model', () => {
  test('knows every member of every answer', async () => {
    const { sim } = await setStage();
    sim.set({ copyTakes: 0 });
    const ResourceArn = 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly';
    const calls = [
      { operation: 'CreateSnapshot', input: { ClusterName: 'prod', SnapshotName: 'weekly', KmsKeyId: 'k' } },
      { operation: 'CopySnapshot', input: { SourceSnapshotName: source, TargetSnapshotName: 'nightly' } },
      {
        operation: 'CopySnapshot',
        input: { SourceSnapshotName: 'plain', TargetSnapshotName: 'x', TargetBucket: 'acme-backups' },
      },
      { operation: 'DescribeSnapshots', input: { ShowDetail: true, MaxResults: 2 } },
      { operation: 'DescribeSnapshots', input: { ClusterName: 'nobody' } },
      { operation: 'ListTags', input: { ResourceArn } },
      { operation: 'TagResource', input: { ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] } },
      { operation: 'UntagResource', input: { ResourceArn, TagKeys: ['a'] } },
      { operation: 'DeleteSnapshot', input: { SnapshotName: 'nightly' } },
      { operation: 'DescribeClusters', input: { ShowShardDetails: true } },
    ];

    const answers = await check(sim, calls);

    expect(answers).toEqual(calls.map(({ operation }) => ({ operation, error: null, status: 200, problems: [] })));
  });

  test('knows every fault, and that its operation may answer it', async () => {
    const { sim } = await setStage();
    sim.exhaustQuota('prod', { for: Infinity });
    sim.addSnapshot('busy', { cluster: 'prod', status: 'copying' });
    const arn = (name: string): string => `arn:aws:memorydb:us-east-1:123456789012:snapshot/${name}`;
    const copy = (from: string, to: string, more = {}): Call => ({
      operation: 'CopySnapshot',
      input: { SourceSnapshotName: from, TargetSnapshotName: to, ...more },
    });
    const tags = (count: number): { Key: string }[] => Array.from({ length: count }, (_, n) => ({ Key: `k${n}` }));
    const cases: readonly (readonly [Call, string, number])[] = [
      [copy('nobody', 'a'), 'SnapshotNotFoundFault', 404],
      [copy('busy', 'a'), 'InvalidSnapshotStateFault', 400],
      [copy(source, 'busy'), 'SnapshotAlreadyExistsFault', 400],
      [copy(source, 'a'), 'SnapshotQuotaExceededFault', 400],
      [copy(source, ''), 'InvalidParameterValueException', 400],
      [copy('plain', 'a', { TargetBucket: 'nowhere' }), 'InvalidParameterValueException', 400],
      [copy(source, 'a', { TargetBucket: 'acme-backups' }), 'InvalidParameterCombinationException', 400],
      [copy(source, 'a', { Tags: tags(51) }), 'TagQuotaPerResourceExceeded', 400],
      [{ operation: 'CreateSnapshot', input: { ClusterName: 'x', SnapshotName: 'a' } }, 'ClusterNotFoundFault', 404],
      [{ operation: 'DescribeSnapshots', input: { SnapshotName: 'x' } }, 'SnapshotNotFoundFault', 404],
      [{ operation: 'DescribeSnapshots', input: { MaxResults: 0 } }, 'InvalidParameterValueException', 400],
      [{ operation: 'DescribeClusters', input: { ClusterName: 'x' } }, 'ClusterNotFoundFault', 404],
      [{ operation: 'DeleteSnapshot', input: { SnapshotName: 'x' } }, 'SnapshotNotFoundFault', 404],
      [{ operation: 'DeleteSnapshot', input: { SnapshotName: 'busy' } }, 'InvalidSnapshotStateFault', 400],
      [{ operation: 'ListTags', input: { ResourceArn: arn('x') } }, 'SnapshotNotFoundFault', 404],
      [{ operation: 'ListTags', input: { ResourceArn: 'x' } }, 'InvalidARNFault', 400],
      [
        { operation: 'TagResource', input: { ResourceArn: arn('busy'), Tags: tags(51) } },
        'TagQuotaPerResourceExceeded',
        400,
      ],
      [{ operation: 'UntagResource', input: { ResourceArn: arn('busy'), TagKeys: ['x'] } }, 'TagNotFoundFault', 404],
    ];

    const answers = await check(
      sim,
      cases.map(([call]) => call)
    );

    expect(answers).toEqual(
      cases.map(([{ operation }, error, status]) => ({ operation, error, status, problems: [] }))
    );
  });
});
