import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';

import { crc64, crc64Hex, HEAD_LENGTH, judgeHeader, TAIL_LENGTH } from '../../src/rdb';
import { readString } from '../../src/rdb/strings';
import { bytesOf } from './rdb-bytes';
import { judgeWithEngine } from './judges';
import { describeWith } from '../support/temporal-servers';
import { startRedis, type RedisServer } from './redis-server';

const judge = (file: Uint8Array) =>
  judgeHeader(file.subarray(0, HEAD_LENGTH), file.subarray(-TAIL_LENGTH), file.length);
const checksumOf = (file: Uint8Array) => crc64Hex(crc64(file.subarray(0, -8)));

const KEYS = [
  ['SET', 'text', 'value'],
  ['SET', 'number', '12345'],
  ['SET', 'long', 'x'.repeat(10_000)],
  ['RPUSH', 'list', 'a', 'b'],
  ['ZADD', 'scores', '1.5', 'a'],
  ['XADD', 'stream', '*', 'field', 'value'],
  ['SETEX', 'soon', '1000', 'gone'],
];

describeWith('redis-server', 'a file that redis-server wrote', () => {
  let redis: RedisServer | undefined;
  const start = async (...settings: string[]) => (redis = await startRedis(...settings));
  afterEach(() => redis?.stop());

  test('is told by its head and its tail', async () => {
    const server = await start();
    // Whole seconds, of a clock that may be some milliseconds behind.
    const before = Date.now() - 2_000;
    const [info] = await server.send([['INFO', 'server'], ...KEYS, ['SAVE']]);
    const file = readFileSync(join(server.folder, 'dump.rdb'));

    const report = judge(file);

    const version = /redis_version:(\S+)/.exec(String(info))?.[1];
    expect(report).toMatchObject({
      verdict: 'unproven',
      reason: 'content-not-read',
      magic: 'REDIS',
      version: Number(file.toString('latin1', 5, 9)),
      engine: 'redis',
      engineVersion: version,
      aux: { 'redis-ver': version, 'redis-bits': '64', 'used-mem': expect.stringMatching(/^\d+$/) as string },
      complete: true,
      checksum: checksumOf(file),
    });
    expect(Date.parse(report.createdAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(report.createdAt ?? '')).toBeLessThanOrEqual(Date.now());
    expect(file[report.bodyOffset ?? 0]).toBe(0xfe);
  });

  test('without a key ends where the head says, and bytes behind it are seen', async () => {
    const server = await start();
    await server.send([['SAVE']]);
    const file = readFileSync(join(server.folder, 'dump.rdb'));

    expect(judge(file)).toMatchObject({ reason: 'content-not-read', bodyOffset: file.length - TAIL_LENGTH });
    expect(judge(bytesOf(file, 0))).toMatchObject({ reason: 'trailing-bytes', offset: file.length });
  });

  test('without a checksum says so', async () => {
    const server = await start('--rdbchecksum', 'no');
    await server.send([...KEYS, ['SAVE']]);

    const report = judge(readFileSync(join(server.folder, 'dump.rdb')));

    expect(report).toMatchObject({ verdict: 'unproven', reason: 'no-checksum' });
    expect(report).not.toHaveProperty('checksum');
  });

  test('as the base of an append-only file, its log and its manifest are told apart', async () => {
    const server = await start('--appendonly', 'yes', '--aof-use-rdb-preamble', 'yes');
    await server.send(KEYS);
    const folder = join(server.folder, 'appendonlydir');

    const reports = readdirSync(folder)
      .sort()
      .map((name) => judge(readFileSync(join(folder, name))));
    const base = readFileSync(join(folder, readdirSync(folder).sort()[0] ?? ''));

    expect(reports).toMatchObject([
      { verdict: 'unproven', reason: 'content-not-read', format: 'aof-base', aux: { 'aof-base': '1' } },
      { verdict: 'unsupported', reason: 'other-format', format: 'append-only-file' },
      { verdict: 'unsupported', reason: 'other-format', format: 'append-only-file' },
    ]);
    expect(judgeWithEngine(base, { level: 'deep' })).toMatchObject({ verdict: 'verified', format: 'aof-base' });
    for (let at = 0; at < base.length; at += 1) {
      const flipped = base.with(at, (base[at] ?? 0) ^ 1);
      const isOfMagic = at < 'REDIS0010'.length;
      const { verdict } = judgeWithEngine(flipped, { level: 'checksum' });
      expect(verdict, `byte ${at}`).toMatch(isOfMagic ? /corrupt|unsupported/ : 'corrupt');
    }
  });

  test('cut at any byte is corrupt', async () => {
    const server = await start();
    await server.send([['SET', 'a', 'b'], ['SAVE']]);
    const file = readFileSync(join(server.folder, 'dump.rdb'));

    for (let length = 0; length < file.length; length += 1) {
      expect(judge(file.subarray(0, length)).verdict, `${length} bytes`).toBe('corrupt');
    }
  });

  test('has strings and checksums that we read: integers, compressed ones and plain ones', async () => {
    const server = await start();
    const someText = fc.oneof(
      fc.maxSafeInteger().map(String),
      fc.integer({ min: -40_000, max: 40_000 }).map(String),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc
        .array(fc.constantFrom('abcdefgh', 'abc', 'zzzzzzzzzzzzzzzz', '1'), { maxLength: 1_000 })
        .map((all) => all.join(''))
    );
    const compressed = new Set<boolean>();

    await fc.assert(
      fc.asyncProperty(someText, async (text) => {
        const [, dump] = await server.send([
          ['SET', 'key', text],
          ['DUMP', 'key'],
        ]);
        const bytes = Buffer.from(dump as Buffer);
        compressed.add(bytes[1] === 0xc3);

        // A type, the string, two bytes of version, the checksum.
        const limit = bytes.length - 10;
        expect(readString({ bytes, limit }, 1)).toEqual({ kind: 'read', value: text, end: limit });
        expect(checksumOf(bytes)).toBe(Buffer.from(bytes.subarray(-8)).reverse().toString('hex'));
      }),
      { numRuns: 200 }
    );

    expect([...compressed].sort()).toEqual([false, true]);
  });
});
