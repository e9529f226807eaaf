import { auxField, bigEndian, bytesOf, littleEndian, plain } from '../rdb-bytes';
import { begin, fileOf, magicOf } from './hand-written';
import { LONG_TEXT, valuesOf } from './sample-values';
import { intset, listpack, listpackOf, ziplist } from './write-packed';
import {
  compressed,
  counted,
  database,
  double,
  length,
  OPCODE,
  record,
  resealed,
  slotImport,
  string,
  writeRdb,
} from './write-rdb';
import { type Stream, stream } from './write-stream';

/** A file that is not accepted, and how it is not. */
export interface Refused {
  readonly name: string;
  readonly file: Uint8Array;
  readonly verdict: 'unsupported' | 'corrupt' | 'unproven';
  /** The lowest level that finds it, where the checksum is right. */
  readonly level: 'checksum' | 'structure' | 'deep';
}

type Row = readonly [name: string, file: Uint8Array, level: Refused['level']];

const A_KEY = record(0, 'a', string('value'));
const SMALL = writeRdb([database(0, 1), A_KEY]);

/** A file of a version with one value of a type. */
const valued = (version: number, type: number, value: Uint8Array) =>
  fileOf(version, [begin(version, 1), record(type, 'a', value)]);
/** A file with one string whose bytes, length included, are as given. */
const stringOf = (...bytes: readonly (number | Uint8Array | string)[]) => valued(10, 0, bytesOf(...bytes));
const HUGE = length(2n ** 63n);

/** The only node of a stream: one entry, of an id of so many milliseconds. */
const streamNode = (ms: number) => [string(rawId(ms)), string(listpack([1, 0, 1, 'field', 0, 2, 0, 0, 'value', 4]))];
const rawId = (ms: number) => bytesOf(bigEndian(ms, 8), bigEndian(0, 8));
/** What follows the nodes of a stream of the first version: its length, its last id, its groups. */
const streamEnd = (entries: Uint8Array, groups = length(0)) => bytesOf(entries, length(9), length(0), groups);
/** A group that awaits entries, one of one consumer each, which was delivered so often. */
const groupAwaiting = (times: Uint8Array, ...ids: readonly number[]) =>
  counted([
    ...[string('group'), length(9), length(0)],
    counted(...ids.map((ms) => [rawId(ms), littleEndian(1, 8), times])),
    counted([string('consumer'), littleEndian(1, 8), counted(...ids.map(rawId))]),
  ]);
/** A length whose first byte is that of a string which is an integer. */
const AN_ENCODING = bytesOf(0xc5);

const A_STREAM = valuesOf(10).find(({ type }) => type === 19)?.value ?? bytesOf();
/** A stream with one entry that is there and one that is deleted. */
const MOSTLY_DELETED: Stream = {
  nodes: [
    [
      { id: [5, 0], fields: ['f'], values: ['v'], isDeleted: true },
      { id: [6, 0], values: ['w'] },
    ],
  ],
};

/** Behind the number of nodes, an id of 17 bytes, a length of two, and the listpack's own of four. */
const COUNT_OF_ITS_FIRST_LISTPACK = 1 + 17 + 2 + 4;

/** The RDB part of an append-only file of Redis 4 to 6, and what follows it there. */
const IS_PREAMBLE = auxField('aof-preamble', '1');
const PREAMBLE = writeRdb([IS_PREAMBLE, database(0, 1), A_KEY], 'REDIS0009');
const AOF_BASE = writeRdb([auxField('aof-base', '1'), database(0, 1), A_KEY]);
const COMMANDS = bytesOf('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n');

/** What other engines or other days wrote: known by name, or not known at all, but not broken. */
const UNSUPPORTED: readonly Row[] = [
  ...[13, 14, 15, 79].map((version): Row => [
    `version ${version}`,
    fileOf(version, [database(0, 1), A_KEY]),
    'checksum',
  ]),
  ...[81, 999].map((version): Row => [magicOf(version), fileOf(version, [database(0, 1), A_KEY]), 'checksum']),
  ...[
    'REDIS0000',
    'REDIS0080',
    'REDIS0081',
    'REDIS9999',
    'VALKEY000',
    'VALKEY011',
    'VALKEY079',
    'NEXCACHE0010',
  ].flatMap((magic): Row[] => [
    [`the magic ${magic}`, resealed(bytesOf(magic, SMALL.subarray(9))), 'checksum'],
    [`the magic ${magic} and a wrong checksum`, bytesOf(magic, SMALL.subarray(9)), 'checksum'],
  ]),
  ['a version with a letter', resealed(bytesOf('REDIS001x', SMALL.subarray(9))), 'checksum'],
  ['bytes that are no magic, with a right checksum', resealed(bytesOf('\x01\x02', SMALL)), 'checksum'],
  ['a stream of Valkey that is compressed as a whole', bytesOf('VKCS', 1, 1, 0, 0, SMALL), 'checksum'],
  ['a stream for a replica', bytesOf(`$EOF:${'a'.repeat(40)}\r\n`, SMALL, 'a'.repeat(40)), 'checksum'],
  ['an append-only file', bytesOf('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'), 'checksum'],
  ['an append-only file that begins with RDB', bytesOf(PREAMBLE, COMMANDS), 'checksum'],
  ['an append-only file that begins with RDB, of no key', bytesOf(writeRdb([IS_PREAMBLE]), COMMANDS), 'checksum'],
  [
    'an append-only file that begins with RDB without a checksum',
    bytesOf(resealed(PREAMBLE, 'zero checksum'), COMMANDS),
    'checksum',
  ],
  [
    'an append-only file that begins with RDB of a type that is not known',
    bytesOf(writeRdb([IS_PREAMBLE, record(33, 'a', string(''))]), COMMANDS),
    'checksum',
  ],
  [
    'functions of a release candidate',
    writeRdb([bytesOf(OPCODE['function before release'], plain('f')), A_KEY]),
    'structure',
  ],
  ['a value of a module of the first kind', valued(10, 6, bytesOf(length(1), 0)), 'structure'],
  [
    'an item of a module of a kind that is not known',
    valued(10, 7, bytesOf(length(1), length(6), length(0))),
    'structure',
  ],
  ['type 8', valued(10, 8, string('')), 'structure'],
  [
    'hashes of a release candidate of Redis 7.4',
    valued(12, 22, counted([string('a'), string('b'), length(0)])),
    'structure',
  ],
  ['packed hashes of a release candidate of Redis 7.4', valued(12, 23, string(listpack(['a', 'b', 0]))), 'structure'],
  ['hashes of paths of Valkey 9.2', valued(80, 23, string('')), 'structure'],
  [
    'hashes of Valkey 9 in a file of Redis',
    valued(11, 22, counted([string('a'), string('b'), littleEndian(-1, 8)])),
    'structure',
  ],
  ['packed hashes before version 10', valued(9, 16, string(listpack(['a', 'b']))), 'structure'],
  ['lists of ziplists before version 7', valued(5, 14, counted(string(ziplist(['a'])))), 'structure'],
  ['fields before version 7', fileOf(6, [auxField('redis-ver', '3'), begin(6, 1), A_KEY]), 'structure'],
  ['the kind of an item of a module behind 14 bits', valued(10, 7, bytesOf(1, length(2, 14), 5, 0)), 'structure'],
  ...[26, 33, 107, 121, 200].map((type): Row => [`type ${type}`, valued(12, type, string('')), 'structure']),
  ...(
    [
      [10, 'hash templates'],
      [80, 'hash templates'],
      [10, 'slot import or key meta'],
      [12, 'slot import or key meta'],
    ] as const
  ).map(([version, name]): Row => [
    `opcode ${OPCODE[name]} in version ${version}`,
    fileOf(version, [bytesOf(OPCODE[name], string('a'), length(1), length(0), length(1)), begin(version, 1), A_KEY]),
    'structure',
  ]),
];

/** What is broken although its checksum is right, or was never there. */
const CORRUPT: readonly Row[] = [
  ['nothing', bytesOf(), 'checksum'],
  ['less than the shortest file', bytesOf('REDIS0010'), 'checksum'],
  ['bytes that are no magic', bytesOf('\x01\x02', SMALL), 'checksum'],
  ['a wrong checksum', bytesOf(SMALL.subarray(0, -1), (SMALL.at(-1) ?? 0) ^ 1), 'checksum'],
  ['an append-only file that begins with RDB of a wrong checksum', bytesOf(PREAMBLE.with(-1, 7), COMMANDS), 'checksum'],
  ['an append-only file that is cut in its RDB', PREAMBLE.subarray(0, -5), 'checksum'],
  ['a preamble with something else than commands behind it', bytesOf(PREAMBLE, 'more'), 'checksum'],
  ['the base of an append-only file with commands behind it', bytesOf(AOF_BASE, COMMANDS), 'checksum'],
  ['bytes behind its end', bytesOf(SMALL, 'more'), 'checksum'],
  // A file with its checksum has the checksum zero, where every file begins: two of them are one to a checksum.
  ['another file behind its end', bytesOf(SMALL, SMALL), 'structure'],
  ['an end mark among its keys', resealed(bytesOf(SMALL.subarray(0, -9), 0xff, A_KEY, new Uint8Array(9))), 'structure'],
  ['a length of a form that there is not', stringOf(0x82, 'ab'), 'structure'],
  ['a string of an encoding that there is not', stringOf(0xc4, 'ab'), 'structure'],
  ['an encoding where a length has to be', valued(10, 1, bytesOf(0xc0, 1, string('a'))), 'structure'],
  [
    'an encoding where the number of a database has to be',
    writeRdb([bytesOf(OPCODE['select db'], AN_ENCODING), A_KEY]),
    'structure',
  ],
  [
    'an encoding where a number of keys has to be',
    writeRdb([bytesOf(OPCODE['select db'], 0, OPCODE['resize db'], 1, AN_ENCODING), A_KEY]),
    'structure',
  ],
  ['an encoding where an idle time has to be', writeRdb([bytesOf(OPCODE.idle, AN_ENCODING), A_KEY]), 'structure'],
  [
    'an encoding where the length of a stream has to be',
    valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(AN_ENCODING))),
    'structure',
  ],
  [
    'an encoding where a number of deliveries has to be',
    valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(length(1), groupAwaiting(AN_ENCODING, 5)))),
    'structure',
  ],
  [
    'a slot above 16383',
    fileOf(12, [begin(12, 1), bytesOf(OPCODE['slot info'], length(16_384), 1, 0), A_KEY]),
    'structure',
  ],
  ...(
    [
      ['a first slot behind the last', 6, 5],
      ['a slot above 16383', 5, 16_384],
    ] as const
  ).map(([name, first, last]): Row => [
    `slots that are imported with ${name}`,
    fileOf(80, [slotImport([first, last]), begin(80, 1), A_KEY]),
    'structure',
  ]),
  [
    'a field of a slot with a number missing',
    fileOf(11, [begin(11, 1), auxField('slot-info', '5,1'), A_KEY]),
    'structure',
  ],
  ['a kind of node behind 14 bits', valued(10, 18, counted([length(2, 14), string(listpack(['a']))])), 'structure'],
  [
    'the time of what a module keeps as a double',
    writeRdb([bytesOf(OPCODE['module aux'], 1, 4, 1, 0), A_KEY]),
    'structure',
  ],
  ['an item of a module with a length of a form that there is not', valued(10, 7, bytesOf(1, 2, 0x82, 0)), 'structure'],
  [
    'the time of what a module keeps behind 14 bits',
    writeRdb([bytesOf(OPCODE['module aux'], 1, length(2, 14), 1, 0), A_KEY]),
    'structure',
  ],
  ['a string past its end', stringOf(length(1_000), 'ab'), 'structure'],
  ['a string of 2^63 bytes', stringOf(HUGE), 'structure'],
  ['a string that says it unfolds to 2^63 bytes', stringOf(0xc3, length(4), HUGE, 'abcd'), 'deep'],
  ...[1, 2, 3, 4, 5, 14, 18].map((type): Row => [
    `2^63 elements of type ${type}`,
    valued(10, type, bytesOf(HUGE, string('a'))),
    'structure',
  ]),
  ['a stream of 2^63 nodes', valued(10, 19, HUGE), 'structure'],
  ['a node of a list of a kind that there is not', valued(10, 18, counted([length(3), string('a')])), 'structure'],
  [
    'a score of a text that reaches past its end',
    valued(10, 3, counted([string('a'), bytesOf(252, '1')])),
    'structure',
  ],
  [
    'a compressed string that reaches before its beginning',
    stringOf(0xc3, length(4), length(9), 0, 'a', 0x20, 9),
    'deep',
  ],
  ['a compressed string that says it has no bytes', stringOf(0xc3, length(2), length(0), 0, 'a'), 'deep'],
  ['a compressed string of another length', stringOf(0xc3, length(2), length(9), 0, 'a'), 'deep'],
  ['a listpack of another length', valued(10, 16, string(bytesOf(listpack(['a', 'b']), 0))), 'deep'],
  [
    'a listpack of another count',
    valued(10, 16, string(listpackOf([bytesOf(0x81, 'a', 2), bytesOf(0x81, 'b', 2)], 4))),
    'deep',
  ],
  ['a listpack without an end', valued(10, 16, string(bytesOf(listpack(['a', 'b']).subarray(0, -1), 0))), 'deep'],
  [
    'a listpack that cannot be read backwards',
    valued(10, 16, string(listpackOf([bytesOf(0x81, 'a', 2), bytesOf(0x81, 'b', 3)], 2))),
    'deep',
  ],
  ...[1, 2, 3, 4, 5, 14, 18].map((type): Row => [`no elements of type ${type}`, valued(10, type, length(0)), 'deep']),
  ['a packed hash of no fields', valued(10, 16, string(listpack([]))), 'deep'],
  ['a packed zset of no members', valued(10, 17, string(listpack([]))), 'deep'],
  ['a packed set of no members', valued(11, 20, string(listpack([]))), 'deep'],
  ['a packed hash of no fields that expire', valued(12, 25, bytesOf(littleEndian(1, 8), string(listpack([])))), 'deep'],
  ['a ziplist for a list of nothing', valued(10, 10, string(ziplist([]))), 'deep'],
  ['a ziplist for a zset of nothing', valued(10, 12, string(ziplist([]))), 'deep'],
  ['a ziplist for a hash of nothing', valued(10, 13, string(ziplist([]))), 'deep'],
  ['an intset of nothing', valued(10, 11, string(intset([]))), 'deep'],
  ['a list of an empty listpack', valued(10, 18, counted([length(2), string(listpack([]))])), 'deep'],
  ['a packed hash of three elements', valued(10, 16, string(listpack(['a', 'b', 'c']))), 'deep'],
  ['a packed hash with a field twice', valued(10, 16, string(listpack(['a', 'b', 'a', 'c']))), 'deep'],
  ['a packed zset with a member twice', valued(10, 17, string(listpack(['a', 1, 'a', 2]))), 'deep'],
  ['a ziplist with a wrong way back', valued(10, 13, string(withByte(ziplist(['a', 'b']), 13, 9))), 'deep'],
  ['a ziplist that ends elsewhere', valued(10, 13, string(withByte(ziplist(['a', 'b']), 4, 11))), 'deep'],
  ['a score of a text that begins with a number', valued(5, 3, counted([string('a'), bytesOf(3, '1*5')])), 'deep'],
  ['a score of a text with a sign that is not needed', valued(5, 3, counted([string('a'), bytesOf(2, '+1')])), 'deep'],
  ['a score of a text in hexadecimal digits', valued(5, 3, counted([string('a'), bytesOf(4, '0x10')])), 'deep'],
  ['a score of a text that says infinity', valued(5, 3, counted([string('a'), bytesOf(3, 'inf')])), 'deep'],
  ['a packed score that is no number', valued(10, 17, string(listpack(['a', 'nan']))), 'deep'],
  ['a score in a ziplist that is no number', valued(10, 12, string(ziplist(['a', 'nan']))), 'deep'],
  ['a stream of none, with one', valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(length(0)))), 'deep'],
  ['a stream of one, with none', valued(10, 15, bytesOf(length(0), streamEnd(length(1)))), 'deep'],
  [
    'a stream with a listpack of another count',
    valued(10, 19, withByte(A_STREAM, COUNT_OF_ITS_FIRST_LISTPACK, 95)),
    'deep',
  ],
  ['an intset out of order', valued(10, 11, string(intset([2, 1]))), 'deep'],
  ['an intset with a number twice', valued(10, 11, string(intset([1, 1]))), 'deep'],
  ['an intset of numbers of three bytes', valued(10, 11, string(withByte(intset([1, 2]), 0, 3))), 'deep'],
  ['an intset of another length', valued(10, 11, string(bytesOf(intset([1, 2]), 0))), 'deep'],
  [
    'a field that expires later than time goes',
    valued(12, 24, bytesOf(littleEndian(2 ** 48 - 1, 8), counted([length(2), string('a'), string('b')]))),
    'deep',
  ],
  ['a score that is no number', valued(10, 5, counted([string('a'), double(NaN)])), 'deep'],
  [
    'a compressed ziplist that is broken',
    valued(10, 13, compressed(withByte(ziplist([LONG_TEXT, 'b']), 0, 1))),
    'deep',
  ],
];

/** What is not in the order in which engines write it, or what an error of theirs left behind: it may be sound. */
const UNPROVEN: readonly Row[] = [
  [
    'a stream of more entries than it has',
    valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(length(2)))),
    'deep',
  ],
  ...([15, 19, 21] as const).map((type, index): Row => [
    `a stream of more entries than are not deleted, type ${type}`,
    valued(9 + index, type, stream({ ...MOSTLY_DELETED, length: 7 }, ([1, 2, 3] as const)[index] ?? 1)),
    'deep',
  ]),
  [
    'a stream with its nodes out of order',
    valued(10, 15, bytesOf(counted(streamNode(6), streamNode(5)), streamEnd(length(2)))),
    'deep',
  ],
  [
    'a stream with a node twice',
    valued(10, 15, bytesOf(counted(streamNode(5), streamNode(5)), streamEnd(length(2)))),
    'deep',
  ],
  [
    'a stream with what is awaited out of order',
    valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(length(1), groupAwaiting(length(1), 6, 5)))),
    'deep',
  ],
  [
    'a stream with what is awaited twice',
    valued(10, 15, bytesOf(counted(streamNode(5)), streamEnd(length(1), groupAwaiting(length(1), 5, 5)))),
    'deep',
  ],
];

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  return bytesOf(bytes.subarray(0, at), byte, bytes.subarray(at + 1));
}

/** Files that are not accepted. */
export const REFUSED: readonly Refused[] = [
  ...UNSUPPORTED.map(([name, file, level]) => ({ name, file, level, verdict: 'unsupported' as const })),
  ...CORRUPT.map(([name, file, level]) => ({ name, file, level, verdict: 'corrupt' as const })),
  ...UNPROVEN.map(([name, file, level]) => ({ name, file, level, verdict: 'unproven' as const })),
];
