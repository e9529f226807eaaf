import { describe, expect, test } from 'vitest';

import { HEAD_LENGTH, judgeHeader, openScan, type ScanState, TAIL_LENGTH } from '../../src/rdb';
import { readForeign } from './corpus/foreign-files';
import { counted, database, double, record, resealed, string, writeRdb } from './corpus/write-rdb';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf } from './rdb-bytes';

const LEVELS = ['checksum', 'structure', 'deep'] as const;

const judgements = (file: Uint8Array) => [
  judgeHeader(file.subarray(0, HEAD_LENGTH), file.subarray(-TAIL_LENGTH), file.length),
  ...LEVELS.map((level) => judgeWithEngine(file, { level, size: file.length })),
];

describe('the RDB part of an append-only file', () => {
  const COMMANDS = '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n';
  const MAGIC_LENGTH = 9;

  test('is a corrupt base where a bit flipped', () => {
    const file = readForeign('aof-base-flipped-bit');

    for (const level of LEVELS) {
      expect(judgeWithEngine(file, { level })).toMatchObject({ verdict: 'corrupt', format: 'aof-base' });
      expect(judgeWithEngine(file.subarray(0, file.length >> 1), { level }).verdict).toBe('corrupt');
    }
  });

  test.for(['aof-base', 'aof-preamble'])(
    'is one as %s, judged at every level; no damage of it is passed over',
    (name) => {
      const body = [database(0, 2), record(0, 'a', string('b')), record(5, 'z', counted([string('m'), double(1)]))];
      const whole = writeRdb([auxField(name, bytesOf(0xc0, 1)), ...body]);
      const commands = bytesOf(name === 'aof-preamble' ? COMMANDS : '');
      const file = bytesOf(whole, commands);

      for (const level of LEVELS) {
        const judge = (some: Uint8Array) => judgeWithEngine(some, { level, size: some.length });
        expect(judge(whole)).toMatchObject({ verdict: 'verified', format: name });
        expect(judge(file)).toMatchObject(
          commands.length === 0 ? { verdict: 'verified' } : { verdict: 'unsupported', reason: 'append-only-file' }
        );
        for (let at = MAGIC_LENGTH; at < whole.length; at += 1) {
          expect(judge(file.with(at, (file[at] ?? 0) ^ 1)).verdict, `bit of byte ${at}, ${level}`).toBe('corrupt');
          expect(judge(file.with(at, (file[at] ?? 0) ^ 0xff)).verdict, `byte ${at}, ${level}`).toBe('corrupt');
          expect(judge(file.subarray(0, at)).verdict, `cut at byte ${at}, ${level}`).toBe('corrupt');
        }
      }
    }
  );

  test('is found in parts as at once, and in another scan from every byte', () => {
    const preamble = writeRdb([auxField('aof-preamble', '1'), record(0, 'a', string('b')), record(33, 'c', '')]);
    const known = writeRdb([auxField('aof-preamble', '1'), record(0, 'a', string('b\xff*'))]);
    const files = [known, preamble].flatMap((part) => [bytesOf(part, COMMANDS), bytesOf(part.with(-1, 1), COMMANDS)]);
    for (const [index, file] of files.entries()) {
      for (const level of LEVELS) {
        const options = { level, s3Checksum: true } as const;
        const whole = judgeWithEngine(file, options);
        const first = openScan(options);
        for (let at = 0; at < file.length; at += 1) {
          const state = JSON.parse(JSON.stringify(first.state())) as ScanState;
          const second = openScan(options, state);
          second.push(file.subarray(state.offset));
          expect(second.end(), `from byte ${at}, ${level}`).toEqual(whole);
          first.push(file.subarray(at, at + 1));
        }
        expect(first.end()).toEqual(whole);
        expect(whole.verdict).toBe(index % 2 === 0 ? 'unsupported' : 'corrupt');
      }
    }
  });
});

describe('a version or a magic that is not known', () => {
  test.for([
    ['redis-0080', 'unknown-version'],
    ['redis-0081', 'unknown-version'],
    ['redis-9999', 'unknown-version'],
    ['valkey-011', 'unknown-version'],
    ['valkey-079', 'unknown-version'],
    ['nexcache-0010', 'unknown-magic'],
  ] as const)('is never judged, whatever its checksum: %s', ([name, reason]) => {
    const file = readForeign(name);
    const changed = file.with(-10, (file.at(-10) ?? 0) ^ 1);

    for (const each of [file, changed, resealed(file, 'zero checksum'), file.subarray(0, -5)]) {
      for (const judgement of judgements(each)) expect(judgement).toMatchObject({ verdict: 'unsupported', reason });
    }
  });
});
