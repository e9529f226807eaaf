import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { combineCrc64, crc64, crc64Hex, EMPTY_CRC64, type Crc64 } from '../../src/rdb';
import { crc64Nvme } from '../../src/rdb/crc64';
import { bitwiseCrc64, DEFINITIONS } from './bitwise-crc64';
import { bytesOf } from './rdb-bytes';

const someBytes = fc.uint8Array({ maxLength: 300 });

describe.each([
  ['CRC-64/Jones', DEFINITIONS.jones, crc64],
  ['CRC-64/NVME', DEFINITIONS.nvme, crc64Nvme],
] as const)('%s', (_name, definition, compute) => {
  test('of 123456789 is the check value', () => {
    expect(crc64Hex(compute(bytesOf('123456789')))).toBe(definition.check);
  });

  test('of nothing is zero', () => {
    expect(compute(new Uint8Array())).toEqual(EMPTY_CRC64);
    expect(crc64Hex(EMPTY_CRC64)).toBe('0000000000000000');
  });

  test('is that of the bit-by-bit definition, wherever the bytes begin in memory', () => {
    fc.assert(
      fc.property(someBytes, fc.nat({ max: 9 }), (bytes, offset) => {
        const moved = new Uint8Array(offset + bytes.length).subarray(offset);
        moved.set(bytes);

        expect(compute(moved)).toEqual(bitwiseCrc64(definition, bytes, EMPTY_CRC64));
      })
    );
  });

  test('goes on from a state that was kept as JSON, over any split', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { maxLength: 8 }), (parts) => {
        const inParts = parts.reduce(
          (state, part) => JSON.parse(JSON.stringify(compute(part, state))) as Crc64,
          EMPTY_CRC64
        );

        expect(inParts).toEqual(compute(bytesOf(...parts)));
      })
    );
  });
});

describe('the checksum', () => {
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
