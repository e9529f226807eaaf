import { expect, test } from 'vitest';
import { bucket, expectRefusal, readStatus, setExportStage, source } from './stage';

const names = ['0001', '0002', '0003'].map((shard) => `nightly-${shard}.rdb`);

test('an export occupies its source, makes no record, and its files appear one by one by the clock alone', async () => {
  const { client, clock, exportTo, listKeys, sim } = await setExportStage();
  sim.set({ exportTakes: '6m' });

  const answer = await exportTo('nightly');

  expect(answer).toMatchObject({ Snapshot: { Name: source, Status: 'exporting' } });
  await expectRefusal(client.describeSnapshots({ SnapshotName: 'nightly' }), 'SnapshotNotFoundFault', 404);
  const seen: unknown[] = [];
  for (let minute = 0; minute <= 6; minute += 2) {
    seen.push([await readStatus(client, source), await listKeys()]);
    clock.advance('2m');
  }
  expect(seen).toEqual([
    ['exporting', []],
    ['exporting', names.slice(0, 1)],
    ['exporting', names.slice(0, 2)],
    ['available', names],
  ]);
});

test('a source that is being exported can be neither exported nor copied nor deleted', async () => {
  const { client, clock, exportTo } = await setExportStage();
  await exportTo('nightly');
  clock.advance('4m');

  await expectRefusal(exportTo('nightly'), 'InvalidSnapshotStateFault');
  await expectRefusal(exportTo('other'), 'InvalidSnapshotStateFault');
  await expectRefusal(
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'copy' }),
    'InvalidSnapshotStateFault'
  );
  await expectRefusal(client.deleteSnapshot({ SnapshotName: source }), 'InvalidSnapshotStateFault');
  clock.advance('1m');
  const again = exportTo('nightly');
  await expectRefusal(again, 'InvalidParameterValueException');
  await expect(again).rejects.toThrow(
    'The S3 bucket acme-backups already contains an object with key nightly-0001.rdb.'
  );
  await exportTo('other');
});

test.each([
  ['missing', {}, 'nowhere', 'The S3 bucket nowhere does not exist.'],
  ['elsewhere', { region: 'eu-west-1' }, bucket, 'The S3 bucket acme-backups is outside of the region.'],
  [
    'of others',
    { owner: '9'.repeat(12) },
    bucket,
    'The S3 bucket acme-backups is not owned by the authenticated user.',
  ],
  [
    'not to be read',
    { policy: { read: false } },
    bucket,
    'MemoryDB has not been granted READ permissions acme-backups on the S3 Bucket.',
  ],
  [
    'not to be written',
    { policy: { write: false } },
    bucket,
    'MemoryDB has not been granted WRITE permissions acme-backups on the S3 Bucket.',
  ],
  [
    'without its ACL',
    { policy: { readAcp: false } },
    bucket,
    'MemoryDB has not been granted READ_ACP permissions acme-backups on the S3 Bucket.',
  ],
])('a bucket %s is refused in AWS’s words, and nothing begins', async (_, options, name, message) => {
  const { client, exportTo } = await setExportStage({ bucket: options });

  const refused = exportTo('nightly', { bucket: name });

  await expectRefusal(refused, 'InvalidParameterValueException');
  await expect(refused).rejects.toThrow(message);
  expect(await readStatus(client, source)).toBe('available');
});

test('a customer’s key is refused, the source’s as well as one that is asked for', async () => {
  const { client, exportTo, sim } = await setExportStage();
  sim.addSnapshot('sealed', { cluster: 'prod', kmsKeyId: 'k1' });
  const request = { SourceSnapshotName: source, TargetSnapshotName: 'x', TargetBucket: bucket, KmsKeyId: 'k1' };

  await expectRefusal(client.copySnapshot(request), 'InvalidParameterCombinationException');
  const sealed = exportTo('x', { source: 'sealed' });
  await expectRefusal(sealed, 'InvalidParameterCombinationException');
  await expect(sealed).rejects.toThrow(/Customer Managed CMK cannot be used for encrypting exported snapshots in S3/);
});

test('a data-tiered cluster, a source that is not there, and a name of nothing are refused', async () => {
  const { exportTo, sim } = await setExportStage();
  sim.addCluster('tiered', { dataTiering: true });
  sim.addSnapshot('of-tiered', { cluster: 'tiered' });

  await expectRefusal(exportTo('x', { source: 'of-tiered' }), 'InvalidParameterValueException');
  await expectRefusal(exportTo('x', { source: 'nobody' }), 'SnapshotNotFoundFault', 404);
  await expectRefusal(exportTo(' '), 'InvalidParameterValueException');
});

test('the target may have the source’s name, hold slashes and capitals, and belong to nobody’s quota', async () => {
  const { clock, exportTo, listKeys, sim } = await setExportStage();
  sim.set({ exportTakes: 0, quota: 0 });

  await exportTo(source);
  await exportTo('daily/Nightly');
  sim.set({ exportKeys: 'lower-case' });
  await exportTo('Weekly');

  clock.advance('1s');
  expect((await listKeys()).filter((key) => key?.endsWith('-0002.rdb'))).toEqual([
    `${source}-0002.rdb`,
    'daily/Nightly-0002.rdb',
    'weekly-0002.rdb',
  ]);
});

test('shards are named as told, with gaps, whether ShowDetail tells them or not', async () => {
  const { client, clock, exportTo, listKeys, sim } = await setExportStage();
  sim.addCluster('resharded', { shards: ['0001', '0003'], slots: ['0-9999,16383', '10000-16382'], shardDetail: false });
  sim.addCluster('told', { shards: ['0002', '0007'] });
  sim.addSnapshot('untold', { cluster: 'resharded' });
  sim.addSnapshot('told', { cluster: 'told' });

  await exportTo('a', { source: 'untold' });
  const described = await client.describeSnapshots({ SnapshotName: 'untold', ShowDetail: true });
  const other = await client.describeSnapshots({ SnapshotName: 'told', ShowDetail: true });

  clock.advance('5m');
  expect(await listKeys()).toEqual(['a-0001.rdb', 'a-0003.rdb']);
  expect(described.Snapshots?.[0]?.ClusterConfiguration).toMatchObject({ NumShards: 2 });
  expect(described.Snapshots?.[0]?.ClusterConfiguration).not.toHaveProperty('Shards');
  expect(other.Snapshots?.[0]?.ClusterConfiguration?.Shards).toMatchObject([
    { Name: '0002', Configuration: { Slots: '0-8191' } },
    { Name: '0007', Configuration: { Slots: '8192-16383' } },
  ]);
});

test('it answers, reads and ends as told', async () => {
  const { client, clock, exportTo, listKeys, sim } = await setExportStage();
  sim.set({ exportAnswer: 'empty', exportStatus: 'copying', exportEnds: 'failed', exportLoses: 'all' });

  const answer = await exportTo('nightly');
  sim.set({ exportEnds: 'available', exportStatus: 'exporting' });

  expect(answer).not.toHaveProperty('Snapshot');
  expect(await readStatus(client, source)).toBe('copying');
  clock.advance('5m');
  expect(await readStatus(client, source)).toBe('failed');
  expect(await listKeys()).toEqual([]);
});

test('files are lost, late, or in another order as told', async () => {
  const { client, clock, exportTo, listKeys, sim } = await setExportStage();
  sim.set({ exportTakes: '3m', exportOrder: 'descending', exportLoses: ['0002'], exportLate: { '0001': '10m' } });

  await exportTo('nightly');

  clock.advance('1m');
  expect(await listKeys()).toEqual([names[2]]);
  clock.advance('2m');
  expect(await readStatus(client, source)).toBe('available');
  expect(await listKeys()).toEqual([names[2]]);
  clock.advance('10m');
  expect(await listKeys()).toEqual([names[0], names[2]]);
});

test('all files may appear together, or all too late', async () => {
  const { clock, exportTo, listKeys, sim } = await setExportStage();
  sim.set({ exportOrder: 'together' });
  await exportTo('nightly');
  clock.advance('4m');
  expect(await listKeys()).toEqual([]);
  clock.advance('1m');
  expect(await listKeys()).toEqual(names);

  sim.set({ exportLate: '1m' });
  await exportTo('other');
  clock.advance('5m');
  expect(await listKeys()).toEqual(names);
  clock.advance('1m');
  expect(await listKeys()).toHaveLength(6);
});

test('somebody else exports the same snapshot, to nowhere or to the same bucket', async () => {
  const { client, clock, exportTo, listKeys, sim } = await setExportStage();

  sim.exportElsewhere(source, { for: '1m' });
  expect(await readStatus(client, source)).toBe('exporting');
  await expectRefusal(exportTo('nightly'), 'InvalidSnapshotStateFault');
  clock.advance('1m');
  sim.exportElsewhere(source, { for: '1m', bucket, target: 'nightly' });
  clock.advance('1m');

  expect(await listKeys()).toEqual(names);
  await expectRefusal(exportTo('nightly'), 'InvalidParameterValueException');
});

test('files that were deleted, also before they appeared, are gone for good', async () => {
  const { clock, exportTo, listKeys, sim } = await setExportStage();
  await exportTo('nightly');
  sim.deleteObject(bucket, 'nightly-0003.rdb');
  clock.advance('5m');
  sim.deleteObject(bucket, 'nightly-0001.rdb');

  expect(await listKeys()).toEqual(['nightly-0002.rdb']);
});

test('tags of an export are put on nothing', async () => {
  const { client, sim } = await setExportStage();

  await client.copySnapshot({
    SourceSnapshotName: source,
    TargetSnapshotName: 'nightly',
    TargetBucket: bucket,
    Tags: [{ Key: 'job', Value: '1' }],
  });

  expect(await sim.snapshots()).toMatchObject([{ name: source, tags: {} }]);
});
