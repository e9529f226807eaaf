import { auxField, bytesOf, littleEndian, plain } from '../rdb-bytes';
import { begin, fileOf, magicOf } from './hand-written';
import { LONG_TEXT, valuesOf } from './sample-values';
import { intset, listpack, listpackOf, ziplist } from './write-packed';
import { compressed, counted, database, double, length, OPCODE, record, resealed, string, writeRdb } from './write-rdb';

/** A file that is not accepted, and how it is not. */
export interface Refused {
  readonly name: string;
  readonly file: Uint8Array;
  readonly verdict: 'unsupported' | 'corrupt';
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

const A_STREAM = valuesOf(10).find(({ type }) => type === 19)?.value ?? bytesOf();
/** Behind the number of nodes, an id of 17 bytes, a length of two, and the listpack's own of four. */
const COUNT_OF_ITS_FIRST_LISTPACK = 1 + 17 + 2 + 4;

/** What other engines or other days wrote: known by name, or not known at all, but not broken. */
const UNSUPPORTED: readonly Row[] = [
  ...[13, 14, 15, 79].map((version): Row => [
    `version ${version}`,
    fileOf(version, [database(0, 1), A_KEY]),
    'checksum',
  ]),
  ...[81, 999].map((version): Row => [magicOf(version), fileOf(version, [database(0, 1), A_KEY]), 'checksum']),
  ['a stream of Valkey that is compressed as a whole', bytesOf('VKCS', 1, 1, 0, 0, SMALL), 'checksum'],
  ['a stream for a replica', bytesOf(`$EOF:${'a'.repeat(40)}\r\n`, SMALL, 'a'.repeat(40)), 'checksum'],
  ['an append-only file', bytesOf('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'), 'checksum'],
  ['the base of an append-only file', writeRdb([auxField('aof-base', '1'), database(0, 1), A_KEY]), 'checksum'],
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
  ...[26, 33, 107, 121, 200].map((type): Row => [`type ${type}`, valued(12, type, string('')), 'structure']),
  ...([10, 80] as const).flatMap((version) =>
    (['hash templates', 'slot import or key meta'] as const).map((name): Row => [
      `opcode ${OPCODE[name]} in version ${version}`,
      fileOf(version, [bytesOf(OPCODE[name], string('a'), length(1), length(0), length(1)), begin(version, 1), A_KEY]),
      'structure',
    ])
  ),
];

/** What is broken although its checksum is right, or was never there. */
const CORRUPT: readonly Row[] = [
  ['nothing', bytesOf(), 'checksum'],
  ['less than the shortest file', bytesOf('REDIS0010'), 'checksum'],
  ['a version of 0', bytesOf('REDIS0000', 0xff, new Uint8Array(8)), 'checksum'],
  ['a version of Valkey under the magic REDIS', bytesOf('REDIS0080', SMALL.subarray(9)), 'checksum'],
  ['a version of Redis under the magic VALKEY', bytesOf('VALKEY011', SMALL.subarray(9)), 'checksum'],
  ['a wrong checksum', bytesOf(SMALL.subarray(0, -1), (SMALL.at(-1) ?? 0) ^ 1), 'checksum'],
  ['bytes behind its end', bytesOf(SMALL, 'more'), 'checksum'],
  // A file with its checksum has the checksum zero, where every file begins: two of them are one to a checksum.
  ['another file behind its end', bytesOf(SMALL, SMALL), 'structure'],
  ['an end mark among its keys', resealed(bytesOf(SMALL.subarray(0, -9), 0xff, A_KEY, new Uint8Array(9))), 'structure'],
  ['a length of a form that there is not', stringOf(0x82, 'ab'), 'structure'],
  ['a string of an encoding that there is not', stringOf(0xc4, 'ab'), 'structure'],
  ['an encoding where a length has to be', valued(10, 1, bytesOf(0xc0, 1, string('a'))), 'structure'],
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
  ['a packed hash of three elements', valued(10, 16, string(listpack(['a', 'b', 'c']))), 'deep'],
  ['a packed hash with a field twice', valued(10, 16, string(listpack(['a', 'b', 'a', 'c']))), 'deep'],
  ['a packed zset with a member twice', valued(10, 17, string(listpack(['a', 1, 'a', 2]))), 'deep'],
  ['a ziplist with a wrong way back', valued(10, 13, string(withByte(ziplist(['a', 'b']), 13, 9))), 'deep'],
  ['a ziplist that ends elsewhere', valued(10, 13, string(withByte(ziplist(['a', 'b']), 4, 11))), 'deep'],
  ['a score of a text that begins with a number', valued(5, 3, counted([string('a'), bytesOf(3, '1*5')])), 'deep'],
  [
    'a stream with a listpack of another count',
    valued(10, 19, withByte(A_STREAM, COUNT_OF_ITS_FIRST_LISTPACK, 95)),
    'deep',
  ],
  ['an intset out of order', valued(10, 11, string(intset([2, 1]))), 'deep'],
  ['an intset with a number twice', valued(10, 11, string(intset([1, 1]))), 'deep'],
  ['an intset of numbers of three bytes', valued(10, 11, string(withByte(intset([1, 2]), 0, 3))), 'deep'],
  ['an intset of another length', valued(10, 11, string(bytesOf(intset([1, 2]), 0))), 'deep'],
  ['a score that is no number', valued(10, 5, counted([string('a'), double(NaN)])), 'deep'],
  [
    'a compressed ziplist that is broken',
    valued(10, 13, compressed(withByte(ziplist([LONG_TEXT, 'b']), 0, 1))),
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
];
