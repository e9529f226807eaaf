import { crc64jones, crc64nvme } from '../../src/testing/crc64';
import { hashSlot } from '../../src/testing/keys-for-slot';
import { createRdbFile, type RdbFileOptions } from '../../src/testing/rdb-file';
import { expect, test } from 'vitest';
import { bucket, readBody, setExportStage } from './stage';

const options: RdbFileOptions = {
  seed: 'test',
  slots: [[0, 5460]],
  version: 10,
  engine: ['redis-ver', '7.1.0'],
  takenAt: Date.parse('2026-11-23T03:15:00Z'),
  keys: 26,
  size: 3_000_000,
  checksum: true,
};

const digits = Buffer.from('123456789');

test('both CRC-64s have their published check values', () => {
  expect(crc64jones.update(0n, digits)).toBe(0xe9c6d914c4b8d9can);
  expect(crc64nvme.update(0n, digits)).toBe(0xae8b14860a799888n);
});

test.each([
  ['Jones', crc64jones],
  ['NVME', crc64nvme],
])('CRC-64/%s: in pieces and joined it is the same', (_, crc64) => {
  const bytes = Buffer.concat(Array.from({ length: 50 }, (_, n) => Buffer.from(`piece ${n}`)));
  const whole = crc64.update(0n, bytes);

  for (const at of [0, 1, 100, bytes.length]) {
    const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)];
    const begun = crc64.update(0n, first);
    expect(crc64.update(begun, second)).toBe(whole);
    expect(crc64.joiner(second.length)(begun, crc64.update(0n, second))).toBe(whole);
  }
});

test('slots are those of the specification’s examples', () => {
  expect(hashSlot('123456789')).toBe(12_739);
  expect(hashSlot('{user1000}.following')).toBe(hashSlot('user1000'));
  expect(hashSlot('foo{}{bar}')).not.toBe(hashSlot('bar'));
  expect(hashSlot('foo{bar}{zap}')).toBe(hashSlot('bar'));
});

test('a file has the size that it is told, to the byte, and the checksums of its bytes', () => {
  const sizes = [1024, 1025, 1088, 1089, 1090, 2000, 17_000, 65_536, 131_072, 200_000, 3_000_000];
  for (const size of sizes) {
    const file = createRdbFile({ ...options, size });
    const bytes = Buffer.concat([...file.read()]);

    expect([file.size, bytes.length]).toEqual([size, size]);
    expect(bytes.readBigUInt64LE(size - 8)).toBe(crc64jones.update(0n, bytes.subarray(0, -8)));
    expect(file.checksum()).toBe(crc64nvme.update(0n, bytes));
  }
  for (let size = 16_384; size < 16_384 + 2000; size += 1) {
    expect(createRdbFile({ ...options, size }).size).toBe(size);
  }
});

test('any part is what it is in the whole', () => {
  const file = createRdbFile(options);
  const whole = Buffer.concat([...file.read()]);

  for (const [start, end] of [
    [0, 1],
    [0, 9],
    [2990, 70_000],
    [65_500, 65_540],
    [1_500_000, 1_700_000],
    [2_999_990, 3_000_000],
  ] as const) {
    expect(Buffer.concat([...file.read(start, end)]).equals(whole.subarray(start, end))).toBe(true);
  }
});

test('a file without a checksum ends in zero; without a size it holds the small keys alone', () => {
  const bytes = Buffer.concat([...createRdbFile({ ...options, size: undefined, keys: 3, checksum: false }).read()]);

  expect(bytes.subarray(-9)).toEqual(Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0]));
  expect(bytes.length).toBeLessThan(400);
  expect(bytes.subarray(0, 9).toString()).toBe('REDIS0010');
});

test('a gibibyte is there at once: its head, its tail and its checksum', async () => {
  const { clock, exportTo, s3, sim } = await setExportStage();
  sim.addSnapshot('huge', { cluster: 'prod', shardSize: '1 GB' });
  const begun = performance.now();
  await exportTo('huge', { source: 'huge' });
  clock.advance('5m');

  const at = { Bucket: bucket, Key: 'huge-0003.rdb' };
  const head = await s3.headObject({ ...at, ChecksumMode: 'ENABLED' });
  const magic = await readBody(s3.getObject({ ...at, Range: 'bytes=0-8' }));
  const tail = await readBody(s3.getObject({ ...at, Range: 'bytes=-9' }));

  expect([head.ContentLength, magic.toString(), tail[0]]).toEqual([2 ** 30, 'REDIS0010', 0xff]);
  expect(head.ChecksumCRC64NVME).toBeDefined();
  expect(performance.now() - begun).toBeLessThan(30_000);
});

test('the same snapshot gives the same bytes, its copy too, and each shard its own', async () => {
  const { client, clock, exportTo, s3, sim } = await setExportStage();
  sim.addSnapshot('first', { cluster: 'prod', createdAt: '2026-11-23T01:00:00Z' });
  await client.copySnapshot({ SourceSnapshotName: 'first', TargetSnapshotName: 'copy' });
  clock.advance('1h');
  await exportTo('a', { source: 'first' });
  await exportTo('b', { source: 'copy' });
  clock.advance('5m');

  const etags = await Promise.all(
    ['a-0001', 'a-0002', 'b-0001'].map(async (key) => (await s3.headObject({ Bucket: bucket, Key: `${key}.rdb` })).ETag)
  );

  expect(etags[0]).toBe(etags[2]);
  expect(etags[0]).not.toBe(etags[1]);
});

test.each([
  [{ engine: 'redis', engineVersion: '6.2' }, {}, 'REDIS0009', 'redis-ver'],
  [{ engine: 'redis', engineVersion: '7.0' }, {}, 'REDIS0010', 'redis-ver'],
  [{ engine: 'redis' }, {}, 'REDIS0010', 'redis-ver'],
  [{ engine: 'valkey' }, {}, 'REDIS0011', 'valkey-ver'],
  [{ engine: 'valkey' }, { rdbVersion: 9 }, 'REDIS0009', 'valkey-ver'],
] as const)('the version is that of the engine %j unless told %j', async (cluster, data, magic, fact) => {
  const { clock, exportTo, sim } = await setExportStage();
  sim.addCluster('other', cluster);
  sim.addSnapshot('other', { cluster: 'other', ...data });
  await exportTo('x', { source: 'other' });
  clock.advance('5m');

  const bytes = (await sim.object(bucket, 'x-0001.rdb'))?.bytes().toString('latin1');

  expect(bytes?.slice(0, 9)).toBe(magic);
  expect(bytes).toContain(fact);
});
