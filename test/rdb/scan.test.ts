import { describe, expect, test } from 'vitest';

import {
  combineCrc64,
  crc64,
  crc64Hex,
  openScan,
  type RdbReport,
  type Reason,
  REASONS,
  type ScanOptions,
  slotOf,
} from '../../src/rdb';
import { intset, listpack, ziplist } from './corpus/write-packed';
import {
  compressed,
  counted,
  database,
  double,
  endRdb,
  integer,
  length,
  OPCODE,
  record,
  resealed,
  string,
  writeRdb,
} from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { auxField, bigEndian, bytesOf, littleEndian, type Part } from './rdb-bytes';

type Case = readonly [file: Uint8Array, options: ScanOptions, offset: number | undefined];

/** Where the records of `writeRdb` begin. */
const AT_BODY = writeRdb([]).length - 9;

/** The shard of the slot of `a`, and of no other. */
const SLOT_OF_A = slotOf('a');
const SHARD_OF_A = [{ first: SLOT_OF_A, last: SLOT_OF_A }];

const structure: ScanOptions = { level: 'structure' };
const deep: ScanOptions = { level: 'deep' };
const value = (type: number, bytes: Part) => writeRdb([record(type, 'a', bytes)]);
/** Where the value of a key `a` begins, which is the first record. */
const AT_VALUE = AT_BODY + 3;

describe('every reason', () => {
  const whole = writeRdb([record(0, 'a', string('b'))]);
  const cases: Record<Exclude<Reason, 'content-not-read' | 'too-few-bytes' | 's3-checksum-mismatch'>, Case> = {
    'no-checksum': [writeRdb([], 'REDIS0010', 'zero checksum'), structure, undefined],
    'value-not-walked': [
      value(16, bytesOf(length(33 << 20), new Uint8Array(33 << 20))),
      deep,
      AT_VALUE, // the string that is too long to be held
    ],
    'other-format': [bytesOf('\x1f\x8b\x08'), structure, 0],
    'append-only-file': [endRdb(bytesOf('REDIS0010', auxField('aof-base', bytesOf(0xc0, 1)))), structure, undefined],
    'unknown-version': [writeRdb([], 'REDIS0013'), structure, 5],
    'unknown-type': [value(6, 0), structure, AT_BODY],
    'too-many-databases': [
      writeRdb(Array.from({ length: 257 }, (_, db) => bytesOf(0xfe, length(db), 0, 0, 0))),
      structure,
      AT_BODY + 64 * 5 + 192 * 6 + 1,
    ],
    'size-mismatch': [whole, { ...structure, size: whole.length - 1 }, whole.length - 1],
    empty: [bytesOf(), structure, 0],
    'too-short': [bytesOf('REDIS0010\xff'), structure, undefined],
    'not-rdb': [bytesOf('hello, hello, hello'), structure, 0],
    'invalid-version': [writeRdb([], 'REDIS0099'), structure, 5],
    'invalid-length': [value(0, 0x82), structure, AT_VALUE],
    'invalid-string': [value(0, bytesOf(0xc3, 1, 9, 8)), deep, AT_VALUE],
    'invalid-value': [value(18, counted(bytesOf(3, string('x')))), structure, AT_VALUE + 1],
    'empty-value': [value(1, 0), deep, AT_VALUE],
    truncated: [value(0, 63), structure, AT_VALUE],
    'no-end': [bytesOf(whole, 0), { level: 'checksum' }, whole.length - 8],
    'trailing-bytes': [bytesOf(whole, 0), structure, whole.length],
    'checksum-mismatch': [bytesOf(whole.subarray(0, -1), 0), structure, whole.length - 8],
    'wrong-shard': [
      writeRdb([record(0, 'a', string('b')), record(0, 'b', string('b'))]),
      { ...structure, slots: SHARD_OF_A },
      AT_VALUE + 2 + 1,
    ],
    'several-databases': [
      writeRdb([database(0, 1), record(0, 'a', string('b')), database(1, 0)]),
      { ...structure, slots: SHARD_OF_A },
      AT_VALUE + 5 + 2 + 1,
    ],
    'count-mismatch': [
      writeRdb([database(0, 2), record(0, 'a', string('b'))]),
      { ...structure, strict: true },
      AT_VALUE + 5 + 2,
    ],
  };

  test.for(Object.entries(cases))('%s', ([reason, [file, options, offset]]) => {
    const report = judgeWithEngine(file, options);

    expect(report).toMatchObject({ reason, bytes: file.length });
    expect(report.verdict).toBe(REASONS[report.reason ?? 'content-not-read'].verdict);
    expect(report.offset).toBe(offset);
  });

  test('is left out where there is none', () => {
    const report = judgeWithEngine(whole, deep);

    expect(report.verdict).toBe('verified');
    expect(report).not.toHaveProperty('reason');
    expect(report).not.toHaveProperty('offset');
  });
});

describe('of several reasons', () => {
  const stray = writeRdb([record(0, 'b', string('b'))]);
  const rotten = (file: Uint8Array) => bytesOf(file.subarray(0, -1), (file.at(-1) ?? 0) ^ 1);
  const inShard = { ...structure, slots: SHARD_OF_A };

  test.for<[string, Uint8Array, ScanOptions, Reason]>([
    ['a wrong structure before a wrong checksum', rotten(value(0, 0x82)), structure, 'invalid-length'],
    ['a wrong checksum before a key that may be rotten', rotten(stray), inShard, 'checksum-mismatch'],
    ['a wrong checksum before a type that may be rotten', rotten(value(6, 0)), structure, 'checksum-mismatch'],
    ['a type that is not known, where the checksum is right', value(6, 0), structure, 'unknown-type'],
    [
      'a type that is not known, where there is none',
      resealed(value(6, 0), 'zero checksum'),
      structure,
      'unknown-type',
    ],
    ['a missing end before a type that is not known', value(6, 0).subarray(0, -1), structure, 'no-end'],
    ['a key of another shard before no checksum', resealed(stray, 'zero checksum'), inShard, 'wrong-shard'],
    [
      'an unknown version before all that is behind it',
      rotten(writeRdb([], 'REDIS0013')),
      structure,
      'unknown-version',
    ],
    ['the size before what is in the file', value(0, 0x82), { ...structure, size: 30 }, 'size-mismatch'],
  ])('%s', ([, file, options, reason]) => {
    expect(judgeWithEngine(file, options).reason).toBe(reason);
  });

  test('both checksums are in the report', () => {
    const file = rotten(value(0, 0x82));
    const { checksum: stored, computedChecksum } = judgeWithEngine(file, structure);

    expect(stored).toMatch(/^[0-9a-f]{16}$/);
    expect(computedChecksum).toBe(crc64Hex(crc64(file.subarray(0, -8))));
    expect(computedChecksum).not.toBe(stored);
  });
});

describe('what is counted', () => {
  const body = [
    ...[database(0, 3, 1), record(0, 'a', string('b')), record(1, 'l', counted(string('x')))],
    bytesOf(OPCODE['expires ms'], littleEndian(5, 8), OPCODE['expires s'], littleEndian(5, 4)),
    record(5, 'z', counted([string('m'), double(1)])),
    ...[database(7, 1), record(11, 's', string(intset([1, 2])))],
  ];

  test('are keys, expiries and types of every database, and the slots', () => {
    const slots = ['a', 'l', 'z', 's'].map(slotOf);

    expect(judgeWithEngine(writeRdb(body), deep)).toMatchObject({
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

  test('of keys of another shard: how many', () => {
    const report = judgeWithEngine(writeRdb(body), { ...structure, slots: SHARD_OF_A });

    expect(report).toMatchObject({ reason: 'wrong-shard', strayKeys: 3 });
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

  test('of many warnings are the first eight', () => {
    const file = writeRdb(Array.from({ length: 20 }, (_, db) => database(db, 1)));

    expect(judgeWithEngine(file, structure).warnings.map(({ of }) => of)).toEqual(
      Array.from({ length: 8 }, (_, db) => ({ db }))
    );
  });

  test('is wrong of a slot that says something else', () => {
    const file = writeRdb([auxField('slot-info', string('soon'))]);

    expect(judgeWithEngine(file, structure)).toMatchObject({ reason: 'invalid-value', offset: AT_BODY + 11 });
  });

  test("S3's own checksum is of every byte", () => {
    expect(judgeWithEngine(bytesOf('123456789'), { level: 'checksum', s3Checksum: true }).s3Checksum).toBe(
      'ae8b14860a799888'
    );
  });
});

describe('level deep', () => {
  const entry = { id: [5, 0], fields: ['f'], values: ['v'] } as const;
  const group = { name: 'g', last: [5, 0], consumers: ['c', 'd'] } as const;
  const pending = ([5, 6, 7] as const).map((ms) => ({
    id: [ms, 0] as const,
    consumer: ms === 6 ? 'd' : 'c',
    times: 1,
  }));
  const sound = stream({ nodes: [[entry]], groups: [{ ...group, pending }] }, 2);
  /** The same with a byte changed, counted from the end. */
  const changed = (back: number, byte: number) =>
    bytesOf(sound.subarray(0, -back), byte, sound.subarray(sound.length - back + 1));
  const node = bytesOf(
    string(bytesOf(bigEndian(5, 8), bigEndian(0, 8))),
    string(listpack([1, 0, 1, 'f', 0, 2, 0, 0, 'v', 4]))
  );

  test('accepts what is sound', () => {
    const file = value(19, sound);

    expect(judgeWithEngine(file, deep).verdict).toBe('verified');
  });

  test.for<[string, number, Part, Reason]>([
    ['a score that is no number', 5, counted([string('m'), double(NaN)]), 'invalid-value'],
    ['a score that is no number, as text', 3, counted([string('m'), 253]), 'invalid-value'],
    ['a score that is text', 3, counted([string('m'), string('one')]), 'invalid-value'],
    ['a packed value that is none', 16, string('abc'), 'invalid-value'],
    ['a packed value that is a number', 16, integer(7, 8), 'invalid-value'],
    ['a packed value that does not unfold', 16, bytesOf(0xc3, 1, 9, 8), 'invalid-string'],
    ['a packed value without a field', 16, string(listpack([])), 'empty-value'],
    ['a list of empty nodes', 18, counted([2, string(listpack([]))], [2, string(listpack([]))]), 'empty-value'],
    ['a list of empty ziplists', 14, counted(string(ziplist([]))), 'empty-value'],
    ['a list with a node of no bytes', 18, counted([1, string('')]), 'invalid-value'],
    ['a set of none', 2, 0, 'empty-value'],
    [
      'a node of a stream without an id',
      15,
      bytesOf(counted([string('short'), string('')]), 0, 0, 0, 0),
      'invalid-value',
    ],
    ['a stream of another length', 15, bytesOf(counted(node), length(2), 0, 0, 0), 'invalid-value'],
    ['an entry that awaits nobody', 19, changed(1, 8), 'invalid-value'],
    ['an entry of another group', 19, changed(9, 9), 'invalid-value'],
  ])('finds %s', ([, type, bytes, reason]) => {
    const file = value(type, bytes);

    expect(judgeWithEngine(file, deep)).toMatchObject({ verdict: 'corrupt', reason });
    expect(judgeWithEngine(file, structure).verdict).toBe('verified');
  });

  test('finds a field that expires later than time goes', () => {
    const hash = (first: number, later: number) =>
      writeRdb(
        [record(24, 'a', bytesOf(littleEndian(first, 8), counted([length(later), string('f'), string('v')])))],
        'REDIS0012'
      );

    expect(judgeWithEngine(hash(2 ** 48 - 1, 1), deep).verdict).toBe('verified');
    expect(judgeWithEngine(hash(2 ** 48 - 1, 2), deep).reason).toBe('invalid-value');
    expect(judgeWithEngine(hash(2 ** 48, 0), deep).verdict).toBe('verified');
  });

  test.for<[string, Part]>([
    ['nodes', bytesOf(counted(node, node), length(2), 0, 0, 0)],
    [
      'entries that are awaited',
      stream({ nodes: [[entry]], groups: [{ ...group, pending: pending.toReversed() }] }, 1),
    ],
  ])('does not vouch for a stream with %s out of order', ([, bytes]) => {
    expect(judgeWithEngine(value(15, bytes), deep)).toMatchObject({ verdict: 'unproven', reason: 'value-not-walked' });
  });
});

describe('lengths that are too much', () => {
  const HUGE = bytesOf(0x81, 0x80, 0, 0, 0, 0, 0, 0, 0);

  test.for<[string, Uint8Array]>([
    ['a value', value(0, bytesOf(HUGE, 'abc'))],
    ['elements', value(1, bytesOf(HUGE, string('abc')))],
    ['a packed value', value(16, bytesOf(HUGE, 'abc'))],
    ['a compressed value', value(0, bytesOf(0xc3, HUGE, HUGE, 'abc'))],
    ['a key', writeRdb([bytesOf(0, HUGE, 'abc')])],
    ['a compressed key', writeRdb([bytesOf(0, 0xc3, HUGE, HUGE, 'abc')])],
    ['a field', writeRdb([bytesOf(0xfa, 1, 'a', HUGE, 'abc')])],
    ['a field that says what a slot holds', writeRdb([record(0, 'a', string('b')), auxField('slot-info', HUGE)])],
  ])('of 2^63: %s', ([, file]) => {
    for (const level of ['structure', 'deep'] as const) {
      // Without a size the end of the file is taken for what was promised.
      expect(judgeWithEngine(file, { level }).verdict).toBe('corrupt');
      expect(judgeWithEngine(file, { level, size: file.length }).reason).toMatch(/truncated|invalid-value/);
    }
  });

  test('are found at once where the size is known, and at the end otherwise', () => {
    const file = value(0, bytesOf(length(1_000), 'abc'));
    const begun = file.subarray(0, AT_VALUE + 12);
    const [known, unknown] = [openScan({ ...structure, size: file.length }), openScan(structure)];
    known.push(begun);
    unknown.push(begun);

    expect(known.finding).toEqual({ verdict: 'corrupt', reason: 'truncated', offset: AT_VALUE });
    expect(unknown.finding).toBeUndefined();
    known.push(file.subarray(begun.length));
    unknown.push(file.subarray(begun.length));
    expect(unknown.end()).toEqual(known.end());
  });

  test('are passed over where the bytes come: a string of 3 GiB', () => {
    const [gib, chunk] = [2 ** 30, new Uint8Array(1 << 20)];
    const begun = bytesOf(writeRdb([]).subarray(0, -9), 0, string('a'), length(3 * gib));
    const behind = bytesOf(record(0, 'b', string('c')), 0xff);
    const sum = [...Array<undefined>(10)].reduce(
      (crc, _, power) => combineCrc64(crc, crc, 2 ** (20 + power)),
      crc64(chunk)
    );
    const zeros = combineCrc64(combineCrc64(sum, sum, gib), sum, gib);
    const before = combineCrc64(crc64(begun), zeros, 3 * gib);
    const { high, low } = combineCrc64(before, crc64(behind), behind.length);
    const scan = openScan({ level: 'structure', size: begun.length + 3 * gib + behind.length + 8 });
    scan.push(begun);
    let states = 0;
    for (let pushed = 0; pushed < 3 * gib; pushed += chunk.length) {
      scan.push(chunk);
      states = Math.max(states, JSON.stringify(scan.state()).length);
    }
    scan.push(bytesOf(behind, littleEndian(low, 4), littleEndian(high, 4)));

    expect(scan.end()).toMatchObject({ verdict: 'verified', databases: [{ keys: 2 }] });
    expect(states).toBeLessThan(1_024);
  });

  test('of a key: it is waited for, to 32 MiB, and passed over from there on', () => {
    const long = (bytes: number) => 'a'.repeat(bytes);
    const file = (bytes: number) => writeRdb([record(0, long(bytes), string('v')), record(0, 'a', string('b'))]);
    const slots = [SLOT_OF_A, slotOf(long(3 << 20))];
    const range = { first: Math.min(...slots), last: Math.max(...slots) };

    expect(pushInParts(file(3 << 20), structure, 10_007)).toMatchObject({ verdict: 'verified', slots: range });
    expect(pushInParts(file(33 << 20), structure, 1_000_003)).toMatchObject({
      ...{ verdict: 'unproven', reason: 'value-not-walked', offset: AT_BODY + 1 },
      ...{ databases: [{ keys: 2 }], slots: { first: SLOT_OF_A, last: SLOT_OF_A } },
    });
  });

  test('of a key that is compressed: its slot is that of the key', () => {
    const key = `{${'tag'.repeat(50)}}${'x'.repeat(5_000)}`;
    const slot = slotOf(key);

    expect(judgeWithEngine(writeRdb([bytesOf(0, compressed(key), string('v'))]), structure).slots).toEqual({
      first: slot,
      last: slot,
    });
  });
});

describe('how the bytes come', () => {
  test('does not matter: read into the room that the scan has, or pushed', () => {
    const file = writeRdb(
      Array.from({ length: 60_000 }, (_, index) => record(0, `key:${index}`, string('x'.repeat(40))))
    );
    const scan = openScan(deep);
    for (let at = 0; at < file.length;) {
      const part = file.subarray(at, at + Math.min(scan.space().length, 50_021));
      scan.space().set(part);
      scan.commit(part.length);
      at += part.length;
    }

    expect(scan.received).toBe(file.length);
    expect(scan.end()).toEqual(judgeWithEngine(file, deep));
  });

  test('fewer of them than the size is truncated, at every level', () => {
    const file = writeRdb([record(0, 'a', string('b'))]);
    const size = file.length + 10;

    for (const level of ['checksum', 'structure', 'deep'] as const) {
      expect(judgeWithEngine(file, { level, size })).toMatchObject({ reason: 'truncated', offset: file.length });
    }
  });
});

function pushInParts(file: Uint8Array, options: ScanOptions, length: number): RdbReport {
  const scan = openScan(options);
  for (let at = 0; at < file.length; at += length) scan.push(file.subarray(at, at + length));
  return scan.end();
}
