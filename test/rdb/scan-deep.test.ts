import { describe, expect, test } from 'vitest';

import { openScan, type Reason, type ScanOptions } from '../../src/rdb';
import { AT_VALUE, fileWith } from './corpus/one-record';
import { listpack, ziplist } from './corpus/write-packed';
import { compressed, counted, double, integer, length, record, string, writeRdb } from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { bigEndian, bytesOf, littleEndian, type Part } from './rdb-bytes';

const deep: ScanOptions = { level: 'deep' };
const structure: ScanOptions = { level: 'structure' };

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
    ['a stream of another length', 15, bytesOf(counted(node), length(2), 0, 0, 0), 'invalid-value'],
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
    ['an element of a list', 18, (long) => counted([1, long])],
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
    const wrong = record(15, 'b', bytesOf(counted(node), length(2), 0, 0, 0));

    expect(judgeWithEngine(writeRdb([unseen, wrong]), deep).reason).toBe('invalid-value');
  });

  test('does not vouch for a compressed string that is too long to be held', () => {
    const file = fileWith(0, bytesOf(0xc3, length(33 << 20), length(34 << 20), new Uint8Array(33 << 20)));

    expect(judgeWithEngine(file, deep)).toMatchObject({ reason: 'value-not-walked', offset: AT_VALUE });
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
    expect(judgeWithEngine(hash(2 ** 48 + 1, 0), deep).verdict).toBe('verified');
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
