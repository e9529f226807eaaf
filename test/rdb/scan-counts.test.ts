import { describe, expect, test } from 'vitest';

import { type ScanOptions, slotOf } from '../../src/rdb';
import { A_KEY, AT_BODY, SHARD_OF_A, SLOT_OF_A } from './corpus/one-record';
import { intset } from './corpus/write-packed';
import { compressed, counted, database, double, length, OPCODE, record, string, writeRdb } from './corpus/write-rdb';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf, littleEndian, type Part } from './rdb-bytes';

const structure: ScanOptions = { level: 'structure' };

describe('what is counted', () => {
  const body = [
    ...[database(0, 3, 1), record(0, 'a', string('b')), record(1, 'l', counted(string('x')))],
    bytesOf(OPCODE['expires ms'], littleEndian(5, 8), OPCODE['expires s'], littleEndian(5, 4)),
    record(5, 'z', counted([string('m'), double(1)])),
    ...[database(7, 1), record(11, 's', string(intset([1, 2])))],
  ];

  test('are keys, expiries and types of every database, and the slots', () => {
    const slots = ['a', 'l', 'z', 's'].map(slotOf);

    expect(judgeWithEngine(writeRdb(body), { level: 'deep' })).toMatchObject({
      verdict: 'verified',
      databases: [
        { db: 0, keys: 3, expires: 1, types: { string: 1, list: 1, zset: 1 } },
        { db: 7, keys: 1, expires: 0, types: { set: 1 } },
      ],
      slots: { first: Math.min(...slots), last: Math.max(...slots) },
      warnings: [],
    });
  });

  test('is nothing below level structure', () => {
    const report = judgeWithEngine(writeRdb(body), { level: 'checksum' });

    expect(report).toMatchObject({ verdict: 'verified', databases: [], aux: { 'redis-ver': '7.0.15' } });
    expect(report).not.toHaveProperty('slots');
  });

  test('is compared with what the file says: of a database, and of a slot', () => {
    const key = record(0, 'a', string('b'));
    const file = writeRdb(
      [
        ...[database(0, 9, 8), auxField('slot-info', string(`${SLOT_OF_A},2,1`)), key],
        ...[bytesOf(OPCODE['slot info'], length(1), length(1), length(0)), key],
        ...[auxField('slot-info', compressed(`12,1,0,${'0'.repeat(30)}`)), key],
        database(1, 0),
      ],
      'REDIS0011'
    );

    expect(judgeWithEngine(file, structure).warnings).toEqual([
      { kind: 'keys', of: { slot: SLOT_OF_A }, expected: 2, found: 1 },
      { kind: 'expires', of: { slot: SLOT_OF_A }, expected: 1, found: 0 },
      { kind: 'keys', of: { db: 0 }, expected: 9, found: 3 },
      { kind: 'expires', of: { db: 0 }, expected: 8, found: 0 },
    ]);
  });

  test('of a slot are the keys and the expiries behind its field, not those before', () => {
    const expires = bytesOf(OPCODE['expires ms'], littleEndian(5, 8));
    const slots = [1, 2, 3].flatMap((slot) => [auxField('slot-info', `${slot},2,1`), expires, A_KEY, A_KEY]);

    expect(judgeWithEngine(writeRdb([database(0, 6, 3), ...slots], 'REDIS0011'), structure)).toMatchObject({
      ...{ verdict: 'verified', warnings: [] },
    });
  });

  test('of a database that is selected twice is counted once, and no second one', () => {
    const file = writeRdb([database(0, 1), A_KEY, bytesOf(OPCODE['select db'], 0), A_KEY]);

    expect(judgeWithEngine(file, { ...structure, slots: SHARD_OF_A })).toMatchObject({
      ...{ verdict: 'verified', databases: [{ db: 0, keys: 2 }] },
    });
  });

  test('of many warnings are the first eight', () => {
    const file = writeRdb(Array.from({ length: 20 }, (_, db) => database(db, 1)));

    expect(judgeWithEngine(file, structure).warnings.map(({ of }) => of)).toEqual(
      Array.from({ length: 8 }, (_, db) => ({ db }))
    );
  });

  describe('of a slot, by a field', () => {
    const field = (value: Part) => bytesOf(OPCODE.aux, string('slot-info'), value);
    const isRefused = (file: Uint8Array) => judgeWithEngine(file, structure).verdict === 'corrupt';
    // What sscanf of Valkey does with `%i,%lu,%lu`.
    const UNREADABLE = ['soon', 'zzz', '', '5', '5,1', '5,1,', '5, ,1', '5 ,1,1', '08,1,1', '0x,1,1', '-,1,1', '5;1;1'];
    const PASSED_OVER = ['-1,2,3', '16384,2,3', '20000,2,3', '0x10,2,3', '010,2,3', ' +5, -2, 3', '5,-1,0'];

    test.for([
      ['REDIS0009', false],
      ['REDIS0010', false],
      ['REDIS0011', true],
      ['REDIS0012', false],
      ['VALKEY080', true],
    ] as const)('is wrong where Valkey cannot read it, in versions that have it: %s', ([magic, isOfValkey]) => {
      const files = UNREADABLE.map((value) => writeRdb([field(string(value)), A_KEY], magic));

      expect(files.map(isRefused)).toEqual(files.map(() => isOfValkey));
    });

    test('is told with its byte', () => {
      const file = writeRdb([field(string('soon'))], 'REDIS0011');

      expect(judgeWithEngine(file, structure)).toMatchObject({ reason: 'invalid-value', offset: AT_BODY + 11 });
    });

    test.for(PASSED_OVER)('says nothing that is expected where no engine writes it: %j', (value) => {
      const before = field(string(`${SLOT_OF_A},1,0`));
      const body = [before, A_KEY, field(string(value)), A_KEY, A_KEY];

      expect(judgeWithEngine(writeRdb(body, 'REDIS0011'), { ...structure, strict: true })).toMatchObject({
        ...{ verdict: 'verified', warnings: [], databases: [{ keys: 3 }] },
      });
    });

    test.for(['REDIS0010', 'REDIS0012'])('says nothing in %s, which is not of Valkey', (magic) => {
      const file = writeRdb([field(string('5,9,9')), A_KEY], magic);

      expect(judgeWithEngine(file, structure)).toMatchObject({ verdict: 'verified', warnings: [] });
    });

    test('is not judged where it is too long to be one, by nothing that stood before it', () => {
      const long = bytesOf(length(33 << 20), new Uint8Array(33 << 20));
      const file = writeRdb([field(string('5,0,0')), field(long)], 'REDIS0011');

      expect(judgeWithEngine(file, structure)).toMatchObject({
        ...{ verdict: 'unproven', reason: 'value-not-walked', offset: AT_BODY + 11 + 6 + 11 },
      });
    });
  });

  test("S3's own checksum is of every byte", () => {
    expect(judgeWithEngine(bytesOf('123456789'), { level: 'checksum', s3Checksum: true }).s3Checksum).toBe(
      'ae8b14860a799888'
    );
  });
});
