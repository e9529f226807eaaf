/** A CRC-64 over bytes that come in pieces. */
export interface Crc64 {
  /** The checksum of what `crc` stands for, followed by `bytes`; the checksum of nothing is `0n`. */
  update(crc: bigint, bytes: Uint8Array): bigint;
  /** What joins two checksums, for second parts of this length in bytes. */
  joiner(length: number): (first: bigint, second: bigint) => bigint;
}

const allOnes = 0xffff_ffff_ffff_ffffn;

/** CRC-64/Jones, which ends an RDB file: `123456789` gives e9c6d914c4b8d9ca. */
export const crc64jones: Crc64 = createCrc64(0x95ac_9329_ac4b_c9b5n, 0n);

/** CRC-64/NVME, which S3 keeps of an object: `123456789` gives ae8b14860a799888. */
export const crc64nvme: Crc64 = createCrc64(0x9a6c_9329_ac4b_c9b5n, allOnes);

/** `polynomial` has its highest power in the lowest bit; every checksum begins and ends with `inverted`. */
function createCrc64(polynomial: bigint, inverted: bigint): Crc64 {
  let tables: { high: Int32Array; low: Int32Array } | undefined;
  return {
    update: (crc, bytes) => {
      tables ??= createTables(polynomial);
      const { high: highs, low: lows } = tables;
      const start = crc ^ inverted;
      let high = Number(start >> 32n) | 0;
      let low = Number(start & 0xffff_ffffn) | 0;
      for (let at = 0; at < bytes.length; at += 1) {
        const index = (low ^ (bytes[at] ?? 0)) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
        high = (high >>> 8) ^ (highs[index] ?? 0);
      }
      return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) ^ inverted;
    },
    joiner: (length) => {
      const shift = createShift(powerOfX(8 * length, polynomial), polynomial);
      return (first, second) => shift(first) ^ second;
    },
  };
}

/** What each value of a byte adds, as high and low words. */
function createTables(polynomial: bigint): { high: Int32Array; low: Int32Array } {
  const tables = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = timesX(crc, polynomial);
    tables.high[byte] = Number(crc >> 32n);
    tables.low[byte] = Number(crc & 0xffff_ffffn);
  }
  return tables;
}

/** Multiplication by `factor` as a table: for each of eight bytes, what each of its values comes to. */
function createShift(factor: bigint, polynomial: bigint): (crc: bigint) => bigint {
  const products = new BigUint64Array(8 * 256);
  for (let bit = 0; bit < 64; bit += 1) {
    const base = 256 * (bit >> 3);
    const value = 1 << (bit & 7);
    const product = multiply(factor, 1n << BigInt(bit), polynomial);
    for (let lower = 0; lower < value; lower += 1)
      products[base + value + lower] = product ^ (products[base + lower] ?? 0n);
  }
  return (crc) => {
    let product = 0n;
    let [words, at] = [Number(crc & 0xffff_ffffn), 0];
    for (let byte = 0; byte < 8; byte += 1, at += 256) {
      if (byte === 4) words = Number(crc >> 32n);
      product ^= products[at + ((words >>> (8 * (byte & 3))) & 0xff)] ?? 0n;
    }
    return product;
  };
}

function powerOfX(exponent: number, polynomial: bigint): bigint {
  let power = 1n << 63n; // x to the 0
  let square = 1n << 62n; // x to the 1
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(power, square, polynomial);
    square = multiply(square, square, polynomial);
  }
  return power;
}

function multiply(a: bigint, b: bigint, polynomial: bigint): bigint {
  let [product, shifted] = [0n, b];
  for (let bit = 63n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = timesX(shifted, polynomial);
  }
  return product;
}

function timesX(crc: bigint, polynomial: bigint): bigint {
  return crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
}
