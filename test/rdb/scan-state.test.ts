import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openScan, type RdbReport, REASONS, resumes, type ScanOptions, type ScanState, slotOf } from '../../src/rdb';
import { packNumbers, unpackNumbers } from '../../src/rdb/number-text';
import { HAND_WRITTEN } from './corpus/hand-written';
import { listpack } from './corpus/write-packed';
import { counted, database, double, length, OPCODE, record, slotImport, string, writeRdb } from './corpus/write-rdb';
import { stream } from './corpus/write-stream';
import { judgeWithEngine } from './judges';
import { auxField, bytesOf, littleEndian } from './rdb-bytes';

const LARGE: ScanOptions = {
  level: 'deep',
  size: 400_000_000_000,
  slots: [{ first: 0, last: 5_460 }],
  s3Checksum: true,
};

const structure: ScanOptions = { level: 'structure' };

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

  test('of a large file of one database tells everything', () => {
    const large = ofLargeFile();

    expect(again(large)).toEqual(large);
  });

  test('of numbers as large as they can be is small: databases are counted together, and what decides a verdict stays', () => {
    const { tallies, walk, ...others } = largest();
    const { tallies: fewer, ...fitting } = again({ ...others, tallies, walk }) as ReturnType<typeof largest>;

    expect(fitting).toEqual({ ...others, walk, notes: { ...others.notes, aux: {} } });
    expect(fewer).toMatchObject({ db: tallies.db, rows: [tallies.rows[0]], keys: tallies.keys });
    expect(fewer.warnings.length).toBeLessThan(8);
    expect(unpackNumbers(fewer.others)).toEqual(Array(8).fill(255 * COUNT));
  });

  test('is small whatever the file says', () => {
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
    const states = statesOf(file, options);

    expect(states.at(-1)).toMatchObject({
      findings: { fault: ['invalid-length', expect.any(Number)], misfit: ['other-database', expect.any(Number)] },
    });
    expect(Math.max(...states.map(sizeOf))).toBeLessThanOrEqual(MOST_BYTES);
  });

  test.for(HAND_WRITTEN.filter((each) => each.file.length < 5_000))('is small all the way: $name', ({ file: each }) => {
    expect(Math.max(...statesOf(each, options).map(sizeOf))).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('is small whatever the bytes, and leads to the same verdict and sums', () => {
    const someNumber = fc.oneof(fc.nat({ max: 20_000 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    const someText = fc.string({ unit: 'binary', maxLength: 300 });
    const somePart = fc.oneof(
      fc.tuple(someNumber, someNumber, someNumber).map((counts) => databaseOf(...counts)),
      fc.tuple(fc.nat({ max: 300 })).map(([db]) => bytesOf(database(db, 9, 9), record(0, `{${db}}`, string('b')))),
      fc.tuple(someText, someText).map(([name, value]) => bytesOf(OPCODE.aux, string(name), string(value))),
      fc
        .tuple(fc.nat({ max: 16_383 }), someNumber, someNumber)
        .map((counts) => auxField('slot-info', string(counts.join(',')))),
      fc
        .array(
          fc.tuple(
            fc.nat({ max: 9_000 }),
            fc.nat({ max: 9_000 }).map((many) => 9_000 + (many % 7_000))
          )
        )
        .map((ranges) => slotImport(...ranges)),
      someText.map((key) => record(0, string(key), string('v'))),
      fc.constantFrom(record(19, 's', stream({ nodes: [[{ id: [5, 0], fields: ['f'], values: ['v'] }]] }, 2))),
      fc
        .tuple(fc.constantFrom(1, 4, 5, 15, 18, 19, 22), someNumber)
        .map(([type, count]) => record(type, 'k', length(count)))
    );
    const someFile = fc
      .tuple(fc.array(somePart, { maxLength: 60 }), fc.constantFrom('REDIS0011', 'REDIS0012', 'VALKEY080'))
      .map(([parts, magic]) => writeRdb(parts, magic));
    fc.assert(
      fc.property(someFile, fc.nat(), fc.boolean(), (some, place, isSized) => {
        const scanned = { ...options, ...(isSized && { size: some.length }) };
        const scan = openScan(scanned);
        scan.push(some.subarray(0, place % (some.length + 1)));
        const state = throughJson(scan.state());
        const resumed = openScan(scanned, state);
        resumed.push(some.subarray(state.offset));

        expect(sizeOf(state)).toBeLessThanOrEqual(MOST_BYTES);
        const less = {
          aux: {},
          databases: [],
          otherDatabases: undefined,
          warnings: [],
          engineVersion: '',
          createdAt: '',
        };
        const [ended, expected] = [resumed.end(), judgeWithEngine(some, scanned)];
        expect({ ...ended, ...less }).toEqual({ ...expected, ...less });
        expect(keysOf(ended)).toEqual(keysOf(expected));
      }),
      { numRuns: 400, seed: 17 }
    );
  });

  test('of a thousand databases is small; the first 256 are counted one by one, the others together', () => {
    const databases = Array.from({ length: 1_000 }, (_, db) =>
      bytesOf(
        database(db, 2, 1),
        record(0, 'a', string('b')),
        bytesOf(OPCODE['expires ms'], littleEndian(5, 8)),
        record(2, 's', counted(string('m')))
      )
    );
    const many = writeRdb([...databases, bytesOf(OPCODE['select db'], length(999)), record(0, 'b', string('b'))]);
    const expected = judgeWithEngine(many, structure);
    const scan = openScan(structure);
    for (let at = 0; at < many.length; at += 1_501) {
      scan.push(many.subarray(at, at + 1_501));
      const state = throughJson(scan.state());
      const resumed = openScan(structure, state);
      resumed.push(many.subarray(state.offset));

      expect(sizeOf(state)).toBeLessThanOrEqual(MOST_BYTES);
      expect(keysOf(resumed.end())).toEqual(keysOf(expected));
    }

    expect(expected).toMatchObject({
      ...{ verdict: 'verified', warnings: [] },
      otherDatabases: { keys: 2 * 744 + 1, expires: 744, types: { string: 745, set: 744 } },
    });
    expect(expected.databases).toHaveLength(256);
    expect(expected.databases[255]).toEqual({ db: 255, keys: 2, expires: 1, types: { string: 1, set: 1 } });
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
    const full = throughJson(largest());
    const paths = pathsIn(full);

    expect(paths.length).toBeGreaterThan(40);
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
    const numbers = (most: number) => fc.array(number, { maxLength: most }).map((some) => packNumbers(some));
    const walk = fc.record({
      at: fc
        .tuple(
          fc.nat({ max: 300 }),
          number,
          number,
          fc.constantFrom(0, 1),
          number,
          number,
          fc.array(number, { maxLength: 5 })
        )
        .map((parts) => packNumbers(parts.flat())),
      strays: numbers(10),
      imported: numbers(8),
      deep: numbers(15),
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

const FULL_SUMS = `${'f'.repeat(16)}.${'f'.repeat(16)}`;

/** What engines write into a file of 400 GB, with the scan in the middle of a stream, and nothing counted as promised. */
function ofLargeFile() {
  const [offset, keys, inSlot] = [399_999_999_999, 999_999_999, 99_999];
  const aux = {
    ...{ 'valkey-ver': '8.1.13', 'redis-bits': '64', ctime: '1795424950', 'used-mem': `${offset}` },
    ...{ 'repl-stream-db': '0', 'repl-id': 'f'.repeat(40), 'repl-offset': '999999999999999', 'aof-base': '0' },
  };
  return throughJson({
    ...openScan(LARGE).state(),
    ...{ offset, crc: FULL_SUMS, notes: { magic: 'VALKEY', version: 80, aux } },
    findings: {},
    tallies: {
      db: 0,
      rows: [packNumbers([0, ...Array<number>(8).fill(keys)])],
      keys: packNumbers([7 * keys, keys, 7 * keys, keys]),
      slot: packNumbers([16_383, inSlot, inSlot, inSlot, inSlot]),
      warnings: [],
    },
    walk: {
      at: packNumbers([150, 0, offset, 1, 0, 16_383, inSlot, inSlot, inSlot]),
      deep: packNumbers([
        0,
        0,
        0,
        keys,
        1,
        inSlot,
        1,
        inSlot,
        -(2 ** 31),
        -(2 ** 31),
        1,
        395,
        2 ** 32 - 1,
        0,
        2 ** 32 - 1,
      ]),
    },
  });
}

/** The bytes of the largest object of S3, and the eighth of the keys that fit into them. */
const [TERABYTES, COUNT] = [50_000_000_000_000, 2_000_000_000_000];

/** A state in which everything is as long as it can be, in a file of any size and with any content. */
function largest() {
  const most = Number.MAX_SAFE_INTEGER;
  return {
    ...openScan(LARGE).state(),
    ...{ offset: TERABYTES, crc: FULL_SUMS },
    notes: { magic: 'VALKEY', version: 80, aux: { long: '\ufffd'.repeat(256) } },
    findings: { misfit: ['other-database', TERABYTES] },
    tallies: {
      db: most,
      rows: Array.from({ length: 256 }, (_, at) => packNumbers([most - at, ...Array<number>(8).fill(COUNT)])),
      others: undefined as string | undefined,
      keys: packNumbers([most, most, COUNT, COUNT]),
      slot: packNumbers([16_383, most, most, COUNT, COUNT]),
      warnings: Array.from({ length: 8 }, () => packNumbers([3, 16_383, most, COUNT])),
    },
    walk: {
      at: packNumbers([300, TERABYTES, TERABYTES, 1, 0, 16_383, COUNT, COUNT, COUNT]),
      strays: packNumbers([COUNT, TERABYTES, 1_111, 2_222, 3_333, 4_444, 5_555, 6_666, 7_777, 8_888]),
      imported: packNumbers(Array.from({ length: 8 }, (_, at) => 2_000 + 1_800 * at)),
      deep: packNumbers([
        ...[TERABYTES, TERABYTES, most, COUNT, 2 ** 48 - 1],
        ...[COUNT, 1, -COUNT, -(2 ** 31), -(2 ** 31), 1, ...Array<number>(4).fill(2 ** 32 - 1)],
      ]),
    },
  };
}

/** The state as another scan that goes on from it tells it. */
function again(state: unknown): ScanState {
  const before = throughJson(state);
  if (!resumes(LARGE, before)) throw new TypeError('not a state');
  const after = throughJson(openScan(LARGE, before).state());
  const scan = { etag: `"${'f'.repeat(32)}-10000"`, size: TERABYTES, state: after };
  expect(sizeOf(after)).toBeLessThanOrEqual(MOST_BYTES);
  // As the attempt of an activity reports it.
  expect(sizeOf({ attempt: 10, elapsedMs: 86_400_000, delayMs: 300_000, scan })).toBeLessThan(1_024);
  return after;
}

/** With what else a heartbeat holds it is under 1 KB. */
const MOST_BYTES = 870;

function sizeOf(state: unknown): number {
  return Buffer.byteLength(JSON.stringify(state));
}

/** All keys, and those that expire, over all databases. */
function keysOf({ databases, otherDatabases }: RdbReport): readonly number[] {
  const all = [...databases, ...(otherDatabases ? [otherDatabases] : [])];
  return [all.reduce((sum, { keys }) => sum + keys, 0), all.reduce((sum, { expires }) => sum + expires, 0)];
}

/** A database that says that it has so many keys. */
function databaseOf(...[db, keys, expires]: readonly [number | bigint, number | bigint, number | bigint]): Uint8Array {
  return bytesOf(OPCODE['select db'], length(db), OPCODE['resize db'], length(keys), length(expires));
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
