import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { combineCrc64, crc64Hex, EMPTY_CRC64, type Crc64 } from '../../src/rdb';
import { openCrcBuffer, type CrcBuffer } from '../../src/rdb/crc-buffer';
import { CRC64_WASM } from '../../src/rdb/crc64-wasm';
import { bitwiseCrc64, DEFINITIONS } from './bitwise-crc64';
import { bytesOf } from './rdb-bytes';

const CHECKSUMS = ['jones', 'nvme'] as const;

/** The exponents of the multiples that are folded, without the 0 that each has too. */
const EXPONENTS = {
  jones: [609, 2621, 3618, 4340, 4368, 5045],
  nvme: [1340, 2334, 3760, 5000, 5073, 5121],
} as const;

/** Where a range is just long enough to be folded by bytes or by words, or for one more block: one step about it. */
const TURNS = [2 * 5045, 2 * 5121, 16 * 5045, 16 * 5121, 131_072 + 8 * 5045, 131_072 + 8 * 5121];

const DATA = pseudorandomBytes(200_000 + 100);
const lengths = fc.oneof(
  fc.nat({ max: 300 }),
  fc.nat({ max: 200_000 }),
  fc.tuple(fc.constantFrom(...TURNS), fc.integer({ min: -130, max: 130 })).map(([turn, more]) => turn + more)
);
const starts = fc.nat({ max: 99 });
const states = fc
  .tuple(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xffff_ffff }))
  .map(([high, low]): Crc64 => ({ high, low }));
/** How a message is cut: these places and its ends. */
const cuts = fc
  .array(fc.nat({ max: DATA.length }), { maxLength: 8 })
  .map((places) => [0, ...places.sort((a, b) => a - b), DATA.length]);

describe.each(['wasm', 'javascript'] as const)('a buffer computed in %s', (kernel) => {
  const filled = () => openFilled(kernel, DATA);

  describe.each(CHECKSUMS)('%s', (checksum) => {
    test('of 123456789 is the check value', () => {
      const buffer = openFilled(kernel, bytesOf('123456789'));

      expect(crc64Hex(buffer[checksum](EMPTY_CRC64, 0, 9))).toBe(DEFINITIONS[checksum].check);
    });

    test('of a range is that of the bit-by-bit definition, at every length, alignment and state', () => {
      const buffer = filled();
      fc.assert(
        fc.property(lengths, starts, states, (length, from, state) => {
          const expected = bitwiseCrc64(DEFINITIONS[checksum], DATA.subarray(from, from + length), state);

          expect(buffer[checksum](state, from, from + length)).toEqual(expected);
        }),
        { seed: 641, numRuns: 150 }
      );
    });

    test('of no bytes is what came before', () => {
      fc.assert(
        fc.property(states, starts, (state, at) => {
          expect(filled()[checksum](state, at, at)).toEqual(state);
        }),
        { seed: 642, numRuns: 20 }
      );
    });

    test('goes on over any split, from one buffer to another', () => {
      const buffers = [filled(), filled(), openFilled('javascript', DATA)];
      const whole = bitwiseCrc64(DEFINITIONS[checksum], DATA, EMPTY_CRC64);
      fc.assert(
        fc.property(cuts, fc.nat({ max: 2 }), (places, first) => {
          let state = EMPTY_CRC64;
          for (const [index, [from, to]] of rangesOf(places).entries()) {
            state = buffers[(first + index) % 3]?.[checksum](state, from, to) ?? EMPTY_CRC64;
          }

          expect(state).toEqual(whole);
        }),
        { seed: 643, numRuns: 50 }
      );
    });

    test('is the same after the buffer grew, and the content too', () => {
      const buffer = openFilled(kernel, DATA.subarray(0, 50_000));
      for (const length of [50_001, 65_536, 65_537, 400_000, 3_000_000]) {
        const before = buffer.bytes;

        buffer.grow(length);

        expect(buffer.bytes === before).toBe(false);
        expect(buffer.bytes).toHaveLength(length);
        expect(Buffer.compare(buffer.bytes.subarray(0, 50_000), DATA.subarray(0, 50_000))).toBe(0);
        expect(buffer.bytes.subarray(50_000).every((byte) => byte === 0)).toBe(true);
        buffer.bytes.set(DATA.subarray(-40_000), length - 40_000);
        const tail = bitwiseCrc64(DEFINITIONS[checksum], DATA.subarray(-40_000), EMPTY_CRC64);
        expect(buffer[checksum](EMPTY_CRC64, length - 40_000, length)).toEqual(tail);
        buffer.bytes.fill(0, 50_000).set(DATA.subarray(0, 50_000));
      }
    });

    test.each([
      [-1, 5],
      [5, 4],
      [0, 11],
      [11, 11],
      [NaN, 5],
      [0, NaN],
    ])('of %d to %d in ten bytes is refused', (from, to) => {
      expect(() => openCrcBuffer(10, kernel)[checksum](EMPTY_CRC64, from, to)).toThrow(RangeError);
    });
  });

  test('combines ranges in whatever order they were computed', () => {
    const buffer = filled();
    const whole = bitwiseCrc64(DEFINITIONS.jones, DATA, EMPTY_CRC64);
    fc.assert(
      fc.property(
        cuts.chain((places) => fc.shuffledSubarray(rangesOf(places), { minLength: places.length - 1 })),
        (ranges) => {
          const done = ranges.map(([from, to]) => ({ from, to, crc: buffer.jones(EMPTY_CRC64, from, to) }));
          done.sort((a, b) => a.from - b.from || a.to - b.to);

          expect(done.reduce((crc, next) => combineCrc64(crc, next.crc, next.to - next.from), EMPTY_CRC64)).toEqual(
            whole
          );
        }
      ),
      { seed: 644, numRuns: 30 }
    );
  });

  test('is as long as it was asked to be, zeros, and never shorter', () => {
    const buffer = openCrcBuffer(1000, kernel);
    buffer.grow(10);

    expect(buffer.kernel).toBe(kernel);
    expect(buffer.bytes).toEqual(new Uint8Array(1000));
  });

  test('can be empty', () => {
    expect(openCrcBuffer(0, kernel).bytes).toHaveLength(0);
    expect(openCrcBuffer(0, kernel).jones(EMPTY_CRC64, 0, 0)).toEqual(EMPTY_CRC64);
  });

  test('stays as it is when there is no memory to grow into', () => {
    const buffer = openFilled(kernel, bytesOf('123456789'));

    expect(() => buffer.grow(2 ** 50)).toThrow(RangeError);

    expect(crc64Hex(buffer.jones(EMPTY_CRC64, 0, 9))).toBe(DEFINITIONS.jones.check);
    expect(buffer.bytes).toEqual(bytesOf('123456789'));
  });

  test('leaves other buffers alone', () => {
    const [one, other] = [openFilled(kernel, DATA), openFilled(kernel, DATA)];
    const before = one.jones(EMPTY_CRC64, 0, DATA.length);

    other.bytes.fill(7);
    other.jones(EMPTY_CRC64, 0, DATA.length);

    expect(one.jones(EMPTY_CRC64, 0, DATA.length)).toEqual(before);
  });
});

describe('what computes', () => {
  test('is WebAssembly where the engine has it', () => {
    expect(openCrcBuffer(1).kernel).toBe('wasm');
  });

  test('is JavaScript where the engine has no WebAssembly, unless that was asked for', () => {
    const script = `
      const { openCrcBuffer } = require(${JSON.stringify(join(__dirname, '..', '..', 'lib', 'rdb', 'crc-buffer.js'))});
      const buffer = openCrcBuffer(9);
      buffer.bytes.set(Buffer.from('123456789'));
      const refused = (() => { try { openCrcBuffer(9, 'wasm'); } catch (error) { return error instanceof Error; } })();
      console.log(JSON.stringify([typeof WebAssembly, buffer.kernel, refused, buffer.jones({ high: 0, low: 0 }, 0, 9)]));`;

    const answer = execFileSync(process.execPath, ['--jitless', '-e', script], { encoding: 'utf8', stdio: 'pipe' });

    expect(JSON.parse(answer)).toEqual(['undefined', 'javascript', true, { high: 0xe9c6d914, low: 0xc4b8d9ca }]);
  });
});

describe.each(CHECKSUMS)('the multiple that is folded for %s', (checksum) => {
  const length = 150_000;
  const expected = bitwiseCrc64(DEFINITIONS[checksum], DATA.subarray(0, length), EMPTY_CRC64);

  test("is one of the checksum's polynomial", () => {
    const divisor = (1n << 64n) | DEFINITIONS[checksum].polynomial;
    let rest = EXPONENTS[checksum].reduce((sum, exponent) => sum | (1n << BigInt(exponent)), 1n);
    for (let power = BigInt(Math.max(...EXPONENTS[checksum])); power >= 64n; power -= 1n) {
      if ((rest >> power) & 1n) rest ^= divisor << (power - 64n);
    }

    expect(rest).toBe(0n);
  });

  test('is the one in the WebAssembly, which computes right by it', () => {
    const wasm = Buffer.from(CRC64_WASM, 'base64');
    for (const exponent of EXPONENTS[checksum]) expect(placesOf(constant(exponent), wasm)).toHaveLength(1);

    expect(computeBy(wasm, checksum, length)).toEqual(expected);
  });

  test.each(EXPONENTS[checksum])('would be found wrong if %d were another', (exponent) => {
    const wasm = Buffer.from(CRC64_WASM, 'base64');
    const [place = NaN] = placesOf(constant(exponent), wasm);
    wasm.set(constant(exponent + 1), place);

    expect(computeBy(wasm, checksum, length)).not.toEqual(expected);
  });
});

function openFilled(kernel: CrcBuffer['kernel'], bytes: Uint8Array): CrcBuffer {
  const buffer = openCrcBuffer(bytes.length, kernel);
  buffer.bytes.set(bytes);
  return buffer;
}

function rangesOf(places: readonly number[]): (readonly [from: number, to: number])[] {
  return places.slice(1).map((to, index) => [places[index] ?? 0, to]);
}

/** `i32.const` with a number of 64 to 8191, in the binary format. */
function constant(value: number): Buffer {
  return Buffer.from([0x41, (value & 127) | 128, value >>> 7]);
}

function placesOf(part: Buffer, whole: Buffer): number[] {
  const places = [];
  for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1)) places.push(at);
  return places;
}

/** The checksum of the first bytes of the data, by a kernel that may be broken. */
function computeBy(wasm: Uint8Array, checksum: (typeof CHECKSUMS)[number], length: number): Crc64 {
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;
  kernel.memory.grow(4);
  new Uint8Array(kernel.memory.buffer, kernel.begin.value).set(DATA.subarray(0, length));
  const bits = BigInt.asUintN(64, kernel[checksum](0n, kernel.begin.value, length));
  return { high: Number(bits >> 32n), low: Number(bits & 0xffff_ffffn) };
}

type Compute = (state: bigint, from: number, length: number) => bigint;

declare const WebAssembly: {
  readonly Module: new (wasm: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
      readonly begin: { readonly value: number };
      readonly jones: Compute;
      readonly nvme: Compute;
    };
  };
};

/** The same bytes at every run (a linear congruential generator). */
function pseudorandomBytes(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}
