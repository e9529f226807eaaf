import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openScan, REASONS, resumes, type ScanOptions, type ScanState, slotOf } from '../../src/rdb';
import { HAND_WRITTEN } from './corpus/hand-written';
import { listpack } from './corpus/write-packed';
import { counted, database, double, length, OPCODE, record, string, writeRdb } from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf, littleEndian } from './rdb-bytes';

const LARGE: ScanOptions = {
  level: 'deep',
  size: 400_000_000_000,
  slots: [{ first: 0, last: 5_460 }],
  s3Checksum: true,
};

describe('a state', () => {
  const options: ScanOptions = { level: 'deep', slots: [{ first: slotOf('a'), last: slotOf('a') }], s3Checksum: true };
  const file = writeRdb(
    [
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
    ],
    'REDIS0011'
  );
  const whole = judgeWithEngine(file, options);
  const statesOf = (scanned: Uint8Array, of: ScanOptions) => {
    const scan = openScan(of);
    return Array.from(scanned, (byte) => {
      scan.push(Uint8Array.of(byte));
      return throughJson(scan.state());
    });
  };

  test('at every byte is one to go on from: the same report, warnings and all', () => {
    expect(whole).toMatchObject({ reason: 'other-database', strayKeys: 5 });
    expect(whole.straySlots).toHaveLength(4);
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

  test('of large numbers is small: under 1 KB with one database, under 4 KB with sixteen', () => {
    expect(sizeOf(ofLargeFile({ databases: 1 }))).toBeLessThan(1_024);
    expect(sizeOf(ofLargeFile({ databases: 16 }))).toBeLessThan(4_096);
  });

  test('is small whatever the file says: under 2 KB', () => {
    const [much, text] = [length(2n ** 64n - 1n), '\x01'.repeat(256)];
    const file = writeRdb(
      [
        ...Array.from({ length: 80 }, (_, index) => auxField(`${index}`, string(text))),
        ...[bytesOf(OPCODE['select db'], much, OPCODE['resize db'], much, much), record(0, 'b', string('b'))],
        ...Array.from({ length: 9 }, (_, slot) =>
          bytesOf(OPCODE['slot info'], length(16_000 + slot), much, much, record(0, 'b', string('b')))
        ),
        record(0, 'b', bytesOf(0x82)),
      ],
      'REDIS0012'
    );
    const states = statesOf(file, options).map((state) => JSON.stringify(state));

    expect(states.at(-1)).toContain('invalid-length');
    expect(states.at(-1)).toContain('other-database');
    expect(Math.max(...states.map(({ length }) => length))).toBeLessThan(2_048);
  });

  test.for(HAND_WRITTEN.filter((each) => each.file.length < 5_000))('is small all the way: $name', ({ file: each }) => {
    const sizes = statesOf(each, options).map((state) => JSON.stringify(state).length);

    expect(Math.max(...sizes)).toBeLessThan(1_024);
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

  test.for(['checksum', 'deep'] as const)('of an object that ends before it, at level %s', (level) => {
    const atLevel = { ...options, level };
    const scan = openScan(atLevel, statesOf(file, atLevel).at(-1));
    const offset = scan.received;

    expect(scan.end()).toMatchObject({ verdict: 'corrupt', reason: 'truncated', offset });
  });

  test('holds what was found already', () => {
    const scan = openScan({ level: 'structure' });
    scan.push(writeRdb([record(0, 'a', 0x82)]));
    const resumed = openScan({ level: 'structure' }, throughJson(scan.state()));

    expect(resumed.finding).toEqual(scan.finding);
    expect(resumed.finding?.reason).toBe('invalid-length');
  });

  const state = throughJson(statesOf(file, options)[200] ?? {});

  test('has no field that can be anything else', () => {
    const { walk, ...others } = ofLargeFile({ databases: 2 });
    const made = {
      ...others,
      walk: { ...walk, strays: [5, 99, 7, 8], imported: [5, 9] },
      findings: { misfit: ['other-database', 5] },
    };
    const full = throughJson(made);
    const paths = pathsIn(full);

    expect(paths.length).toBeGreaterThan(60);
    expect(resumes(LARGE, full)).toBe(true);
    expect(paths.filter((path) => resumes(LARGE, replaced(full, path)))).toEqual([]);
  });

  test('of a file that is not read on has none either', () => {
    const scan = openScan(LARGE);
    scan.push(writeRdb([], 'REDIS0013'));
    const unread = throughJson(scan.state());

    expect(unread).toMatchObject({ notes: { finding: { reason: 'unknown-version' } } });
    expect(resumes(LARGE, unread)).toBe(true);
    expect(pathsIn(unread).filter((path) => resumes(LARGE, replaced(unread, path)))).toEqual([]);
  });

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
    ['another level', { ...state, level: 'checksum' }],
    ['a finding that nobody makes', { ...state, findings: { fault: ['bored', 5] } }],
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
      strays: fc.array(number, { maxLength: 10 }),
      imported: fc.array(number, { maxLength: 16 }),
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

/** What engines write into a file of 400 GB, with the scan in the middle of a stream, and nothing counted as promised. */
function ofLargeFile({ databases }: { readonly databases: number }) {
  const [offset, keys, inSlot] = [399_999_999_999, 999_999_999, 99_999];
  const aux = {
    ...{ 'valkey-ver': '8.1.13', 'redis-bits': '64', ctime: '1795424950', 'used-mem': `${offset}` },
    ...{ 'repl-stream-db': '0', 'repl-id': 'f'.repeat(40), 'repl-offset': '999999999999999', 'aof-base': '0' },
  };
  return {
    ...openScan(LARGE).state(),
    ...{ offset, crc: 'f'.repeat(16), nvme: 'f'.repeat(16), notes: { magic: 'VALKEY', version: 80, aux } },
    findings: {},
    tallies: {
      db: 0,
      databases: Array.from({ length: databases }, (_, db) => [db, ...Array<number>(8).fill(keys)]),
      ...{ database: [0, 7 * keys, keys, 7 * keys, keys], slot: [16_383, inSlot, inSlot, 7 * keys, keys] },
      warnings: Array.from({ length: 8 }, (_, slot) => [3, 16_000 + slot, inSlot, inSlot]),
    },
    walk: {
      ...{ step: 150, left: [inSlot, inSlot, inSlot], skip: 0, item: offset, expiring: 1, slots: [0, 16_383] },
      deep: [0, 0, keys, 1, inSlot, -(2 ** 31), -(2 ** 31), 1, 395, 2 ** 32 - 1, 0, 2 ** 32 - 1],
    },
  };
}

function sizeOf(state: unknown): number {
  if (!resumes(LARGE, state)) throw new TypeError('not a state');
  return JSON.stringify(openScan(LARGE, state).state()).length;
}

type Path = readonly string[];

/** Where in plain data there is something. */
function pathsIn(data: unknown): Path[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, part]) => [[name], ...pathsIn(part).map((path) => [name, ...path])]);
}

/** The same data with something else in one place. */
function replaced(data: unknown, [name, ...rest]: Path): unknown {
  if (name === undefined) return { something: true };
  const copy: unknown = Array.isArray(data) ? [...(data as unknown[])] : { ...(data as object) };
  return Object.assign(copy as object, { [name]: replaced((data as Record<string, unknown>)[name], rest) });
}

function throughJson(state: unknown): ScanState {
  return JSON.parse(JSON.stringify(state)) as ScanState;
}
