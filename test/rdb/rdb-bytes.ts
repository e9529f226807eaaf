/** What bytes are made from: text (a byte per character, `\xff` is 255), a number (a byte) and bytes. */
export type Part = string | number | Uint8Array;

/** Bytes of all parts in a row. */
export function bytesOf(...parts: readonly Part[]): Uint8Array {
  const all = parts.map((part) => {
    if (typeof part === 'number') return Uint8Array.of(part);
    return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
  });
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A whole number in so many bytes, the lowest first; a negative one as its complement. */
export function littleEndian(value: number | bigint, width: number): Uint8Array {
  const whole = BigInt.asUintN(8 * width, BigInt(value));
  return Uint8Array.from({ length: width }, (_, at) => Number((whole >> BigInt(8 * at)) & 255n));
}

/** The same with the highest byte first. */
export function bigEndian(value: number | bigint, width: number): Uint8Array {
  return littleEndian(value, width).reverse();
}

/** A field before the data, its name and its value as short plain strings; bytes stand for themselves. */
export function auxField(name: string, value: string | Uint8Array): Uint8Array {
  return bytesOf(0xfa, plain(name), typeof value === 'string' ? plain(value) : value);
}

/** A string of less than 64 bytes as RDB has it. */
export function plain(text: string): Uint8Array {
  return bytesOf(text.length, text);
}

/** The end mark, and a checksum that nobody computed. */
export const END = bytesOf(0xff, 1, 2, 3, 4, 5, 6, 7, 0xf8);

/** The same as the report writes it. */
export const END_CHECKSUM = 'f807060504030201';

/** Database 0 with the key `a`, the value `b`. */
export const BODY = bytesOf(0xfe, 0, 0xfb, 1, 0, 0, plain('a'), plain('b'));

/** The fields that Redis 7 writes. */
export const FIELDS = bytesOf(
  auxField('redis-ver', '7.0.15'),
  auxField('redis-bits', bytesOf(0xc0, 64)),
  auxField('ctime', bytesOf(0xc2, 0x80, 0x6d, 0x43, 0x69)),
  auxField('used-mem', bytesOf(0xc2, 0x40, 0xe2, 1, 0)),
  auxField('aof-base', bytesOf(0xc0, 0))
);

/** A whole file, small and right but for its checksum. */
export function rdbFile({ magic = 'REDIS0010', fields = FIELDS, body = BODY, end = END } = {}): Uint8Array {
  return bytesOf(magic, fields, body, end);
}
