import type { Crc64 } from '../../src/rdb';

/** What defines a CRC-64 whose bits are reflected, and what it makes of 123456789. */
export interface Crc64Definition {
  /** The polynomial without x^64, its highest power first. */
  readonly polynomial: bigint;
  /** Whether every bit is inverted, before and after. */
  readonly inverted: boolean;
  readonly check: string;
}

/** The checksums as the catalogues of CRCs have them. */
export const DEFINITIONS = {
  jones: { polynomial: 0xad93d23594c935a9n, inverted: false, check: 'e9c6d914c4b8d9ca' },
  nvme: { polynomial: 0xad93d23594c93659n, inverted: true, check: 'ae8b14860a799888' },
} as const satisfies Record<string, Crc64Definition>;

/** The checksum by its definition, a bit after the other, going on from the finished one of the bytes before. */
export function bitwiseCrc64({ polynomial, inverted }: Crc64Definition, bytes: Uint8Array, state: Crc64): Crc64 {
  const reversed = reverseBits(polynomial);
  const [reversedHigh, reversedLow] = [Number(reversed >> 32n) | 0, Number(reversed & 0xffff_ffffn) | 0];
  const inversion = inverted ? -1 : 0;
  let [high, low] = [state.high ^ inversion, state.low ^ inversion];
  for (const byte of bytes) {
    low ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = -(low & 1);
      low = ((low >>> 1) | (high << 31)) ^ (reversedLow & carry);
      high = (high >>> 1) ^ (reversedHigh & carry);
    }
  }
  return { high: (high ^ inversion) >>> 0, low: (low ^ inversion) >>> 0 };
}

function reverseBits(word: bigint): bigint {
  return BigInt(`0b${Array.from(word.toString(2).padStart(64, '0')).reverse().join('')}`);
}
