import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { countPacked, openPackedChecks, type PackedShape } from '../../../src/rdb/packed/check-packed';
import { bytesOf } from '../rdb-bytes';
import { integer, intset, listpack, little, streamElements, ziplist, zipmap, type Element } from './packed-bytes';
import { SHAPES, somePacked } from './random-packed';

const check = (shape: PackedShape, bytes: Uint8Array) => openPackedChecks().check(shape, bytes, 0, bytes.length);
const count = (shape: PackedShape, bytes: Uint8Array) => countPacked(shape, bytes, 0, bytes.length);

const WIDTHS: readonly Element[] = [
  integer(127),
  integer(-4_096),
  integer(-32_768),
  integer(8_388_607),
  integer(-(2n ** 31n)),
  integer(2n ** 63n - 1n),
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(4_096),
];
const ZIPLIST_WIDTHS: readonly Element[] = [
  integer(12, 4),
  integer(-128, 8),
  integer(-32_768, 16),
  integer(-8_388_608, 24),
  integer(-(2n ** 31n), 32),
  integer(-(2n ** 63n), 64),
  'x'.repeat(63),
  'x'.repeat(300),
  'x'.repeat(16_384),
];
const FIELDS = ['a', 'b'];
const ENTRIES = [{ values: ['1', '2'] }, { values: ['3'], fields: ['c'], isDeleted: true }, { values: ['4', '5'] }];
const MANY = Array.from({ length: 70_000 }, (_, at) => integer(at));
const MANY_PAIRS = Array.from({ length: 300 }, (_, at) => [`field ${at}`, `value ${at}`] as const);

describe('a sound packed value', () => {
  test.for<readonly [what: string, shape: PackedShape, elements: number, bytes: Uint8Array]>([
    ['every width', 'list listpack', 9, listpack(WIDTHS)],
    ['the same twice', 'list listpack', 2, listpack(['a', 'a'])],
    ['nothing', 'list listpack', 0, listpack([])],
    ['more than the head can say', 'list listpack', 70_000, listpack(MANY)],
    ['every width', 'set listpack', 9, listpack(WIDTHS)],
    ['texts that are nearly integers', 'set listpack', 5, listpack(['7', '07', '7.0', '+7', ' 7'])],
    ['more than the head can say', 'set listpack', 70_000, listpack(MANY)],
    ['equal values', 'hash listpack', 2, listpack(['a', '1', 'b', '1'])],
    ['a value like a field', 'hash listpack', 2, listpack(['a', 'b', 'b', 'a'])],
    ['scores', 'zset listpack', 4, listpack(['a', '-inf', 'b', '0.5', 'c', integer(3), 'nan', 'inf'])],
    [
      'expiries, some equal, and fields without',
      'hash listpack with expiry',
      4,
      listpack(['d', '1', integer(5), 'a', '1', integer(5), 'b', '1', integer(2n ** 48n - 1n), 'c', '1', integer(0)]),
    ],
    ['entries of both kinds', 'stream listpack', 2, listpack(streamElements(FIELDS, ENTRIES))],
    [
      'deleted entries alone',
      'stream listpack',
      0,
      listpack(streamElements(['a'], [{ values: ['1'], isDeleted: true }])),
    ],
    ['every width', 'list ziplist', 9, ziplist(ZIPLIST_WIDTHS)],
    ['wide lengths without need', 'list ziplist', 9, ziplist(ZIPLIST_WIDTHS, { wideBefore: true })],
    ['more than the head can say', 'list ziplist', 70_000, ziplist(MANY.map(wide), { count: 0xffff })],
    ['nothing', 'hash ziplist', 0, ziplist([])],
    ['fields of every width', 'hash ziplist', 9, ziplist(ZIPLIST_WIDTHS.flatMap((field) => [field, 'x']))],
    ['scores', 'zset ziplist', 2, ziplist(['a', 'inf', 'b', integer(7, 4)])],
    ['unused bytes', 'hash zipmap', 2, zipmap([['a', '1'], ['b', '']], { free: 3 })], // prettier-ignore
    ['long texts', 'hash zipmap', 1, zipmap([['a'.repeat(254), 'b'.repeat(70_000)]])],
    ['more than the head can say', 'hash zipmap', 300, zipmap(MANY_PAIRS)],
    ['16 bits', 'set intset', 3, intset(2, [-32_768n, 0n, 32_767n])],
    ['32 bits', 'set intset', 3, intset(4, [-(2n ** 31n), -1n, 2n ** 31n - 1n])],
    ['64 bits', 'set intset', 5, intset(8, [-(2n ** 63n), -(2n ** 32n), -1n, 0x8000_0000n, 2n ** 63n - 1n])],
    [
      '64 bits, equal above',
      'set intset',
      3,
      intset(8, [2n ** 40n + 1n, 2n ** 40n + 2n ** 31n - 1n, 2n ** 40n + 2n ** 31n]),
    ],
  ])('$1 with $0', ([, shape, elements, bytes]) => {
    expect(check(shape, bytes)).toBe(-1);
    expect(count(shape, bytes)).toBe(elements);
  });
});

const ONE = listpack(['ab']);
const ONE_ZIPLIST = ziplist(['ab', 'cd']);

describe('a packed value that cannot be is found at its byte', () => {
  test.for<readonly [what: string, shape: PackedShape, at: number, bytes: Uint8Array]>([
    ['no bytes', 'list listpack', 0, bytesOf()],
    ['a head alone', 'list listpack', 6, ONE.subarray(0, 6)],
    ['another length', 'list listpack', 0, bytesOf(little(12, 4), ONE.subarray(4))],
    ['no end mark', 'list listpack', 10, ONE.with(10, 0)],
    ['an end mark too early', 'list listpack', 6, ONE.with(6, 0xff)],
    ['a lead that does not exist', 'list listpack', 6, ONE.with(6, 0xf5)],
    ['a text that reaches outside', 'list listpack', 6, ONE.with(6, 0x84)],
    ['a length of 4 GiB', 'list listpack', 6, listpack([bytesOf(0xf0, little(0xffff_ffffn, 4))])],
    ['a length of 2 GiB', 'list listpack', 6, listpack([bytesOf(0xf0, little(0x7fff_ffffn, 4))])],
    ['a length that ends outside', 'list listpack', 6, bytesOf(little(8, 4), 1, 0, 0xe0, 0xff)],
    ['a long length that ends outside', 'list listpack', 6, bytesOf(little(9, 4), 1, 0, 0xf0, 0, 0xff)],
    ['another length behind an entry', 'list listpack', 6, ONE.with(9, 4)],
    [
      'a length behind an entry that goes on for ever',
      'list listpack',
      6,
      listpack([bytesOf(0x80 | 5, '\xff\xff\xff\xff\xff')]).with(12, 0xff),
    ],
    [
      'the end mark as the length behind an entry',
      'list listpack',
      6,
      bytesOf(little(134, 4), 1, 0, 0xe0, 125, 'x'.repeat(124), 0, 0xff),
    ],
    ['more entries than the head says', 'list listpack', 4, listpack(['a', 'b'], { count: 1 })],
    ['fewer entries than the head says', 'list listpack', 4, listpack(['a', 'b'], { count: 0xfffe })],
    ['a member twice', 'set listpack', 9, listpack(['a', 'a'])],
    ['an integer and its digits', 'set listpack', 10, listpack([integer(7, 16), '7'])],
    ['an integer in two widths', 'set listpack', 11, listpack([integer(-7, 24), integer(-7, 64)])],
    ['the lowest integer and its digits', 'set listpack', 16, listpack([integer(-(2n ** 63n)), `${-(2n ** 63n)}`])],
    ['nothing twice', 'set listpack', 8, listpack(['', ''])],
    ['a field without a value', 'hash listpack', 15, listpack(['a', 'b', 'c'])],
    ['a field twice', 'hash listpack', 12, listpack(['a', '1', 'a', '2'])],
    ['a score that is no number', 'zset listpack', 9, listpack(['a', 'nan'])],
    ['a negative one', 'zset listpack', 9, listpack(['a', '-NaN'])],
    ['a field without an expiry', 'hash listpack with expiry', 12, listpack(['a', '1'])],
    ['an expiry that is a text', 'hash listpack with expiry', 12, listpack(['a', '1', '5'])],
    ['a negative expiry', 'hash listpack with expiry', 12, listpack(['a', '1', integer(-1)])],
    ['an expiry of 49 bits', 'hash listpack with expiry', 12, listpack(['a', '1', integer(2n ** 48n)])],
    ['expiries that descend', 'hash listpack with expiry', 20, listpack(['a', '1', integer(9), 'b', '1', integer(8)])],
    ['an expiry behind none', 'hash listpack with expiry', 20, listpack(['a', '1', integer(0), 'b', '1', integer(8)])],
    ['nothing', 'stream listpack', 6, listpack([])],
    ['a text for a number', 'stream listpack', 6, listpack(['a', ...streamElements(FIELDS, []).slice(1)])],
    ['no zero behind the fields', 'stream listpack', 15, listpack(streamElements(['a'], []).with(-1, integer(1)))],
    ['an entry less', 'stream listpack', 17, listpack(streamElements(['a'], [{ values: ['1'] }]).slice(0, 5))],
    ['an entry more', 'stream listpack', 17, listpack([...streamElements(['a'], []), integer(2)])],
    ['a flag that is a text', 'stream listpack', 17, listpack(streamElements(['a'], [{ values: ['1'] }]).with(5, 'a'))],
    [
      'a number of elements that is wrong',
      'stream listpack',
      26,
      listpack(streamElements(['a'], [{ values: ['1'] }]).with(-1, integer(5))),
    ],
    ['no bytes', 'list ziplist', 0, bytesOf()],
    ['another length', 'list ziplist', 0, ONE_ZIPLIST.with(0, 20)],
    ['no end mark', 'list ziplist', 18, ONE_ZIPLIST.with(18, 0)],
    ['an end mark too early', 'list ziplist', 14, ONE_ZIPLIST.with(14, 0xff)],
    ['an end mark behind 255 bytes', 'list ziplist', 265, ziplist(['x'.repeat(252), 'a']).with(265, 0xff)],
    ['a tail outside', 'list ziplist', 4, ONE_ZIPLIST.with(4, 19)],
    ['a tail that is not the last', 'list ziplist', 4, ONE_ZIPLIST.with(4, 10)],
    ['another length before an entry', 'list ziplist', 14, ONE_ZIPLIST.with(14, 5)],
    ['a lead that does not exist', 'list ziplist', 14, ONE_ZIPLIST.with(15, 0xc1)],
    ['a text that reaches outside', 'list ziplist', 14, ONE_ZIPLIST.with(15, 3)],
    ['a length of 4 GiB', 'list ziplist', 10, ziplist(['x'.repeat(20_000)]).fill(0xff, 12, 16)],
    ['more entries than the head says', 'list ziplist', 8, ziplist(['a', 'b'], { count: 1 })],
    ['a field without a value', 'hash ziplist', 13, ziplist(['a'])],
    ['a field twice', 'hash ziplist', 16, ziplist(['a', '1', 'a', '2'])],
    ['an integer and its digits', 'hash ziplist', 17, ziplist([integer(5, 16), '1', '5', '1'])],
    ['an integer in two widths', 'hash ziplist', 15, ziplist([integer(5, 4), '1', integer(5, 64), '1'])],
    ['a score that is no number', 'zset ziplist', 13, ziplist(['a', 'nan'])],
    ['no bytes', 'hash zipmap', 0, bytesOf()],
    ['nothing', 'hash zipmap', 1, zipmap([])],
    ['no end mark', 'hash zipmap', 6, zipmap([['a', '1']]).with(6, 0)],
    ['a field that reaches outside', 'hash zipmap', 1, zipmap([['a', '1']]).with(1, 5)],
    ['a value that reaches outside', 'hash zipmap', 3, zipmap([['a', '1']]).with(3, 2)],
    ['unused bytes that reach outside', 'hash zipmap', 3, zipmap([['a', '1']]).with(4, 1)],
    ['a length of 4 GiB', 'hash zipmap', 1, zipmap([['a'.repeat(300), '1']]).fill(0xff, 2, 6)],
    ['a field twice', 'hash zipmap', 6, zipmap([['a', '1'], ['a', '2']])], // prettier-ignore
    ['more pairs than the head says', 'hash zipmap', 0, zipmap([['a', '1']], { count: 0 })],
    ['no bytes', 'set intset', 0, bytesOf()],
    ['another width', 'set intset', 0, intset(2, [1n, 2n]).with(0, 3)],
    ['nothing', 'set intset', 4, intset(2, [])],
    ['more members than the head says', 'set intset', 4, intset(2, [1n, 2n], { count: 1 })],
    ['2^31 members', 'set intset', 4, intset(2, [1n, 2n], { count: 2 ** 31 + 2 })],
    ['a member twice', 'set intset', 10, intset(2, [1n, 1n])],
    ['a wide member twice', 'set intset', 16, intset(8, [5n, 5n])],
    ['members that descend', 'set intset', 12, intset(4, [1n, -1n])],
    ['members that descend below', 'set intset', 16, intset(8, [0x8000_0000n, 0x7fff_ffffn])],
    ['members that descend above', 'set intset', 16, intset(8, [2n ** 32n, 2n ** 32n - 1n])],
  ])('$1 with $0', ([, shape, at, bytes]) => {
    expect(check(shape, bytes)).toBe(at);
  });
});

describe('the search for duplicates', () => {
  test('finds the one among many, wherever it is', () => {
    const members = Array.from({ length: 5_000 }, (_, at) => `member:${at * 7_919}`);
    const checks = openPackedChecks();

    for (const place of [0, 1, 127, 128, 2_047, 4_999]) {
      const bytes = listpack([...members, members[place] ?? '']);

      expect(checks.check('set listpack', bytes, 0, bytes.length)).toBe(listpack(members).length - 1);
    }
  });

  test('finds what a set of their texts finds', () => {
    const someMember = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '1', '0', '-'), maxLength: 2 }),
      fc.integer({ min: -20, max: 20 }).map((value) => integer(value)),
      fc.integer({ min: -20, max: 20 }).map((value) => integer(value, 32))
    );
    fc.assert(
      fc.property(fc.array(someMember, { maxLength: 8 }), (members) => {
        const texts = members.map((member) => (typeof member === 'string' ? member : String(member.integer)));

        expect(check('set listpack', listpack(members)) === -1).toBe(new Set(texts).size === texts.length);
      }),
      { numRuns: 2_000 }
    );
  });
});

describe('whatever the bytes', () => {
  test.for(SHAPES)('a check of a %s reads nothing around them, keeps nothing, and names one of them', (shape) => {
    const used = openPackedChecks();
    fc.assert(
      fc.property(
        fc.oneof(somePacked(shape), fc.uint8Array({ maxLength: 40 })),
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 20 }),
        (bytes, before, behind) => {
          const [from, to] = [before.length, before.length + bytes.length];

          const alone = check(shape, bytes);
          const among = used.check(shape, bytesOf(before, bytes, behind), from, to);

          expect(among).toBe(alone === -1 ? -1 : from + alone);
          if (among === -1) return;
          expect(among).toBeGreaterThanOrEqual(from);
          expect(among).toBeLessThanOrEqual(to);
        }
      ),
      { numRuns: 3_000 }
    );
  });

  test.for(SHAPES)('a count of a %s comes to an end', (shape) => {
    fc.assert(
      fc.property(fc.oneof(somePacked(shape), fc.uint8Array({ maxLength: 40 })), (bytes) => {
        expect(Number.isFinite(count(shape, bytes))).toBe(true);
      }),
      { numRuns: 2_000 }
    );
  });
});

function wide(element: Element): Element {
  return typeof element === 'string' ? element : { ...element, bits: 64 };
}
