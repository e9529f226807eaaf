import type { DatabaseCounts, ValueType } from '../../../src/rdb/report';
import { auxField, bytesOf, littleEndian, type Part, plain } from '../rdb-bytes';
import { LATER_MS, LONG_TEXT, type SampleValue, valuesOf } from './sample-values';
import {
  compressed,
  database,
  double,
  type Ending,
  endRdb,
  integer,
  length,
  OPCODE,
  record,
  string,
  writeRdb,
} from './write-rdb';

/** A file that is sound, although no server here writes its like. */
export interface HandWritten {
  readonly name: string;
  readonly version: number;
  readonly file: Uint8Array;
  readonly databases: readonly DatabaseCounts[];
}

/** The versions of RDB that are known: from 80 on with the magic VALKEY. */
const VERSIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 80] as const;

/** The nine bytes that a file of a version begins with. */
export function magicOf(version: number): string {
  return version >= 80 ? `VALKEY${String(version).padStart(3, '0')}` : `REDIS${String(version).padStart(4, '0')}`;
}

/** A file of a version as its engines wrote it: without fields and counts before 7, without a checksum before 5. */
export function fileOf(version: number, body: readonly Part[], ending?: Ending): Uint8Array {
  if (version >= 7) return writeRdb(body, magicOf(version), ending);
  return endRdb(bytesOf(magicOf(version), ...body), version < 5 ? 'end mark alone' : ending);
}

/** The opcodes that begin a database in a version. */
export function begin(version: number, keys: number, expires = 0): Uint8Array {
  return version < 7 ? bytesOf(OPCODE['select db'], 0) : database(0, keys, expires);
}

/** What stands before a key that expires, once nobody looks any more. */
export const LATER: Uint8Array = bytesOf(OPCODE['expires ms'], littleEndian(LATER_MS, 8));

const LATER_IN_SECONDS = bytesOf(OPCODE['expires s'], littleEndian(2_100_000_000, 4));
/** What stands before a key of a server that drops those which were not asked for lately, or not often. */
export const IDLE: Uint8Array = bytesOf(OPCODE.idle, length(100_000));
export const OFTEN: Uint8Array = bytesOf(OPCODE.frequency, 255);

const MODULE_ID = 0x1234_5678_9abc_def0n;
/** An item of each kind that a module can write: numbers without and with a sign, a float, a double and a string. */
const MODULE_ITEMS = bytesOf(
  bytesOf(length(2), length(2n ** 63n)),
  bytesOf(length(1), length(2n ** 64n - 1n)),
  bytesOf(length(3), new Uint8Array(Float32Array.of(1.5).buffer)),
  bytesOf(length(4), double(-2.5)),
  bytesOf(length(5), string('{"json":true}'))
);
const MODULE_VALUE = bytesOf(length(MODULE_ID), MODULE_ITEMS, length(0));
const MODULE_AUX = bytesOf(OPCODE['module aux'], length(MODULE_ID), length(2), length(1), MODULE_ITEMS, length(0));
const LIBRARY = `#!lua name=sample\nredis.register_function('one', function() return 1 end)`;

/** A key with a string, and what stands before it. */
const key = (name: string | Uint8Array, ...before: readonly Uint8Array[]) =>
  record(0, name, string('value'), ...before);
const strings = (keys: number, expires = 0, db = 0) => ({ db, keys, expires, types: { string: keys } });

/** Everything but values: what stands before the data, between the keys and around them. */
const AROUND_VALUES: readonly (readonly [
  name: string,
  version: number,
  body: readonly Part[],
  databases: readonly DatabaseCounts[],
])[] = [
  ['no database at all', 10, [], []],
  ['a database without a key', 10, [database(0, 0)], []],
  [
    'keys in every encoding',
    10,
    [
      database(0, 12),
      ...['', 'text', 'ключ 🔑', 'a{tag}b', 'x'.repeat(20_000)].map((name) => key(name)),
      ...[integer(-1, 8), integer(300, 16), integer(-100_000, 32)].map((name) => key(name)),
      ...[compressed(LONG_TEXT), compressed(`${LONG_TEXT}{tag}`)].map((name) => key(name)),
      ...[string(bytesOf(0, 0xff, 0xfe)), string('{}{tag}', 32)].map((name) => key(name)),
    ],
    [strings(12)],
  ],
  [
    'expiries in milliseconds and in seconds',
    10,
    [database(0, 3, 2), key('a', LATER), key('b', LATER_IN_SECONDS), key('c')],
    [strings(3, 2)],
  ],
  ['expiries of a time before milliseconds', 2, [begin(2, 1), key('a', LATER_IN_SECONDS)], [strings(1, 1)]],
  [
    'idle times and frequencies, beside expiries and alone',
    9,
    [database(0, 4, 2), key('a', LATER, IDLE), key('b', IDLE), key('c', LATER, OFTEN), key('d', OFTEN)],
    [strings(4, 2)],
  ],
  [
    'many databases',
    10,
    [database(0, 1), key('a'), database(1, 2, 1), key('a'), key('b', LATER), database(15, 1), key('c')],
    [strings(1), strings(2, 1, 1), strings(1, 0, 15)],
  ],
  ['a library of functions', 10, [bytesOf(OPCODE.function, string(LIBRARY)), database(0, 1), key('a')], [strings(1)]],
  [
    'a value of a module',
    10,
    [database(0, 1), record(7, 'a', MODULE_VALUE)],
    [{ db: 0, keys: 1, expires: 0, types: { module: 1 } }],
  ],
  ['what a module keeps beside the data', 10, [MODULE_AUX, database(0, 1), key('a')], [strings(1)]],
  [
    'counts of slots, as Redis 7.4 has them',
    12,
    [
      database(0, 2, 1),
      bytesOf(OPCODE['slot info'], length(15_495), length(1), length(0)),
      key('a'),
      bytesOf(OPCODE['slot info'], length(3_300), length(1), length(1)),
      key('b', LATER),
    ],
    [strings(2, 1)],
  ],
  [
    'counts of slots, as Valkey has them',
    11,
    [
      database(0, 2, 1),
      auxField('slot-info', '15495,1,0'),
      key('a'),
      auxField('slot-info', '3300,1,1'),
      key('b', LATER),
    ],
    [strings(2, 1)],
  ],
  [
    'fields in any encoding, between the keys as well',
    10,
    [
      auxField('ctime', integer(1_700_000_000, 32)),
      auxField('long', compressed(LONG_TEXT)),
      database(0, 2),
      key('a'),
      bytesOf(OPCODE.aux, integer(7, 8), plain('number')),
      key('b'),
    ],
    [strings(2)],
  ],
  ['the base of an append-only file', 10, [auxField('aof-base', '1'), database(0, 1), key('a')], [strings(1)]],
  ...(['0', '1'] as const).map(
    (value) =>
      [
        `nothing behind it, and aof-preamble ${value}`,
        9,
        [auxField('aof-preamble', value), database(0, 1), key('a')],
        [strings(1)],
      ] as const
  ),
  [
    'fields that say in another version what a slot holds',
    10,
    [
      database(0, 2),
      ...['zzz', '-1,2,3'].map((value) => auxField('slot-info', value)),
      key('a'),
      auxField('slot-info', '20000,2,3'),
      key('b'),
    ],
    [strings(2)],
  ],
  [
    'fields of slots that there are not',
    11,
    [database(0, 1), ...['-1,2,3', '20000,2,3'].map((value) => auxField('slot-info', value)), key('a')],
    [strings(1)],
  ],
  [
    'numbers behind lengths of 32 and 64 bits',
    10,
    [bytesOf(OPCODE['select db'], length(0, 64), OPCODE['resize db'], length(1, 64), length(0, 32)), key('a')],
    [strings(1)],
  ],
  ['other counts than it says of itself', 10, [database(0, 5, 5), key('a')], [strings(1)]],
];

/** A file with each of the values under a key of its own. */
function holding(name: string, version: number, values: readonly SampleValue[]): HandWritten {
  const kinds = new Map<ValueType, number>();
  for (const { kind } of values) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const body = values.map(({ type, value }, index) => record(type, `key ${index}`, value));
  const databases = [{ db: 0, keys: values.length, expires: 0, types: Object.fromEntries(kinds) }];
  return { name, version, file: fileOf(version, [begin(version, values.length), ...body]), databases };
}

/** Sound files: every value alone in the first version that has it, all of them in every version, and the rest. */
export const HAND_WRITTEN: readonly HandWritten[] = [
  ...[...valuesOf(12), ...valuesOf(80).filter(({ since }) => since === 80)].map((value) =>
    holding(value.name, value.since, [value])
  ),
  ...VERSIONS.map((version) => holding('all of its values', version, valuesOf(version))),
  ...AROUND_VALUES.map(([name, version, body, databases]) => ({
    name,
    version,
    databases,
    file: fileOf(version, body),
  })),
].map(({ name, ...file }) => ({ name: `${magicOf(file.version)} with ${name}`, ...file }));
