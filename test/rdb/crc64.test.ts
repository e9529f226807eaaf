import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { combineCrc64, crc64, crc64Hex, EMPTY_CRC64, type Crc64 } from '../../src/rdb';
import { bytesOf } from './rdb-bytes';

const someBytes = fc.uint8Array({ maxLength: 300 });

describe('the checksum', () => {
  test('of 123456789 is the check value of CRC-64/Jones', () => {
    expect(crc64Hex(crc64(bytesOf('123456789')))).toBe('e9c6d914c4b8d9ca');
  });

  test('of nothing is zero', () => {
    expect(crc64(new Uint8Array())).toEqual(EMPTY_CRC64);
    expect(crc64Hex(EMPTY_CRC64)).toBe('0000000000000000');
  });

  test('is that of the bit-by-bit definition, wherever the bytes begin in memory', () => {
    fc.assert(
      fc.property(someBytes, fc.nat({ max: 9 }), (bytes, offset) => {
        const moved = new Uint8Array(offset + bytes.length).subarray(offset);
        moved.set(bytes);

        expect(crc64Hex(crc64(moved))).toBe(slowCrc64(bytes));
      })
    );
  });

  test('goes on from a state that was kept as JSON, over any split', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { maxLength: 8 }), (parts) => {
        const inParts = parts.reduce(
          (state, part) => JSON.parse(JSON.stringify(crc64(part, state))) as Crc64,
          EMPTY_CRC64
        );

        expect(inParts).toEqual(crc64(bytesOf(...parts)));
      })
    );
  });

  test('of ranges combined is that of the whole, in whatever order they are combined', () => {
    fc.assert(
      fc.property(someBytes, someBytes, someBytes, (a, b, c) => {
        const [crcA, crcB, crcC] = [crc64(a), crc64(b), crc64(c)];
        const whole = crc64(bytesOf(a, b, c));

        expect(combineCrc64(combineCrc64(crcA, crcB, b.length), crcC, c.length)).toEqual(whole);
        expect(combineCrc64(crcA, combineCrc64(crcB, crcC, c.length), b.length + c.length)).toEqual(whole);
      })
    );
  });

  test('is combined over ranges of more than 4 GiB', () => {
    const [half, a] = [2 ** 32 + 5, crc64(bytesOf('a'))];
    const zeros = EMPTY_CRC64;

    const inOneStep = combineCrc64(a, zeros, 2 * half);

    expect(inOneStep).toEqual(combineCrc64(combineCrc64(a, zeros, half), zeros, half));
    expect(inOneStep).not.toEqual(combineCrc64(a, zeros, 10));
  });
});

/** The definition: highest bit first, with the bits of every byte and of the result reversed. */
function slowCrc64(bytes: Uint8Array): string {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= reverseBits(BigInt(byte), 8) << 56n;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = BigInt.asUintN(64, crc << 1n) ^ (crc >> 63n === 1n ? 0xad93d23594c935a9n : 0n);
    }
  }
  return reverseBits(crc, 64).toString(16).padStart(16, '0');
}

function reverseBits(value: bigint, width: number): bigint {
  return BigInt(`0b${Array.from(value.toString(2).padStart(width, '0')).reverse().join('')}`);
}
