import type { DatabaseCounts, ValueType } from '../../../src/rdb/report';
import { bigEndian, bytesOf, littleEndian } from '../rdb-bytes';
import { listpack } from './write-packed';
import { counted, database, double, length, OPCODE, record, string, writeRdb } from './write-rdb';

/** A file that the engine accepts, and a server does not. */
export interface Disputed {
  readonly name: string;
  readonly file: Uint8Array;
  readonly databases: readonly DatabaseCounts[];
}

const A_KEY = record(0, 'a', string('value'));

/** A file with one value. */
const valued = (name: string, kind: ValueType, type: number, value: Uint8Array): Disputed => ({
  name,
  file: writeRdb([database(0, 1), record(type, 'a', value)]),
  databases: [{ db: 0, keys: 1, expires: 0, types: { [kind]: 1 } }],
});

const strings = (name: string, body: readonly Uint8Array[], db = 0, keys = 1): Disputed => ({
  name,
  file: writeRdb(body),
  databases: [{ db, keys, expires: 0, types: { string: keys } }],
});

/** A stream with one entry and these groups. */
const streamOf = (...groups: readonly Uint8Array[]) =>
  bytesOf(
    counted([
      string(bytesOf(bigEndian(5, 8), bigEndian(0, 8))),
      string(listpack([1, 0, 1, 'field', 0, 2, 0, 0, 'value', 4])),
    ]),
    ...[length(1), length(5), length(0)],
    counted(...groups)
  );
/** A group that nothing awaits, with these consumers. */
const group = (...consumers: readonly Uint8Array[]) =>
  bytesOf(string('group'), length(0), length(0), length(0), counted(...consumers));
const CONSUMER = bytesOf(string('consumer'), littleEndian(5, 8), length(0));

/** Files that nobody without the memory of a server, or its settings, can refuse. */
export const DISPUTED: readonly Disputed[] = [
  valued('a set with a member twice', 'set', 2, counted(string('a'), string('a'))),
  valued('a hash with a field twice', 'hash', 4, counted([string('a'), string('b')], [string('a'), string('c')])),
  valued('a zset with a member twice', 'zset', 5, counted([string('a'), double(1)], [string('a'), double(2)])),
  valued('a stream with a group twice', 'stream', 15, streamOf(group(), group())),
  valued('a group with a consumer twice', 'stream', 15, streamOf(group(CONSUMER, CONSUMER))),
  strings('a key twice', [database(0, 2), A_KEY, A_KEY], 0, 2),
  strings('a library of functions that does not compile', [bytesOf(OPCODE.function, string('nonsense')), A_KEY]),
  strings('a database of a number above 15', [database(300, 1), A_KEY], 300),
];
