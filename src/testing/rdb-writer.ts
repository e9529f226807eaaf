import { encodeLength, encodeMilliseconds, encodeString } from './rdb-encoding';

/** The versions that MemoryDB's engines write: Redis 6.2, Redis 7.0 and 7.1, Valkey 7.2 and 7.3. */
export type RdbVersion = 9 | 10 | 11;

/** The bytes before a record that say what it is. */
const opcode = { aux: 0xfa, resize: 0xfb, expireMs: 0xfc, selectDatabase: 0xfe, end: 0xff } as const;

/** What a value is, and so how it is written. */
export const valueType = {
  string: 0,
  list: 1,
  set: 2,
  hash: 4,
  sortedSet: 5,
  intset: 11,
  hashListpack: 16,
  sortedSetListpack: 17,
  quicklist: 18,
} as const;

/** A key with its value, as it stands in a file. */
export interface RdbRecord {
  readonly bytes: Buffer;
  readonly expires: boolean;
}

/** The beginning of a file: magic, facts about the writer, the one database and how much it holds. */
export function writeHeader(
  version: RdbVersion,
  facts: readonly (readonly [name: string, value: string])[],
  counts: { readonly keys: number; readonly expires: number }
): Buffer {
  return Buffer.concat([
    Buffer.from(`REDIS${String(version).padStart(4, '0')}`),
    ...facts.flatMap(([name, value]) => [Buffer.from([opcode.aux]), encodeString(name), encodeString(value)]),
    Buffer.from([opcode.selectDatabase, 0, opcode.resize]),
    encodeLength(counts.keys),
    encodeLength(counts.expires),
  ]);
}

/** A key and its value, the latter already encoded for its type. */
export function writeRecord(type: number, key: string, value: Buffer, expiresAt?: number): RdbRecord {
  const expiry = expiresAt === undefined ? [] : [Buffer.from([opcode.expireMs]), encodeMilliseconds(expiresAt)];
  return {
    bytes: Buffer.concat([...expiry, Buffer.from([type]), encodeString(key), value]),
    expires: expiresAt !== undefined,
  };
}

/** The byte after the last record; the checksum follows. */
export const endOfRecords: Buffer = Buffer.from([opcode.end]);

/** The last eight bytes: the checksum of all before, or zero for none. */
export function writeChecksum(crc: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(crc);
  return bytes;
}
