import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { containsSlot, formatSlots, parseSlots, slotsCover } from '../../src/rdb';
import { addRange } from '../../src/rdb/slot-ranges';

const someRange = fc
  .tuple(fc.nat({ max: 16_383 }), fc.nat({ max: 16_383 }))
  .map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const someRanges = fc.array(someRange, { minLength: 1, maxLength: 10 });

describe('slots as text', () => {
  test.for([
    ['0-5460', [{ first: 0, last: 5_460 }]],
    ['16383', [{ first: 16_383, last: 16_383 }]],
    [
      '1-2,5,7-9',
      [
        { first: 1, last: 2 },
        { first: 5, last: 5 },
        { first: 7, last: 9 },
      ],
    ],
    [
      ' 0 - 1, 3 ',
      [
        { first: 0, last: 1 },
        { first: 3, last: 3 },
      ],
    ],
  ] as const)('%j are read', ([text, ranges]) => {
    expect(parseSlots(text)).toEqual(ranges);
  });

  test.for(['', ',', '1,', 'a', '-1', '1-', '-', '5-4', '0-16384', '16384', '1-2-3', '1.5', '0x10', '1 2', '١', '1e3'])(
    '%j are refused',
    (text) => {
      expect(() => parseSlots(text)).toThrow(RangeError);
    }
  );

  test('are refused by the part that is wrong', () => {
    expect(() => parseSlots('0-10,20-16384')).toThrow(
      '"20-16384" in the slots "0-10,20-16384" is neither a slot nor a range of slots from 0 to 16383'
    );
  });

  test('come back as they were written', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        expect(parseSlots(formatSlots(ranges))).toEqual(ranges);
      })
    );
  });
});

describe('a slot', () => {
  test.for([
    [0, false],
    [1, true],
    [2, true],
    [3, false],
    [5, true],
    [6, false],
  ] as const)('%d in 1-2,5: %s', ([slot, is]) => {
    expect(containsSlot(parseSlots('1-2,5'), slot)).toBe(is);
  });
});

describe('ranges with one more', () => {
  test.for([
    ['5', '1', '1,5'],
    ['1,5', '6', '1,5-6'],
    ['1-2,5', '3-4', '1-5'],
    ['1-9', '3-4', '1-9'],
    ['1,5', '0-16383', '0-16383'],
    ['1,5,9', '20', '1,5,9,20'],
    ['1,5,9,20', '30', '1-5,9,20,30'],
    ['1,10,19,20', '29', '1,10,19-20,29'],
    ['0,100,200,290', '400', '0,100,200-290,400'],
  ] as const)('%s and %s are %s, four at most', ([ranges, added, all]) => {
    expect(parseSlots(added).reduce((some, range) => addRange(some, range, 4), parseSlots(ranges))).toEqual(
      parseSlots(all)
    );
  });

  test('hold every slot of each, in order and apart', () => {
    fc.assert(
      fc.property(someRanges, fc.constantFrom(1, 2, 4, 9, Infinity), fc.nat({ max: 16_383 }), (ranges, most, slot) => {
        const all = ranges.reduce<ReturnType<typeof addRange>>((some, range) => addRange(some, range, most), []);
        const isIn = containsSlot(ranges, slot);

        expect(all.length).toBeLessThanOrEqual(most);
        if (isIn || most === Infinity) expect(containsSlot(all, slot)).toBe(isIn);
        all.slice(1).forEach(({ first }, index) => expect(first).toBeGreaterThan((all[index]?.last ?? 0) + 1));
      })
    );
  });
});

describe('the slots of all shards', () => {
  test.for([
    { shards: ['0-16383'], gaps: '', overlaps: '' },
    { shards: ['0-5460,10923-16383', '5461-10922'], gaps: '', overlaps: '' },
    { shards: [], gaps: '0-16383', overlaps: '' },
    { shards: ['1-5460', '5462-16382'], gaps: '0,5461,16383', overlaps: '' },
    { shards: ['0-100', '100-16383'], gaps: '', overlaps: '100' },
    { shards: ['0-16383', '0-16383'], gaps: '', overlaps: '0-16383' },
    { shards: ['0-9,5', '10-16383'], gaps: '', overlaps: '5' },
    { shards: ['0-9', '5-20', '30-16383'], gaps: '21-29', overlaps: '5-9' },
  ])('$shards leave "$gaps" and share "$overlaps"', ({ shards, gaps, overlaps }) => {
    const cover = slotsCover(shards.map(parseSlots));

    expect(formatSlots(cover.gaps)).toBe(gaps);
    expect(formatSlots(cover.overlaps)).toBe(overlaps);
    expect(cover.isWhole).toBe(gaps === '' && overlaps === '');
  });

  test('are gaps, overlaps or with one range, each of them', () => {
    fc.assert(
      fc.property(someRanges, fc.nat({ max: 16_383 }), (ranges, slot) => {
        const { gaps, overlaps } = slotsCover(ranges.map((range) => [range]));
        const owners = ranges.filter((range) => containsSlot([range], slot)).length;

        expect(containsSlot(gaps, slot)).toBe(owners === 0);
        expect(containsSlot(overlaps, slot)).toBe(owners > 1);
      })
    );
  });
});
