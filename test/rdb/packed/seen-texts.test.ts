import { describe, expect, test } from 'vitest';

import { openPackedChecks } from '../../../src/rdb/packed/check-packed';
import { SECRET_LENGTH, someSecret } from '../../../src/rdb/packed/secret-hash';
import { MOST_SEEN, openSeenTexts } from '../../../src/rdb/packed/seen-texts';
import { openDice } from '../corpus/dice';
import { bytesOf } from '../rdb-bytes';
import { integer, join, listpack, little, ziplist, type Element } from './packed-bytes';

const secretOf = (seed: number) => {
  const dice = openDice(seed);
  return Int32Array.from({ length: SECRET_LENGTH }, () => (dice.roll(1 << 16) << 16) | dice.roll(1 << 16));
};

/** Any would do, also one that somebody guessed. */
const SECRETS = [someSecret(), ...[1, 2, 3].map(secretOf)];

/** One after the other: what gives a hash without a secret, of multiplications and shifts, one value for all. */
const COLLIDING_INTEGERS = Array.from({ length: 60_000 }, (_, at) => {
  const high = at | 0x4000_0000;
  return { low: Math.imul(high, 0xcc9e_2d51), high };
});

/**
 * The same of texts, whatever such a hash starts with: the highest bit of a word stays the highest when it is multiplied,
 * a shift by 15 adds the one at 16, and the next word takes both back.
 */
const COLLIDING_TEXTS = Array.from({ length: 1 << 13 }, (_, choice) =>
  bytesOf(
    ...Array.from({ length: 13 }, (_, pair) => {
      const isOther = ((choice >> pair) & 1) === 1;
      return isOther ? bytesOf('abc\xe4', 'eff\xe7') : bytesOf('abcd', 'efgg');
    })
  )
);

/** What there was before: four bytes a step, from any start on. */
function hashWithoutSecret(text: Uint8Array, start: number): number {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  let hash = text.length ^ start;
  for (let at = 0; at < text.length; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0xcc9e_2d51);
    hash ^= hash >>> 15;
  }
  return hash;
}

describe('texts that were made to be in one place of a table', () => {
  test('are there where its hash has no secret, and the texts whatever it starts with', () => {
    for (const start of [0, 0x1234_5678, -1]) {
      expect(new Set(COLLIDING_TEXTS.map((text) => hashWithoutSecret(text, start))).size).toBe(1);
    }
    expect(new Set(COLLIDING_INTEGERS.map(({ low, high }) => low ^ Math.imul(high, 0xcc9e_2d51)))).toEqual(
      new Set([0])
    );
    expect(new Set(COLLIDING_TEXTS.map((text) => Buffer.from(text).toString('hex'))).size).toBe(COLLIDING_TEXTS.length);
  });

  test.for([...SECRETS.keys()])('cost no more than others: secret %i', (index) => {
    const seen = openSeenTexts(SECRETS[index]);
    const texts = join(COLLIDING_TEXTS);
    const size = COLLIDING_TEXTS[0]?.length ?? 0;

    seen.forget();
    expect(COLLIDING_INTEGERS.every(({ low, high }) => seen.addInteger(low, high))).toBe(true);
    const ofIntegers = seen.countProbes();
    seen.forget();
    expect(COLLIDING_TEXTS.every((_, at) => seen.addText(texts, at * size, (at + 1) * size))).toBe(true);
    const ofTexts = seen.countProbes();

    // A table that is half full takes 1.5 on average.
    expect(ofIntegers / COLLIDING_INTEGERS.length).toBeGreaterThanOrEqual(1);
    expect(ofIntegers / COLLIDING_INTEGERS.length).toBeLessThan(2);
    expect(ofTexts / COLLIDING_TEXTS.length).toBeLessThan(2);
  });

  test.for<readonly [what: string, members: readonly Element[]]>([
    ['numbers in a row', Array.from({ length: 20_000 }, (_, at) => integer(at))],
    ['numbers far apart', Array.from({ length: 20_000 }, (_, at) => integer(BigInt(at) << 44n))],
    ['short texts', Array.from({ length: 20_000 }, (_, at) => (at + 36 ** 3).toString(36))],
    [
      'texts with the difference in front',
      Array.from({ length: 20_000 }, (_, at) => `${at.toString(36)}${'x'.repeat(60)}`),
    ],
    ['texts of one letter', Array.from({ length: 2_000 }, (_, at) => 'a'.repeat(at))],
  ])('so do %s', ([, members]) => {
    for (const secret of SECRETS) {
      const seen = openSeenTexts(secret);
      const bytes = listpack(members);

      expect(openPackedChecks(seen).check('set listpack', bytes, 0, bytes.length)).toBe(-1);
      expect(seen.countProbes() / members.length).toBeGreaterThanOrEqual(1);
      expect(seen.countProbes() / members.length).toBeLessThan(2);
    }
  });
});

/** By which all have the same hash. */
const NO_SECRET = new Int32Array(SECRET_LENGTH);

describe('what is said of a value', () => {
  const [first = { low: 0, high: 0 }] = COLLIDING_INTEGERS;
  const asInteger = ({ low, high }: { low: number; high: number }) =>
    integer(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0)), 64);
  const some = COLLIDING_INTEGERS.slice(0, 2_000).map(asInteger);
  const texts = COLLIDING_TEXTS.slice(0, 2_000).map((text) => Buffer.from(text).toString('latin1'));

  test.for<readonly [string, 'set listpack' | 'hash ziplist', Uint8Array, isSound: boolean]>([
    ['none twice', 'set listpack', listpack([...some, ...texts]), true],
    ['an integer twice', 'set listpack', listpack([...some, ...texts, asInteger(first)]), false],
    ['a text twice', 'set listpack', listpack([...texts, ...some, texts[7] ?? '']), false],
    ['a field twice', 'hash ziplist', ziplist([...texts, 'one', texts[7] ?? '', 'two']), false],
  ])('does not depend on the secret, nor on hashes that are the same: %s', ([, shape, bytes, isSound]) => {
    const answers = [...SECRETS, NO_SECRET].map((secret) =>
      openPackedChecks(openSeenTexts(secret)).check(shape, bytes, 0, bytes.length)
    );

    expect(new Set(answers).size).toBe(1);
    expect(answers[0] === -1).toBe(isSound);
  });

  test('does not depend on what was looked at before', () => {
    const checks = openPackedChecks();
    const [sound, twice] = [listpack(texts), listpack([...texts, texts[0] ?? ''])];

    for (let round = 0; round < 3; round += 1) {
      expect(checks.check('set listpack', sound, 0, sound.length)).toBe(-1);
      expect(checks.check('set listpack', twice, 0, twice.length)).toBe(sound.length - 1);
    }
  });
});

describe(`of more than ${MOST_SEEN} elements`, () => {
  const members = Array.from({ length: MOST_SEEN + 10 }, (_, at) => bytesOf(0xf2, little(at, 3)));
  const withOneMore = (place: number) => listpack([...members, members[place] ?? bytesOf()]);

  test.for([
    [0, true],
    [MOST_SEEN - 1, true],
    [MOST_SEEN, false],
    [MOST_SEEN + 9, false],
  ] as const)('the one at %i that is there once more is found: %s', ([place, isFound]) => {
    const bytes = withOneMore(place);

    expect(openPackedChecks().check('set listpack', bytes, 0, bytes.length)).toBe(isFound ? bytes.length - 6 : -1);
  });
});
