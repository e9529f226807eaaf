import { MemoryDB } from '@aws-sdk/client-memorydb';
import { crc64jones } from '../../src/testing/crc64';
import { hashSlot } from '../../src/testing/keys-for-slot';
import type { SnapshotOptions } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import { checkRdb, startRedis } from './redis-server';
import { setStage } from './stage';

const bucket = 'acme-backups';

/** The files of an export, by key. */
async function exportFiles(options: Omit<SnapshotOptions, 'cluster'> = {}): Promise<Map<string, Buffer>> {
  const { sim, advance } = await setStage();
  const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  sim.addSnapshot('mine', { cluster: 'prod', ...options });
  await client.copySnapshot({ SourceSnapshotName: 'mine', TargetSnapshotName: 'mine', TargetBucket: bucket });
  advance(5 * 60_000);
  return new Map((await sim.objects(bucket)).map((object) => [object.key, object.bytes()]));
}

/** The file as the open server of version 7.0 takes it: the version before, and the checksum of that. */
function relabel(file: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('REDIS0010'), file.subarray(9, -8)]);
  const checksum = Buffer.alloc(8);
  checksum.writeBigUInt64LE(crc64jones.update(0n, body));
  return Buffer.concat([body, checksum]);
}

describeWith('redis-server', 'the open server', () => {
  test.each([
    ['small', {}, 26],
    ['without a key', { keysPerShard: 0 }, 0],
    ['with a thousand keys', { keysPerShard: 1000 }, 1000],
    ['of version 9', { rdbVersion: 9 }, 26],
    ['of 1024 bytes', { shardSize: 1024 }, undefined],
    ['of 3 MB', { shardSize: '3 MB' }, undefined],
    ['of 11 MB without a checksum', { shardSize: '11 MB', rdbChecksum: false }, undefined],
  ] as const)('redis-check-rdb takes files %s', async (_, options, keys) => {
    const files = await exportFiles(options);

    expect(files.size).toBe(3);
    for (const file of files.values()) {
      const { ok, said } = checkRdb(file);
      expect(ok, said).toBe(true);
      expect(said).toContain('RDB looks OK!');
      if (keys !== undefined) expect(said).toContain(`${keys} keys read`);
    }
  });

  test('a file of version 11 holds nothing that version 10 could not', async () => {
    const files = await exportFiles({ rdbVersion: 11 });

    for (const file of files.values()) {
      expect(file.subarray(0, 9).toString()).toBe('REDIS0011');
      expect(checkRdb(relabel(file)).ok).toBe(true);
    }
  });

  test('redis-check-rdb refuses what was corrupted: the checksum is one', async () => {
    const [file = Buffer.alloc(0)] = (await exportFiles()).values();
    file[60] = (file[60] ?? 0) ^ 1;

    expect(checkRdb(file).ok).toBe(false);
  });

  test('redis-server loads a file, and finds keys of every type, expiries, values and large strings', async () => {
    const [file] = (await exportFiles({ shardSize: '1 MB', keysPerShard: 52 })).values();

    const redis = await startRedis([], file);

    const keys = redis('--raw', 'KEYS', '*').split('\n');
    const types = new Map<string, number>();
    const expiries: number[] = [];
    for (const key of keys) {
      const type = redis('TYPE', key);
      types.set(type, (types.get(type) ?? 0) + 1);
      const expiry = Number(redis('PEXPIRETIME', key));
      if (expiry > 0) expiries.push(expiry);
    }
    expect(String(keys.length)).toBe(redis('DBSIZE'));
    const large = keys.filter((key) => /^(filler|pad):/.test(key));
    expect(large.length).toBeGreaterThan(10);
    expect(Object.fromEntries(types)).toEqual({ string: 20 + large.length, hash: 8, list: 8, set: 8, zset: 8 });
    expect(expiries).toHaveLength(13);
    const takenAt = Date.parse('2026-11-23T06:00:00Z');
    const yearMs = 365 * 24 * 3_600_000;
    for (const expiry of expiries) expect((expiry - takenAt) / yearMs).toBeGreaterThan(19.9);
    expect(redis('STRLEN', large.find((key) => key.startsWith('filler')) ?? '')).toBe('65536');
    const repeated = keys.map((key) => redis('GET', key)).filter((value) => /^"?([a-z])\1{20,}"?$/.test(value));
    expect(repeated.length).toBeGreaterThan(0);
  });

  test('each key lies in its shard, as a live cluster hashes it', async () => {
    const files = await exportFiles({ shardSize: '2 MB' });
    const cluster = await startRedis(['--cluster-enabled', 'yes']);
    const slots = [
      [0, 5460],
      [5461, 10_922],
      [10_923, 16_383],
    ] as const;

    for (const [index, file] of [...files.values()].entries()) {
      const [first, last] = slots[index] ?? [0, -1];
      const redis = await startRedis([], file);
      const keys = redis('--raw', 'KEYS', '*').split('\n');
      expect(keys.length).toBeGreaterThan(30);
      for (const key of keys) {
        const slot = Number(cluster('CLUSTER', 'KEYSLOT', key));
        expect(slot).toBe(hashSlot(key));
        expect(slot >= first && slot <= last, `${key} in ${slot}`).toBe(true);
      }
    }
  });
});
