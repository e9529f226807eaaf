import { expect, test } from 'vitest';
import { expectRefusal, setStage, source } from './stage';

test('every call is logged in order, with its input as it was sent, its time and its outcome', async () => {
  const { client, sim, clock } = await setStage();

  const copied = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'Nightly' });
  clock.advance('1m');
  await expectRefusal(client.describeSnapshots({ SnapshotName: 'nobody' }), 'SnapshotNotFoundFault', 404);

  expect(sim.calls).toEqual([
    {
      n: 1,
      operation: 'CopySnapshot',
      at: Date.parse('2026-11-23T06:00:00Z'),
      input: { SourceSnapshotName: source, TargetSnapshotName: 'Nightly' },
      outcome: 'ok',
      requestId: copied.$metadata.requestId,
    },
    expect.objectContaining({ n: 2, at: Date.parse('2026-11-23T06:01:00Z'), outcome: 'SnapshotNotFoundFault' }),
  ]);
  expect(sim.callsTo('CopySnapshot')[0]?.input.TargetSnapshotName).toBe('Nightly');
  expect(sim.callsTo('ListTags')).toEqual([]);
});

test('the n-th call can be waited for, also when it has been', async () => {
  const { client, sim } = await setStage();
  const second = sim.calledTimes('DescribeClusters', 2);

  await client.describeClusters({});
  await client.describeClusters({ ClusterName: 'prod' });

  expect((await second).input).toEqual({ ClusterName: 'prod' });
  expect((await sim.calledTimes('DescribeClusters', 1)).n).toBe(1);
});

test('waiting ends in an error when the simulator is closed first', async () => {
  const { sim } = await setStage();
  const never = sim.calledTimes('ListTags', 1);
  const script = sim.fail('ListTags', { error: 'ThrottlingException' });

  await sim.close();

  await expect(never).rejects.toThrow(/closed before call 1 of ListTags/);
  await expect(script.hit).rejects.toThrow(/closed before/);
  await expect(sim.calledTimes('ListTags', 1)).rejects.toThrow(/closed before/);
});

test('a listener is told of each outcome until it has enough', async () => {
  const { client, sim } = await setStage();
  const seen: string[] = [];
  const stop = sim.onCall(({ operation, outcome }) => seen.push(`${operation} ${outcome}`));
  const script = sim.fail('DescribeClusters', { connection: 'hang' });

  const hanging = client.describeClusters({});
  await script.hit;
  script.release();
  await hanging;
  stop();
  await client.describeClusters({});

  expect(seen).toEqual(['DescribeClusters hung', 'DescribeClusters ok']);
});

test('a listener that throws harms no answer, and is told of at the end', async () => {
  const { client, sim } = await setStage();
  sim.onCall(() => {
    throw new Error('my own mistake');
  });

  await client.describeClusters({});

  await expect(sim.close()).rejects.toThrow(/my own mistake/);
});
