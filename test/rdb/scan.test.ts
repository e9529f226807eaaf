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
import { readForeign } from './corpus/foreign-files';
import { FIRST_VERSIONS } from './corpus/first-versions';
import { magicOf } from './corpus/hand-written';
import { A_KEY, AT_BODY, AT_VALUE, fileWith, SHARD_OF_A, SLOT_OF_A } from './corpus/one-record';
import { REFUSED } from './corpus/refused';
import {
  compressed,
  counted,
  database,
  endRdb,
  integer,
  length,
  record,
  resealed,
  string,
  writeRdb,
} from './corpus/write-rdb';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf, littleEndian } from './rdb-bytes';

type Case = readonly [file: Uint8Array, options: ScanOptions, offset: number | undefined];

const structure: ScanOptions = { level: 'structure' };
const deep: ScanOptions = { level: 'deep' };

/** What a file has not by itself. */
type NotOfBytes = 'content-not-read' | 'too-few-bytes' | 's3-checksum-mismatch' | 'replaced';

describe('every reason', () => {
  const whole = writeRdb([record(0, 'a', string('b'))]);
  const preamble = endRdb(bytesOf('REDIS0009', auxField('aof-preamble', bytesOf(0xc0, 1))));
  const cases: Record<Exclude<Reason, NotOfBytes>, Case> = {
    'no-checksum': [writeRdb([], 'REDIS0010', 'zero checksum'), structure, undefined],
    'value-not-walked': [
      fileWith(16, bytesOf(length(33 << 20), new Uint8Array(33 << 20))),
      deep,
      AT_VALUE, // the string that is too long to be held
    ],
    'stray-keys': [
      writeRdb([A_KEY, record(0, 'b', string('b'))]),
      { ...structure, slots: SHARD_OF_A },
      AT_VALUE + 2 + 1,
    ],
    'stream-length': [readForeign('stream-length'), deep, 62],
    'other-format': [bytesOf('\x1f\x8b\x08'), structure, 0],
    'append-only-file': [bytesOf(preamble, '*1\r\n'), structure, preamble.length],
    'unknown-magic': [writeRdb([], 'NEXCACHE0010'), structure, 0],
    'unknown-version': [writeRdb([], 'REDIS0013'), structure, 5],
    'unknown-type': [fileWith(6, 0), structure, AT_BODY],
    'size-mismatch': [whole, { ...structure, size: whole.length - 1 }, whole.length - 1],
    empty: [bytesOf(), structure, 0],
    'too-short': [bytesOf('REDIS0010\xff'), structure, undefined],
    'not-rdb': [bytesOf('hello, hello, hello'), structure, 0],
    'invalid-length': [fileWith(0, 0x82), structure, AT_VALUE],
    'invalid-string': [fileWith(0, bytesOf(0xc3, 1, 9, 8)), deep, AT_VALUE],
    'invalid-value': [fileWith(18, counted(bytesOf(3, string('x')))), structure, AT_VALUE + 1],
    'empty-value': [fileWith(1, 0), deep, AT_VALUE],
    truncated: [fileWith(0, 63), structure, AT_VALUE],
    'no-end': [bytesOf(whole, 0), { level: 'checksum' }, whole.length - 8],
    'trailing-bytes': [bytesOf(whole, 0), structure, whole.length],
    'checksum-mismatch': [bytesOf(whole.subarray(0, -1), 0), structure, whole.length - 8],
    'wrong-shard': [
      writeRdb([A_KEY, record(0, 'b', string('b')), record(0, 'c', string('b'))]),
      { ...structure, slots: SHARD_OF_A },
      AT_VALUE + 2 + 1,
    ],
    'other-database': [
      writeRdb([database(3, 1), record(0, 'a', string('b'))]),
      { ...structure, slots: SHARD_OF_A },
      AT_BODY + 1,
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
  const someStray = writeRdb([A_KEY, record(0, 'b', string('b'))]);
  const strayInAnother = writeRdb([record(0, 'b', string('b')), database(1, 1), A_KEY]);
  const strayThenUnknown = writeRdb([record(0, 'b', string('b')), record(6, 'a', 0)]);
  const outOfOrder = REFUSED.find(({ name }) => name.includes('nodes out of order'))?.file ?? bytesOf();
  const strayOutOfOrder = resealed(bytesOf(outOfOrder.subarray(0, -9), record(0, 'b', string('b')), new Uint8Array(9)));

  test.for<[string, Uint8Array, ScanOptions, Reason]>([
    ['a wrong structure before a wrong checksum', rotten(fileWith(0, 0x82)), structure, 'invalid-length'],
    ['a wrong checksum before a key that may be rotten', rotten(stray), inShard, 'checksum-mismatch'],
    ['a wrong checksum before a type that may be rotten', rotten(fileWith(6, 0)), structure, 'checksum-mismatch'],
    ['a type that is not known, where the checksum is right', fileWith(6, 0), structure, 'unknown-type'],
    [
      'a type that is not known, where there is none',
      resealed(fileWith(6, 0), 'zero checksum'),
      structure,
      'unknown-type',
    ],
    ['a missing end before a type that is not known', fileWith(6, 0).subarray(0, -1), structure, 'no-end'],
    ['a key of another shard before no checksum', resealed(stray, 'zero checksum'), inShard, 'wrong-shard'],
    [
      'a type that is not known before keys of another shard: others may follow',
      strayThenUnknown,
      inShard,
      'unknown-type',
    ],
    ['some keys of another shard before no checksum', resealed(someStray, 'zero checksum'), inShard, 'stray-keys'],
    ['a wrong checksum before some keys of another shard', rotten(someStray), inShard, 'checksum-mismatch'],
    [
      'some keys of another shard before what is not walked',
      strayOutOfOrder,
      { ...inShard, level: 'deep' },
      'stray-keys',
    ],
    ['another database before keys of another shard', strayInAnother, inShard, 'other-database'],
    ['no checksum before what is not walked', resealed(outOfOrder, 'zero checksum'), deep, 'no-checksum'],
    [
      'an unknown version before all that is behind it',
      rotten(writeRdb([], 'REDIS0013')),
      structure,
      'unknown-version',
    ],
    ['the size before what is in the file', fileWith(0, 0x82), { ...structure, size: 30 }, 'size-mismatch'],
  ])('%s', ([, file, options, reason]) => {
    expect(judgeWithEngine(file, options).reason).toBe(reason);
  });

  test('of a version that is not known: no more is said of its checksum than that it is right', () => {
    const right = writeRdb([record(0, 'a', string('b'))], 'REDIS0013');
    const checksum = crc64Hex(crc64(right.subarray(0, -8)));

    expect(judgeWithEngine(right, structure)).toMatchObject({
      ...{ verdict: 'unsupported', reason: 'unknown-version', version: 13 },
      ...{ checksum, computedChecksum: checksum },
    });
    expect(judgeWithEngine(rotten(right), structure)).not.toHaveProperty('checksum');
    expect(judgeWithEngine(rotten(right), structure)).not.toHaveProperty('computedChecksum');
  });

  test('both checksums are in the report', () => {
    const file = rotten(fileWith(0, 0x82));
    const { checksum: stored, computedChecksum } = judgeWithEngine(file, structure);

    expect(stored).toMatch(/^[0-9a-f]{16}$/);
    expect(computedChecksum).toBe(crc64Hex(crc64(file.subarray(0, -8))));
    expect(computedChecksum).not.toBe(stored);
  });
});

describe('a number that means something', () => {
  const isUnknown = (version: number, code: number) => {
    const begun = bytesOf(magicOf(version), code, new Uint8Array(8));
    const { reason, offset } = judgeWithEngine(endRdb(begun, version < 5 ? 'end mark alone' : 'checksum'), structure);
    return reason === 'unknown-type' && offset === 9;
  };

  test.for(Object.entries(FIRST_VERSIONS))('%s does so from version %d on, of Redis', ([code, first]) => {
    const known = Array.from({ length: 12 }, (_, before) => before + 1).filter(
      (version) => !isUnknown(version, Number(code))
    );

    expect(known[0]).toBe(first);
    expect(known).toHaveLength(13 - first);
  });

  test('of Valkey does so of its own', () => {
    const known = Array.from({ length: 256 }, (_, code) => code).filter((code) => !isUnknown(80, code));

    const alike = Object.keys(FIRST_VERSIONS).map(Number);
    expect(known).toEqual([...alike.filter((code) => code !== 24 && code !== 25), 22, 243].sort((a, b) => a - b));
  });
});

describe('lengths that are too much', () => {
  const HUGE = bytesOf(0x81, 0x80, 0, 0, 0, 0, 0, 0, 0);

  test.for<[string, Uint8Array]>([
    ['a value', fileWith(0, bytesOf(HUGE, 'abc'))],
    ['elements', fileWith(1, bytesOf(HUGE, string('abc')))],
    ['a packed value', fileWith(16, bytesOf(HUGE, 'abc'))],
    ['a compressed value', fileWith(0, bytesOf(0xc3, HUGE, HUGE, 'abc'))],
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
    const file = fileWith(0, bytesOf(length(1_000), 'abc'));
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

  test.for([
    [-1, 8],
    [-300, 16],
    [-100_000, 32],
  ] as const)('of none, but a number: the key %d in %d bits has the slot of its digits', ([key, bits]) => {
    const slot = slotOf(`${key}`);

    expect(judgeWithEngine(writeRdb([bytesOf(0, integer(key, bits), string('v'))]), structure).slots).toEqual({
      first: slot,
      last: slot,
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

  test('more of them behind the end of a time before checksums are trailing bytes', () => {
    const file = endRdb(bytesOf('REDIS0004', record(0, 'a', string('b'))), 'end mark alone');

    expect(judgeWithEngine(file, structure)).toMatchObject({ verdict: 'unproven', reason: 'no-checksum' });
    expect(judgeWithEngine(file, structure)).not.toHaveProperty('computedChecksum');
    expect(judgeWithEngine(bytesOf(file, 0xff), structure)).toMatchObject({
      ...{ reason: 'trailing-bytes', offset: file.length },
    });
  });

  test('more of them than the size are noticed whenever they come', () => {
    const file = writeRdb([record(0, 'a', string('b'))]);
    const size = file.length - 1;

    for (const length of [1, 20, file.length]) {
      expect(pushInParts(file, { ...structure, size }, length)).toMatchObject({
        reason: 'size-mismatch',
        offset: size,
      });
    }
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
