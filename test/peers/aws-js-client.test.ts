import { MemoryDB } from '@aws-sdk/client-memorydb';
import { getRuntimeTypecheckPlugin } from '@smithy/typecheck';
import { expect, onTestFinished, test } from 'vitest';
import { setStage, source } from './stage';

test('the JS client finds nothing wrong with the answers to every operation', async () => {
  const { sim, advance } = await setStage();
  const problems: unknown[] = [];
  const note = (problem: unknown): void => void problems.push(problem);
  const logger = { trace: note, debug: note, info: note, warn: note, error: note };
  const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 1 });
  client.middlewareStack.use(getRuntimeTypecheckPlugin({ logger, input: 'throw', output: 'error' }));
  onTestFinished(() => client.destroy());

  const { Snapshot } = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  const ResourceArn = Snapshot?.ARN;
  await client.createSnapshot({ ClusterName: 'prod', SnapshotName: 'weekly', Tags: [{ Key: 'a', Value: 'b' }] });
  await client.describeSnapshots({ ShowDetail: true });
  advance(60_000);
  await client.describeSnapshots({ ShowDetail: true, MaxResults: 1 });
  await client.describeClusters({ ShowShardDetails: true });
  await client.listTags({ ResourceArn });
  await client.tagResource({ ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] });
  await client.untagResource({ ResourceArn, TagKeys: ['a'] });
  await client.deleteSnapshot({ SnapshotName: 'nightly' });

  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(Array(9).fill('ok'));
  expect(problems).toEqual([]);
});

test('the JS client’s own retries ride over throttling, 5xx and cut connections', async () => {
  const { sim } = await setStage();
  const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 4, retryMode: 'standard' });
  onTestFinished(() => client.destroy());
  sim.fail('DescribeSnapshots', { error: 'ThrottlingException' });
  sim.fail('DescribeSnapshots', { error: 'ServiceUnavailable' });
  sim.fail('DescribeSnapshots', { connection: 'drop' });

  const { Snapshots, $metadata } = await client.describeSnapshots({});

  expect(Snapshots).toHaveLength(2);
  expect($metadata.attempts).toBe(4);
});

test('the JS client resends a copy of which the answer was lost, and meets its own copy', async () => {
  const { sim } = await setStage();
  const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 2 });
  onTestFinished(() => client.destroy());
  sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });

  const copy = client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });

  await expect(copy).rejects.toMatchObject({ name: 'SnapshotAlreadyExistsFault' });
  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(['dropped', 'SnapshotAlreadyExistsFault']);
});
