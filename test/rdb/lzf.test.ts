import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeLzf, type LzfProgress, passLzf, unfoldLzf, UNSOUND } from '../../src/rdb/lzf';
import { describeWith } from '../support/temporal-servers';
import { startRedis } from './redis-server';
import { bytesOf } from './rdb-bytes';

/** What a source says: bytes as they are, or some of those before once more. */
type Token = { readonly literal: Uint8Array } | { readonly back: number; readonly count: number };

const someToken: fc.Arbitrary<Token> = fc.oneof(
  fc.record({ literal: fc.uint8Array({ minLength: 1, maxLength: 32 }) }),
  fc.record({
    back: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 8_192 })),
    count: fc.integer({ min: 3, max: 264 }),
  })
);
const someTokens = fc.array(someToken, { maxLength: 60 });

function encode(tokens: readonly Token[]): Uint8Array {
  return bytesOf(
    ...tokens.map((token) => {
      if ('literal' in token) return bytesOf(token.literal.length - 1, token.literal);
      const [high, low] = [(token.back - 1) >> 8, (token.back - 1) & 0xff];
      const length = token.count - 2;
      return length < 7 ? bytesOf((length << 5) | high, low) : bytesOf(0xe0 | high, length - 7, low);
    })
  );
}

/** By the definition, a byte at a time; undefined where a reference reaches before the beginning. */
function unfold(tokens: readonly Token[]): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const token of tokens) {
    if ('literal' in token) bytes.push(...token.literal);
    else if (token.back > bytes.length) return undefined;
    else for (let left = token.count; left > 0; left -= 1) bytes.push(bytes.at(-token.back) ?? 0);
  }
  return Uint8Array.from(bytes);
}

/** Whether bytes `from` to `to` unfold to that length, seen at once. */
function isSoundLzf(source: Uint8Array, from: number, to: number, length: number): boolean {
  return passLzf({ left: to - from, unfolded: 0, length }, source, from, to) === to;
}

/** The same, of a source of which no more than so many bytes are there at a time, and of them those not seen yet. */
function isSoundInStretches(source: Uint8Array, length: number, stretch: number): boolean {
  let progress: LzfProgress = { left: source.length, unfolded: 0, length };
  let seen = 0;
  for (let edge = 0; seen !== UNSOUND && progress.left > 0;) {
    edge = Math.min(source.length, edge + stretch);
    const before = 7;
    const there = bytesOf('another', source.subarray(seen, edge));
    const next = passLzf(progress, there, before, there.length);
    // Nothing is asked for again but a token that is not whole.
    if (next !== UNSOUND) expect(there.length - next).toBeLessThan(33);
    seen = next === UNSOUND ? UNSOUND : seen + next - before;
    progress = JSON.parse(JSON.stringify(progress)) as LzfProgress;
  }
  return seen === source.length && progress.unfolded === length;
}

describe('an LZF source', () => {
  test('unfolds to what its tokens say, and is sound exactly then', () => {
    const sound = new Set<boolean>();
    fc.assert(
      fc.property(someTokens, (tokens) => {
        const [source, expected] = [encode(tokens), unfold(tokens)];
        const length = expected?.length ?? 1_000;
        sound.add(expected !== undefined);

        expect(isSoundLzf(source, 0, source.length, length)).toBe(expected !== undefined);
        if (expected === undefined) expect(decodeLzf(source, length)).toBeUndefined();
        else expect(Buffer.compare(decodeLzf(source, length) ?? bytesOf('none'), expected)).toBe(0);
      }),
      { numRuns: 2_000 }
    );
    expect([...sound].sort()).toEqual([false, true]);
  });

  test('does not unfold to any other length', () => {
    fc.assert(
      fc.property(someTokens, fc.integer({ min: -300, max: 300 }), (tokens, more) => {
        const expected = unfold(tokens);
        fc.pre(expected !== undefined && more !== 0 && expected.length + more >= 0);
        const [source, length] = [encode(tokens), expected.length + more];

        expect(decodeLzf(source, length)).toBeUndefined();
        expect(isSoundLzf(source, 0, source.length, length)).toBe(false);
      })
    );
  });

  test('of any bytes is judged alike with and without output, within its bounds alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 30 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 30 }),
        fc.nat(200),
        (before, source, behind, length) => {
          const around = bytesOf(before, source, behind);
          const [from, to] = [before.length, before.length + source.length];
          const target = new Uint8Array(length + 300).fill(0xaa);

          const isSound = isSoundLzf(around, from, to, length);

          expect(unfoldLzf(around, from, to, target, length)).toBe(isSound);
          expect(decodeLzf(source, length) !== undefined).toBe(isSound);
          expect(target.subarray(length).every((byte) => byte === 0xaa)).toBe(true);
        }
      ),
      { numRuns: 5_000 }
    );
  });

  test('is judged alike at once and in stretches', () => {
    const sound = new Set<boolean>();
    fc.assert(
      fc.property(
        fc.oneof(someTokens.map(encode), fc.uint8Array({ minLength: 1, maxLength: 60 })),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: -1, max: 1 }),
        (source, stretch, more) => {
          fc.pre(source.length > 0);
          const whole: LzfProgress = { left: source.length, unfolded: 0, length: Infinity };
          passLzf(whole, source, 0, source.length);
          const length = whole.unfolded + more;
          const isSound = isSoundLzf(source, 0, source.length, length);
          sound.add(isSound);

          expect(isSoundInStretches(source, length, stretch)).toBe(isSound);
        }
      ),
      { numRuns: 3_000 }
    );
    expect([...sound].sort()).toEqual([false, true]);
  });

  test('may reach back as far as there are bytes, also behind a stretch', () => {
    // 8,192 bytes at least, and a reference to the first of all.
    const before = [...Array.from({ length: 31 }, () => ({ back: 1, count: 264 })), { back: 1, count: 8 }];
    const source = (back: number) => encode([{ literal: bytesOf('a') }, ...before, { back, count: 3 }]);
    const length = 1 + 31 * 264 + 8 + 3;

    expect(length - 3).toBeGreaterThanOrEqual(8_192);
    for (const stretch of [1, 3, 50, 1_000]) {
      expect(isSoundInStretches(source(8_192), length, stretch)).toBe(true);
      expect(isSoundInStretches(encode([{ literal: bytesOf('a') }, { back: 2, count: 3 }]), 4, stretch)).toBe(false);
    }
  });

  test.for<readonly [what: string, source: Uint8Array, length: number]>([
    ['a literal that reaches outside', bytesOf(2, 'ab'), 3],
    ['a reference without its last byte', bytesOf(0, 'a', 0x20), 4],
    ['a long reference without its length', bytesOf(0, 'a', 0xe0), 10],
    ['a long reference without its last byte', bytesOf(0, 'a', 0xe0, 0), 10],
    ['a reference to before the beginning', bytesOf(0, 'a', 0x20, 1), 4],
    ['more than there is room for', bytesOf(0, 'a', 0x20, 0), 3],
    ['less than it should', bytesOf(0, 'a', 0x20, 0), 5],
  ])('with %s is refused', ([, source, length]) => {
    expect(decodeLzf(source, length)).toBeUndefined();
    expect(isSoundLzf(source, 0, source.length, length)).toBe(false);
  });

  test('of a length that it cannot hold is refused before memory is taken for it', () => {
    expect(decodeLzf(bytesOf(0, 'a'), 2 ** 40)).toBeUndefined();
  });

  test('is not unfolded into a target that is too small', () => {
    expect(unfoldLzf(bytesOf(1, 'ab'), 0, 3, new Uint8Array(1), 2)).toBe(false);
  });
});

describeWith('redis-server', 'what redis-server compressed', () => {
  test('unfolds to the value', async () => {
    const redis = await startRedis();
    try {
      const words = fc.constantFrom('abcdefgh', 'abc', 'z'.repeat(300), '1', '{"name":"', '\0\0\0\0');
      const values = fc.sample(fc.array(words, { minLength: 30, maxLength: 3_000 }), { seed: 7, numRuns: 100 });
      const texts = values.map((parts) => parts.join(''));

      const replies = await redis.send(texts.flatMap((text) => [['SET', 'key', text], ['DUMP', 'key']])); // prettier-ignore

      for (const [index, text] of texts.entries()) {
        const dump = Uint8Array.from(replies[index * 2 + 1] as Buffer);
        const packed = lengthAt(dump, 2);
        const unpacked = lengthAt(dump, packed.end);
        const source = dump.subarray(unpacked.end, unpacked.end + packed.length);

        expect(dump.subarray(0, 2)).toEqual(bytesOf(0, 0xc3));
        expect(isSoundLzf(source, 0, source.length, text.length)).toBe(true);
        expect(Buffer.from(decodeLzf(source, unpacked.length) ?? []).toString()).toBe(text);
      }
    } finally {
      await redis.stop();
    }
  });
});

function lengthAt(bytes: Uint8Array, at: number): { readonly length: number; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const lead = view.getUint8(0);
  if (lead < 0x40) return { length: lead, end: at + 1 };
  return lead < 0x80 ? { length: view.getUint16(0) & 0x3fff, end: at + 2 } : { length: view.getUint32(1), end: at + 5 };
}
