import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openScan, REASONS, resumes, type ScanOptions, type ScanState, slotOf } from '../../src/rdb';
import { listpack } from './corpus/write-packed';
import { counted, database, double, length, OPCODE, record, string, writeRdb } from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf, littleEndian } from './rdb-bytes';

describe('a state', () => {
  const options: ScanOptions = { level: 'deep', slots: [{ first: slotOf('a'), last: slotOf('a') }], s3Checksum: true };
  const file = writeRdb([
    ...[database(0, 9, 3), auxField('slot-info', string('1,7,7')), record(0, 'a', string('b'))],
    bytesOf(OPCODE['expires ms'], littleEndian(5, 8)),
    record(18, 'list', counted([1, string('x'.repeat(70))], [2, string(listpack(['y']))])),
    record(
      19,
      'stream',
      stream(
        {
          nodes: [[{ id: [5, 0], fields: ['f'], values: ['v'] }], [{ id: [7, 0], fields: ['f'], values: ['v'] }]],
          groups: [
            {
              name: 'g',
              last: [5, 0],
              consumers: ['c', 'd'],
              pending: [
                { id: [5, 0], consumer: 'd', times: 1 },
                { id: [7, 0], consumer: 'c', times: 2 },
              ],
            },
          ],
        },
        2
      )
    ),
    record(7, 'module', bytesOf(length(2 ** 40), 2, length(5), 4, double(1), 5, string('text'), 0)),
    ...[database(5, 2), record(5, 'z', counted([string('m'), double(1)], [string('n'), double(2)]))],
    record(16, 'hash', string(listpack(['f', 'v']))),
  ]);
  const whole = judgeWithEngine(file, options);
  const statesOf = (scanned: Uint8Array, of: ScanOptions) => {
    const scan = openScan(of);
    return Array.from(scanned, (byte) => {
      scan.push(Uint8Array.of(byte));
      return throughJson(scan.state());
    });
  };

  test('at every byte is one to go on from: the same report, warnings and all', () => {
    expect(whole).toMatchObject({ reason: 'wrong-shard', strayKeys: 5 });
    expect(whole.warnings).toHaveLength(4);
    const offsets = new Set<number>();

    for (const state of statesOf(file, options)) {
      const scan = openScan(options, state);
      scan.push(file.subarray(state.offset));
      offsets.add(state.offset);
      expect(scan.end()).toEqual(whole);
    }

    expect(offsets.size).toBeGreaterThan(file.length / 3);
  });

  test('is small: under 1 KB with one database, under 4 KB with sixteen', () => {
    const keys = (db: number) => [
      database(db, 1e9),
      ...[0, 1, 2, 4].map((type) =>
        record(
          type,
          'a',
          type === 0 ? 0 : counted(...Array.from({ length: type === 4 ? 2 : 1 }, (_, index) => string(`${index}`)))
        )
      ),
    ];
    const [one, many] = [writeRdb(keys(0)), writeRdb(Array.from({ length: 16 }, (_, db) => keys(db)).flat())];
    const longest = (scanned: Uint8Array) =>
      Math.max(...statesOf(scanned, options).map((state) => JSON.stringify(state).length));

    expect(longest(one)).toBeLessThan(1_024);
    expect(longest(many)).toBeLessThan(4_096);
  });

  test('before the first byte, and behind the last', () => {
    const begun = openScan(options, openScan(options).state());
    begun.push(file);
    expect(begun.end()).toEqual(whole);

    const last = statesOf(file, options).at(-1);
    const ended = openScan(options, last);
    ended.push(file.subarray(last?.offset));
    expect(ended.end()).toEqual(whole);
    expect(file.length - (last?.offset ?? 0)).toBeLessThan(20);
  });

  test('of an object that ends before it', () => {
    const scan = openScan(options, statesOf(file, options).at(-1));

    expect(scan.end()).toMatchObject({ verdict: 'corrupt' });
  });

  test('holds what was found already', () => {
    const scan = openScan({ level: 'structure' });
    scan.push(writeRdb([record(0, 'a', 0x82)]));
    const resumed = openScan({ level: 'structure' }, throughJson(scan.state()));

    expect(resumed.finding).toEqual(scan.finding);
    expect(resumed.finding?.reason).toBe('invalid-length');
  });

  const state = throughJson(statesOf(file, options)[200] ?? {});

  test.for<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'state'],
    ['a list', [state]],
    ['no fields', {}],
    ['another version', { ...state, v: 0 }],
    ['an offset of less than nothing', { ...state, offset: -1 }],
    ['an offset that is text', { ...state, offset: '5' }],
    ['a checksum that is none', { ...state, crc: 'ffff' }],
    ['no tallies', { ...state, tallies: undefined }],
    ['a walk of nothing', { ...state, walk: {} }],
    ['a finding that nobody makes', { ...state, findings: { fault: { verdict: 'corrupt', reason: 'bored' } } }],
    ['the beginning left behind', { ...state, notes: undefined }],
  ])('is not %s', ([, other]) => {
    expect(resumes(options, state)).toBe(true);
    expect(resumes(options, other)).toBe(false);
    expect(() => openScan(options, other === undefined ? ({} as ScanState) : (other as ScanState))).toThrow(RangeError);
  });

  test.for<[string, ScanOptions]>([
    ['level', { ...options, level: 'structure' }],
    ['size', { ...options, size: file.length }],
    ['slots', { ...options, slots: [{ first: 0, last: 16_383 }] }],
    ['strictness', { ...options, strict: true }],
    ['checksums', { ...options, s3Checksum: false }],
  ])('is not that of a scan of another %s', ([, other]) => {
    expect(resumes(other, state)).toBe(false);
    expect(() => openScan(other, state)).toThrow('not of a scan with the same options');
  });

  test('that somebody made up leads to an answer, whatever it is', () => {
    const number = fc.oneof(fc.nat({ max: 200 }), fc.nat(), fc.constantFrom(2 ** 40, 2 ** 53 - 1, 1e300));
    const walk = fc.record({
      step: fc.nat({ max: 300 }),
      left: fc.array(number, { maxLength: 5 }),
      skip: number,
      item: number,
      expiring: fc.constantFrom(0, 1),
      slots: fc.tuple(number, number),
      strayKeys: number,
      deep: fc.array(number, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(walk, fc.nat({ max: file.length }), (made, offset) => {
        const other: unknown = { ...state, offset, walk: made };
        if (!resumes(options, other)) return;
        const scan = openScan(options, other);
        scan.push(file.subarray(offset));

        expect(REASONS).toHaveProperty(scan.end().reason ?? 'none');
      }),
      { numRuns: 300, seed: 4 }
    );
  });
});

function throughJson(state: unknown): ScanState {
  return JSON.parse(JSON.stringify(state)) as ScanState;
}
