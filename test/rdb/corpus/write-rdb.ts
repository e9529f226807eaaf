import { crc64 } from '../../../src/rdb';
import { auxField, bigEndian, bytesOf, littleEndian, type Part } from '../rdb-bytes';
import { compressLzf } from './write-lzf';

/** What stands before a record. */
export const OPCODE = {
  'hash templates': 242,
  'slot import or key meta': 243,
  'slot info': 244,
  function: 245,
  'function before release': 246,
  'module aux': 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  'resize db': 251,
  'expires ms': 252,
  'expires s': 253,
  'select db': 254,
  end: 255,
} as const;

/** A length in the shortest form, or in that of so many bits. */
export function length(value: number | bigint, bits: 6 | 14 | 32 | 64 = shortest(value)): Uint8Array {
  if (bits === 6) return bytesOf(Number(value));
  if (bits === 14) return bigEndian(0x4000 | Number(value), 2);
  return bits === 32 ? bytesOf(0x80, bigEndian(value, 4)) : bytesOf(0x81, bigEndian(value, 8));
}

function shortest(value: number | bigint): 6 | 14 | 32 | 64 {
  if (value < 1 << 6) return 6;
  if (value < 1 << 14) return 14;
  return value < 2 ** 32 ? 32 : 64;
}

/** A string as it is, behind its length. Text is UTF-8. */
export function string(value: string | Uint8Array, bits?: 6 | 14 | 32 | 64): Uint8Array {
  const bytes = Buffer.from(value);
  return bytesOf(length(bytes.length, bits), bytes);
}

const INTEGER_MARKS = { 8: 0xc0, 16: 0xc1, 32: 0xc2 } as const;

/** A string that is a number, in so many bits. */
export function integer(value: number, bits: keyof typeof INTEGER_MARKS): Uint8Array {
  return bytesOf(INTEGER_MARKS[bits], littleEndian(value, bits / 8));
}

/** A string that is compressed. */
export function compressed(value: string | Uint8Array): Uint8Array {
  const raw = Buffer.from(value);
  const packed = compressLzf(raw);
  return bytesOf(0xc3, length(packed.length), length(raw.length), packed);
}

/** So many items, behind their number. */
export function counted(...items: readonly (Part | readonly Part[])[]): Uint8Array {
  return bytesOf(length(items.length), ...items.flat());
}

/** A score or a number of a module. */
export function double(value: number): Uint8Array {
  return new Uint8Array(Float64Array.of(value).buffer);
}

/** A type, a key and a value; what belongs to the key stands before. */
export function record(type: number, key: string | Uint8Array, value: Part, ...before: readonly Part[]): Uint8Array {
  return bytesOf(...before, type, typeof key === 'string' ? string(key) : key, value);
}

/** The opcodes that begin a database: its number, and how many keys and expiries it says it has. */
export function database(db: number, keys: number, expires = 0): Uint8Array {
  return bytesOf(OPCODE['select db'], length(db), OPCODE['resize db'], length(keys), length(expires));
}

/** A job of Valkey 9 that imports ranges of slots. */
export function slotImport(...ranges: readonly (readonly [first: number, last: number])[]): Uint8Array {
  const slots = ranges.map(([first, last]) => [length(first), length(last)]);
  return bytesOf(OPCODE['slot import or key meta'], string('0123456789'.repeat(4)), counted(...slots));
}

/** What ends a file: the right checksum, none, or (before version 5) not even room for one. */
export type Ending = 'checksum' | 'zero checksum' | 'end mark alone';

/** A whole file. */
export function writeRdb(body: readonly Part[], magic = 'REDIS0010', ending: Ending = 'checksum'): Uint8Array {
  return endRdb(bytesOf(magic, auxField('redis-ver', '7.0.15'), ...body), ending);
}

/** Everything before the end, with the end. */
export function endRdb(begun: Uint8Array, ending: Ending = 'checksum'): Uint8Array {
  const unproven = bytesOf(begun, OPCODE.end);
  if (ending === 'end mark alone') return unproven;
  return bytesOf(unproven, ending === 'checksum' ? checksum(unproven) : new Uint8Array(8));
}

/** The eight bytes that stand behind these. */
function checksum(bytes: Uint8Array): Uint8Array {
  const { high, low } = crc64(bytes);
  return bytesOf(littleEndian(low, 4), littleEndian(high, 4));
}

/** The same file with the checksum that its bytes have, or with none. */
export function resealed(file: Uint8Array, ending: Exclude<Ending, 'end mark alone'> = 'checksum'): Uint8Array {
  return endRdb(file.subarray(0, -9), ending);
}
