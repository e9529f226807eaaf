import { describe, expect, test } from 'vitest';

import { openScan, type Reason, type ScanOptions, type ScanState } from '../../src/rdb';
import { AT_VALUE, fileWith } from './corpus/one-record';
import { listpack, ziplist } from './corpus/write-packed';
import { compressed, counted, double, integer, length, record, resealed, string, writeRdb } from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { bigEndian, bytesOf, littleEndian, type Part } from './rdb-bytes';

const deep: ScanOptions = { level: 'deep' };
const structure: ScanOptions = { level: 'structure' };

/** A string of more than can be held: as it is, and compressed, in literals of 32 bytes. */
const LONG = bytesOf(length(33 << 20), new Uint8Array(33 << 20));
const TOKENS = 33 << 15;
const LONG_COMPRESSED = bytesOf(
  ...[0xc3, length(33 * TOKENS), length(32 * TOKENS)],
  new Uint8Array(33 * TOKENS).map((_, at) => (at % 33 === 0 ? 31 : 0))
);

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
    const file = fileWith(19, sound);

    expect(judgeWithEngine(file, deep).verdict).toBe('verified');
  });

  test('compares the ids of a stream with one another alone', () => {
    const file = writeRdb([record(19, 'a', sound), record(19, 'b', sound)]);

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
    ['a stream of fewer entries than it holds', 15, bytesOf(counted(node), length(0), 0, 0, 0), 'invalid-value'],
    ['a stream of an entry without a node', 15, bytesOf(length(0), length(1), 0, 0, 0), 'invalid-value'],
    ['an entry that awaits nobody', 19, changed(1, 8), 'invalid-value'],
    ['an entry of another group', 19, changed(9, 9), 'invalid-value'],
  ])('finds %s', ([, type, bytes, reason]) => {
    const file = fileWith(type, bytes);

    expect(judgeWithEngine(file, deep)).toMatchObject({ verdict: 'corrupt', reason });
    expect(judgeWithEngine(file, structure).verdict).toBe('verified');
  });

  test.for([
    ['7ff8000000000000', 'corrupt'],
    ['fff8000000000000', 'corrupt'],
    ['7ff0000000000001', 'corrupt'],
    ['7ff0000100000000', 'corrupt'],
    ['7ff0000000000000', 'verified'],
    ['fff0000000000000', 'verified'],
    ['7fefffffffffffff', 'verified'],
  ] as const)('tells the score %s: %s', ([bits, verdict]) => {
    const score = Uint8Array.from(Buffer.from(bits, 'hex')).reverse();

    expect(judgeWithEngine(fileWith(5, counted([string('m'), score])), deep).verdict).toBe(verdict);
  });

  test.for([0, 1, 20, 38, 39])('finds the score that is no number among forty, at place %i', (place) => {
    const members = Array.from({ length: 40 }, (_, index) => [string(`m${index}`), double(index - 20)] as const);
    const name = string(`m${place}`);
    const [infinite, wrong] = [Infinity, NaN].map((score) =>
      judgeWithEngine(fileWith(5, counted(...members.with(place, [name, double(score)]))), deep)
    );
    const before = bytesOf(...members.slice(0, place).flat(), name);

    expect(infinite?.verdict).toBe('verified');
    expect(wrong).toMatchObject({
      verdict: 'corrupt',
      reason: 'invalid-value',
      offset: AT_VALUE + 1 + before.length,
    });
  });

  test('passes over elements of every length, and knows where the next key is', () => {
    const lengths = [1, 63, 64, 5, 200, 7, 20_000, 9, 3, 4, 5, 6, 70, 8];
    const texts = lengths.map((length, index) => string(`${index}`.padEnd(length, 'x')));
    const file = writeRdb([
      record(1, 'a', counted(...texts)),
      record(2, 'b', counted(...texts)),
      record(4, 'c', counted(...texts.map((text) => [text, text]))),
      record(5, 'd', counted(...texts.map((text, index) => [text, double(index % 2 === 0 ? 1 : -Infinity)]))),
    ]);

    for (const options of [deep, structure]) {
      const report = judgeWithEngine(file, options);

      expect(report.verdict).toBe('verified');
      expect(report.databases).toEqual([{ db: 0, keys: 4, expires: 0, types: { list: 1, set: 1, hash: 1, zset: 1 } }]);
    }
  });

  test('says at which byte a packed value is wrong; of a compressed one where that begins', () => {
    const packed = listpack(['field', 'x'.repeat(40)]).fill(0, -1);

    expect(judgeWithEngine(fileWith(16, string(packed)), deep).offset).toBe(AT_VALUE + 1 + packed.length - 1);
    expect(judgeWithEngine(fileWith(16, compressed(packed)), deep).offset).toBe(AT_VALUE);
  });

  test('finds an empty list behind one that is not', () => {
    const [full, empty] = [counted([2, string(listpack(['a']))]), counted([2, string(listpack([]))])];
    const file = writeRdb([record(18, 'a', full), record(18, 'b', empty)]);

    expect(judgeWithEngine(file, deep)).toMatchObject({ reason: 'empty-value', databases: [{ keys: 2 }] });
  });

  test.for<[string, number, (long: Uint8Array) => Uint8Array]>([
    ['the only node of a list', 18, (long) => counted([2, long])],
    ['the entries of a stream', 15, (long) => bytesOf(counted([node.subarray(0, 17), long]), length(1), 0, 0, 0)],
  ])('does not vouch for what is too long to be held: %s', ([, type, valueOf]) => {
    const file = fileWith(type, valueOf(bytesOf(length(33 << 20), new Uint8Array(33 << 20))));
    const report = judgeWithEngine(file, deep);
    // In what follows the value.
    const scan = openScan(deep);
    scan.push(file.subarray(0, -12));
    const state = scan.state();
    const resumed = openScan(deep, state);
    resumed.push(file.subarray(state.offset));

    expect(report).toMatchObject({ verdict: 'unproven', reason: 'value-not-walked' });
    expect(resumed.end()).toEqual(report);
  });

  test.for<[string, number, number]>([
    ['unfolded', 400_000, 34 << 20],
    ['as it is stored', 33 << 20, 100],
  ])('does not vouch for a packed value that is too long %s', ([, stored, unfolded]) => {
    const file = fileWith(16, bytesOf(0xc3, length(stored), length(unfolded), new Uint8Array(stored)));

    expect(judgeWithEngine(file, deep)).toMatchObject({ verdict: 'unproven', reason: 'value-not-walked' });
  });

  test('looks at a stream as ever behind one that could not be looked at', () => {
    const long = bytesOf(length(33 << 20), new Uint8Array(33 << 20));
    const unseen = record(15, 'a', bytesOf(counted([node.subarray(0, 17), long]), length(1), 0, 0, 0));
    const wrong = record(15, 'b', bytesOf(counted(node), length(0), 0, 0, 0));

    expect(judgeWithEngine(writeRdb([unseen, wrong]), deep).reason).toBe('invalid-value');
  });

  test.for<[string, number, (long: Uint8Array) => Part]>([
    ['a string', 0, (long) => long],
    ['an element of a list', 18, (long) => counted([2, string(listpack(['b']))], [1, long], [1, string('c')])],
    ['a member of a sorted set', 5, (long) => counted([string('m'), double(1)], [long, double(2)])],
    ['a string of a module', 7, (long) => bytesOf(length(1), 5, long, 2, length(7), 0)],
  ])('passes over what stands alone, however long, and holds none of it: %s', ([, type, valueOf]) => {
    for (const long of [LONG, LONG_COMPRESSED]) {
      const file = fileWith(type, valueOf(long));
      const scan = openScan(deep);
      scan.push(file.subarray(0, file.length >> 1));
      const half = scan.state();
      scan.push(file.subarray(file.length >> 1));
      const resumed = openScan(deep, JSON.parse(JSON.stringify(half)) as ScanState);
      resumed.push(file.subarray(half.offset));

      const report = scan.end();

      expect(report).toMatchObject({ verdict: 'verified', bytes: file.length });
      expect(half.offset).toBeGreaterThan((file.length >> 1) - 64);
      expect(resumed.end()).toEqual(report);
    }
  });

  test.for<[string, number, Reason]>([
    ['does not unfold at its end', LONG_COMPRESSED.length - 33, 'invalid-string'],
    ['does not unfold at its beginning', 11, 'invalid-string'],
    ['unfolds to another length', 8, 'invalid-string'],
  ])('finds a long compressed string that %s, at once and in parts', ([, at, reason]) => {
    // The highest bit of a literal's length makes it a reference, to what is not there or of another length.
    const long = LONG_COMPRESSED.with(at, (LONG_COMPRESSED[at] ?? 0) ^ 0x80);
    const file = fileWith(18, counted([1, long]));
    const parts = openScan({ ...deep, size: file.length });
    for (let from = 0; from < file.length; from += 5_000_000) parts.push(file.subarray(from, from + 5_000_000));

    const report = judgeWithEngine(file, { ...deep, size: file.length });

    expect(report).toMatchObject({ verdict: 'corrupt', reason, offset: AT_VALUE + 1 });
    expect(parts.end()).toEqual(report);
  });

  test.for([
    ['that is sound', 0],
    ['that does not unfold', 1],
    ['that is cut off', 2],
    ['that does not unfold, and is cut off', 3],
  ] as const)('says the same of a compressed string %s at every byte, in other scans as well', ([, how]) => {
    // 32 bytes and 19 that were there before, eight times; the fifth time these may be too far before.
    const tokens = Array.from({ length: 8 }, (_, at) => {
      const isBroken = how % 2 === 1 && at === 4;
      return bytesOf(31, new Uint8Array(32).fill(at), isBroken ? 0xff : 0xe0, 10, isBroken ? 0xff : 5);
    });
    const value = bytesOf(0xc3, length(8 * 36), length(8 * 51), ...tokens);
    const whole = writeRdb([record(4, 'a', counted([string('f'), value])), record(0, 'b', string('c'))]);
    const file = how < 2 ? whole : whole.subarray(0, whole.length - 80);

    for (const options of [deep, { ...deep, size: file.length }, { ...deep, size: whole.length }]) {
      const report = judgeWithEngine(file, options);
      const bytewise = openScan(options);
      let hopping = openScan(options);
      for (let at = 0; at < file.length; at += 1) {
        bytewise.push(file.subarray(at, at + 1));
        const [state, offset] = [hopping.state(), hopping.received];
        hopping = openScan(options, JSON.parse(JSON.stringify(state)) as ScanState);
        hopping.push(file.subarray(state.offset, offset + 1));
      }

      expect(report.verdict).toBe(how === 0 ? 'verified' : 'corrupt');
      if (how === 1) expect(report).toMatchObject({ reason: 'invalid-string', offset: AT_VALUE + 3 });
      expect(bytewise.end()).toEqual(report);
      expect(hopping.end()).toEqual(report);
    }
  });

  const field = [string('f'), string('v')] as const;
  const neverAbove = 2 ** 48;

  test.for<[first: number | bigint, later: number, Reason | undefined]>([
    [0, 0, undefined],
    [0, neverAbove, undefined],
    [0, neverAbove + 1, 'invalid-value'],
    [neverAbove - 1, 0, undefined],
    [neverAbove - 1, 1, undefined],
    [neverAbove - 1, 2, 'invalid-value'],
    // What stands there where no field expires.
    [neverAbove, 0, undefined],
    [neverAbove, 1, 'invalid-value'],
    [neverAbove + 1, 0, 'invalid-value'],
    [-1, 0, 'invalid-value'],
    [2n ** 63n - 1n, 0, 'invalid-value'],
  ])('knows when fields of a hash of Redis may expire: first %i, %i later: %s', ([first, later, reason]) => {
    const value = bytesOf(littleEndian(first, 8), counted([length(0), ...field], [length(later), ...field]));
    const file = writeRdb([record(24, 'a', value)], 'REDIS0012');

    expect(judgeWithEngine(file, deep).reason).toBe(reason);
    expect(judgeWithEngine(file, structure).verdict).toBe('verified');
  });

  test.for<[expiry: bigint, Reason | undefined]>([
    [-1n, undefined],
    [0n, undefined],
    [1n, undefined],
    [2n ** 63n - 1n, undefined],
    [-2n, 'invalid-value'],
    [-(2n ** 32n), 'invalid-value'],
    [-(2n ** 32n) - 1n, 'invalid-value'],
    [-(2n ** 63n), 'invalid-value'],
  ])('knows when a field of a hash of Valkey may expire: at %i: %s', ([expiry, reason]) => {
    const value = counted([...field, littleEndian(-1, 8)], [string('g'), string('v'), littleEndian(expiry, 8)]);
    const file = writeRdb([record(22, 'a', value)], 'VALKEY080');
    const report = judgeWithEngine(file, deep);

    expect(report.reason).toBe(reason);
    if (reason !== undefined) expect(report.offset).toBe(file.length - 9 - 8);
    expect(judgeWithEngine(file, structure).verdict).toBe('verified');
  });

  test.for([
    ['with its checksum', 'checksum', 'stream-length'],
    ['without one', 'zero checksum', 'no-checksum'],
  ] as const)('does not vouch for a stream of more entries than it holds, %s', ([, ending, reason]) => {
    const file = resealed(fileWith(15, bytesOf(counted(node), length(7), 0, 0, 0)), ending);
    const report = judgeWithEngine(file, deep);

    expect(report).toMatchObject({ verdict: 'unproven', reason, databases: [{ types: { stream: 1 } }] });
    if (reason === 'stream-length') expect(report.offset).toBe(file.length - 9 - 4);
    expect(judgeWithEngine(file.with(AT_VALUE - 1, 0x62), deep).verdict).toBe(
      ending === 'checksum' ? 'corrupt' : 'unproven'
    );
    expect(judgeWithEngine(file, structure).verdict).toBe(ending === 'checksum' ? 'verified' : 'unproven');
  });

  test('finds what else is wrong with a stream of more entries than it holds', () => {
    const awaited = { nodes: [[entry]], groups: [{ ...group, pending }], length: 3 } as const;
    const wrong = stream(awaited, 1).with(-1, 8);

    expect(judgeWithEngine(fileWith(15, stream(awaited, 1)), deep).reason).toBe('stream-length');
    expect(judgeWithEngine(fileWith(15, wrong), deep)).toMatchObject({ verdict: 'corrupt', reason: 'invalid-value' });
  });

  test.for<[string, Part]>([
    ['nodes', bytesOf(counted(node, node), length(2), 0, 0, 0)],
    [
      'entries that are awaited',
      stream({ nodes: [[entry]], groups: [{ ...group, pending: pending.toReversed() }] }, 1),
    ],
  ])('does not vouch for a stream with %s out of order', ([, bytes]) => {
    expect(judgeWithEngine(fileWith(15, bytes), deep)).toMatchObject({
      verdict: 'unproven',
      reason: 'value-not-walked',
    });
  });
});
