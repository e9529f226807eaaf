/**
 * A CRC-64/Jones, the checksum of RDB files: the register as two halves of 32 bits, unsigned. Plain data, so that a
 * checkpoint can hold it.
 */
export interface Crc64 {
  readonly high: number;
  readonly low: number;
}

/** The checksum of no bytes at all: where every file begins. */
export const EMPTY_CRC64: Crc64 = { high: 0, low: 0 };

/**
 * The checksum of the bytes, going on from that of the bytes before them. Nothing is copied and nothing kept.
 *
 * @param state @default EMPTY_CRC64
 */
export function crc64(bytes: Uint8Array, state: Crc64 = EMPTY_CRC64): Crc64 {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let high = state.high | 0;
  let low = state.low | 0;
  let at = 0;
  // Slice by 8: each byte of eight has its own table (first of it: 256 x the bytes behind), so that no look-up waits for another.
  for (const end = bytes.length - 7; at < end; at += 8) {
    const a = low ^ view.getInt32(at, true);
    const b = high ^ view.getInt32(at + 4, true);
    low =
      word(LOW, 1792 | (a & 255)) ^
      word(LOW, 1536 | ((a >>> 8) & 255)) ^
      (word(LOW, 1280 | ((a >>> 16) & 255)) ^ word(LOW, 1024 | (a >>> 24))) ^
      (word(LOW, 768 | (b & 255)) ^ word(LOW, 512 | ((b >>> 8) & 255))) ^
      (word(LOW, 256 | ((b >>> 16) & 255)) ^ word(LOW, b >>> 24));
    high =
      word(HIGH, 1792 | (a & 255)) ^
      word(HIGH, 1536 | ((a >>> 8) & 255)) ^
      (word(HIGH, 1280 | ((a >>> 16) & 255)) ^ word(HIGH, 1024 | (a >>> 24))) ^
      (word(HIGH, 768 | (b & 255)) ^ word(HIGH, 512 | ((b >>> 8) & 255))) ^
      (word(HIGH, 256 | ((b >>> 16) & 255)) ^ word(HIGH, b >>> 24));
  }
  for (; at < bytes.length; at += 1) {
    const index = (low ^ view.getUint8(at)) & 255;
    low = ((low >>> 8) | (high << 24)) ^ word(LOW, index);
    high = (high >>> 8) ^ word(HIGH, index);
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/**
 * The checksum of two ranges in a row, from those of each alone: ranges may be read in any order, by anyone.
 *
 * @param lengthB bytes in the second range
 */
export function combineCrc64(a: Crc64, b: Crc64, lengthB: number): Crc64 {
  let { high, low } = a;
  let power = BYTE;
  for (let left = lengthB; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) ({ high, low } = multiply({ high, low }, power));
    power = multiply(power, power);
  }
  return { high: (high ^ b.high) >>> 0, low: (low ^ b.low) >>> 0 };
}

/** The checksum as people write it: 16 hexadecimal digits, the highest first. */
export function crc64Hex({ high, low }: Crc64): string {
  return `${hex(high)}${hex(low)}`;
}

/** The polynomial 0xad93d23594c935a9 with its bits reversed, as the register holds them: x^0 is the highest bit. */
const POLYNOMIAL: Crc64 = { high: 0x95ac9329, low: 0xac4bc9b5 };

/** x^8: what a checksum is multiplied by when one more byte follows. */
const BYTE: Crc64 = { high: 0x0080_0000, low: 0 };

/** Eight tables of 256 in a row: the n-th holds what a byte is worth when n zero bytes follow it. */
const [HIGH, LOW] = makeTables();

function makeTables(): readonly [high: Int32Array, low: Int32Array] {
  const tables = [new Int32Array(8 * 256), new Int32Array(8 * 256)] as const;
  for (let byte = 0; byte < 256; byte += 1) {
    let worth = multiply({ high: 0, low: byte }, BYTE);
    for (let table = 0; table < 8; table += 1) {
      tables[0][table * 256 + byte] = worth.high;
      tables[1][table * 256 + byte] = worth.low;
      worth = multiply(worth, BYTE);
    }
  }
  return tables;
}

/** The product of two polynomials, less the multiples of the checksum's own. */
function multiply(a: Crc64, b: Crc64): Crc64 {
  let [high, low] = [0, 0];
  let [bHigh, bLow] = [b.high | 0, b.low | 0];
  for (let bit = 0; bit < 64; bit += 1) {
    const isSet = bit < 32 ? (a.high >>> (31 - bit)) & 1 : (a.low >>> (63 - bit)) & 1;
    if (isSet === 1) {
      high ^= bHigh;
      low ^= bLow;
    }
    const carry = -(bLow & 1);
    bLow = ((bLow >>> 1) | (bHigh << 31)) ^ (POLYNOMIAL.low & carry);
    bHigh = (bHigh >>> 1) ^ (POLYNOMIAL.high & carry);
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** The fallback is for the type checker: no index above reaches past a table. */
function word(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
