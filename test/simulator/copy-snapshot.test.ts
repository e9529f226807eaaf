import { expect, test } from 'vitest';
import { createTags, expectRefusal, readStatus, setStage, source } from './stage';

test('a copy answers creating, without shards, and becomes available by the clock alone', async () => {
  const { sim, client, clock } = await setStage();
  sim.set({ copyTakes: '4h' });

  const { Snapshot } = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });

  expect(Snapshot).toMatchObject({
    Name: 'nightly',
    Status: 'creating',
    Source: 'manual',
    ARN: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly',
    ClusterConfiguration: { Name: 'prod', NumShards: 3 },
    DataTiering: 'false',
  });
  expect(Snapshot?.ClusterConfiguration).not.toHaveProperty('Shards');
  expect(Snapshot).not.toHaveProperty('KmsKeyId');
  clock.nowMs += 4 * 3_600_000 - 1;
  expect(await readStatus(client, 'nightly')).toBe('creating');
  clock.nowMs += 1;
  expect(await readStatus(client, 'nightly')).toBe('available');
});

test('names are kept in lower case and found in any', async () => {
  const { client, sim } = await setStage();

  const { Snapshot } = await client.copySnapshot({
    SourceSnapshotName: source.toUpperCase(),
    TargetSnapshotName: 'Nightly',
  });

  expect(Snapshot?.Name).toBe('nightly');
  expect(await readStatus(client, 'NIGHTLY')).toBe('creating');
  expect(await sim.snapshot('Nightly')).toMatchObject({ name: 'nightly' });
});

test('a source that is missing, not available or busy is refused', async () => {
  const { client, sim, clock } = await setStage();
  const copy = (from: string): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: from, TargetSnapshotName: 'nightly' });
  sim.addSnapshot('young', { cluster: 'prod', availableAfter: '5m' });

  await expectRefusal(copy('nobody'), 'SnapshotNotFoundFault', 404);
  await expectRefusal(copy('young'), 'InvalidSnapshotStateFault');
  sim.busy(source, { for: '5m' });
  expect(await readStatus(client, source)).toBe('copying');
  await expectRefusal(copy(source), 'InvalidSnapshotStateFault');
  for (const status of ['failed', 'exporting', 'deleting']) {
    sim.setStatus('young', status);
    await expectRefusal(copy('young'), 'InvalidSnapshotStateFault');
  }
  sim.setStatus('young', undefined);
  clock.advance('5m');
  await copy('young');
  expect(await readStatus(client, source)).toBe('available');
});

test('a target that exists is refused, also while it is made or deleted', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ deleteTakes: '10m' });
  const copy = (): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  await copy();

  await expectRefusal(copy(), 'SnapshotAlreadyExistsFault');
  clock.advance('1m');
  await expectRefusal(copy(), 'SnapshotAlreadyExistsFault');
  await client.deleteSnapshot({ SnapshotName: 'nightly' });
  await expectRefusal(copy(), 'SnapshotAlreadyExistsFault');
  clock.advance('10m');
  await copy();
  expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).toEqual([
    'ok',
    'SnapshotAlreadyExistsFault',
    'SnapshotAlreadyExistsFault',
    'SnapshotAlreadyExistsFault',
    'ok',
  ]);
});

test('a source cannot be copied to itself', async () => {
  const { client } = await setStage();

  const copy = client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: source });

  await expectRefusal(copy, 'SnapshotAlreadyExistsFault');
});

test('tags are those of the request, or the source’s when the request has none', async () => {
  const { client, sim } = await setStage();
  sim.setTags(source, { team: 'blue', 'aws:backup:source': 'plan' });

  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'heir' });
  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'empty', Tags: [] });
  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'own', Tags: [{ Key: 'job' }] });

  expect((await sim.snapshot('heir'))?.tags).toEqual({ team: 'blue' });
  expect((await sim.snapshot('empty'))?.tags).toEqual({ team: 'blue' });
  expect((await sim.snapshot('own'))?.tags).toEqual({ job: '' });
});

test('50 tags are taken, 51 exceed the quota of the resource, 201 break the model', async () => {
  const { client } = await setStage();
  const copy = (target: string, count: number): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: target, Tags: createTags(count) });

  await copy('fifty', 50);
  await expectRefusal(copy('more', 51), 'TagQuotaPerResourceExceeded');
  await expectRefusal(copy('most', 200), 'TagQuotaPerResourceExceeded');
  await expectRefusal(copy('never', 201), 'ValidationException');
});

test.each([
  ['a system key', [{ Key: 'aws:x', Value: '1' }]],
  ['a system key in capitals', [{ Key: 'AWS:x', Value: '1' }]],
  ['no key', [{ Value: '1' }]],
  ['an empty key', [{ Key: '' }]],
  ['a long key', [{ Key: 'k'.repeat(129) }]],
  ['a long value', [{ Key: 'k', Value: 'v'.repeat(257) }]],
  ['strange signs', [{ Key: 'k', Value: '<v>' }]],
  ['a key twice', [{ Key: 'k' }, { Key: 'k', Value: '2' }]],
])('a tag with %s is refused', async (_, Tags) => {
  const { client } = await setStage();

  const copy = client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly', Tags });

  await expectRefusal(copy, 'InvalidParameterValueException');
});

test('the key is told as an ARN; without one the copy keeps its source’s', async () => {
  const { client, sim } = await setStage();
  const arn = 'arn:aws:kms:us-east-1:123456789012:key/5f1c';
  sim.addSnapshot('sealed', { cluster: 'prod', kmsKeyId: arn });
  const copyWith = async (target: string, KmsKeyId?: string): Promise<string | undefined> => {
    const request = { SourceSnapshotName: 'sealed', TargetSnapshotName: target, KmsKeyId };
    return (await client.copySnapshot(request)).Snapshot?.KmsKeyId;
  };

  expect(await copyWith('inherits')).toBe(arn);
  expect(await copyWith('by-id', '77ab')).toBe('arn:aws:kms:us-east-1:123456789012:key/77ab');
  expect(await copyWith('by-alias', 'alias/mine')).toBe('arn:aws:kms:us-east-1:123456789012:alias/mine');
  expect(await copyWith('by-arn', `${arn}-2`)).toBe(`${arn}-2`);
});

test.each([
  ['an empty source', { SourceSnapshotName: '', TargetSnapshotName: 'b' }, 'InvalidParameterValueException'],
  ['a blank target', { SourceSnapshotName: source, TargetSnapshotName: ' ' }, 'InvalidParameterValueException'],
  ['no target', { SourceSnapshotName: source, TargetSnapshotName: undefined }, 'InvalidParameterValueException'],
  ['no source', { SourceSnapshotName: undefined, TargetSnapshotName: 'b' }, 'InvalidParameterValueException'],
  [
    'a dotted target',
    { SourceSnapshotName: source, TargetSnapshotName: 'automatic.b' },
    'InvalidParameterValueException',
  ],
  ['a doubled hyphen', { SourceSnapshotName: source, TargetSnapshotName: 'a--b' }, 'InvalidParameterValueException'],
  [
    'a long target',
    { SourceSnapshotName: source, TargetSnapshotName: 'a'.repeat(256) },
    'InvalidParameterValueException',
  ],
  [
    'a long key',
    { SourceSnapshotName: source, TargetSnapshotName: 'b', KmsKeyId: 'k'.repeat(2049) },
    'ValidationException',
  ],
  [
    'a long bucket',
    { SourceSnapshotName: source, TargetSnapshotName: 'b', TargetBucket: 'b'.repeat(256) },
    'ValidationException',
  ],
  [
    'a strange bucket',
    { SourceSnapshotName: source, TargetSnapshotName: 'b', TargetBucket: 'a/b' },
    'ValidationException',
  ],
  [
    'a bucket that is not there',
    { SourceSnapshotName: source, TargetSnapshotName: 'b', TargetBucket: 'b' },
    'InvalidParameterValueException',
  ],
])('%s is refused, and nothing is made', async (_, request, name) => {
  const { client, sim } = await setStage();

  await expectRefusal(client.copySnapshot(request), name);

  expect(await sim.snapshots()).toHaveLength(1);
});

test('a copy reads as told while it is made and ends as told', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ copyStatus: 'warming-up', copyEnds: 'failed', copyTakes: '10m' });

  const { Snapshot } = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  sim.set({ copyStatus: 'creating', copyEnds: 'available', copyTakes: '1s' });

  expect(Snapshot?.Status).toBe('warming-up');
  clock.advance('9m');
  expect(await readStatus(client, 'nightly')).toBe('warming-up');
  clock.advance('1m');
  expect(await readStatus(client, 'nightly')).toBe('failed');
});

test('a copy may keep its source busy', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ sourceBusyWhileCopying: true, copyTakes: '10m' });
  const copy = (target: string): Promise<unknown> =>
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: target });

  await copy('first');

  expect(await readStatus(client, source)).toBe('copying');
  await expectRefusal(copy('second'), 'InvalidSnapshotStateFault');
  clock.advance('10m');
  expect(await readStatus(client, source)).toBe('available');
  await copy('second');
});

test('a copy of no duration answers creating and is there at once', async () => {
  const { client, sim } = await setStage();
  sim.set({ copyTakes: 0 });

  const { Snapshot } = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });

  expect(Snapshot?.Status).toBe('creating');
  expect(await readStatus(client, 'nightly')).toBe('available');
});

test('many copies to one name at once make one', async () => {
  const { client, sim } = await setStage();

  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, () => client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' }))
  );

  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'SnapshotAlreadyExistsFault')).toHaveLength(9);
});
