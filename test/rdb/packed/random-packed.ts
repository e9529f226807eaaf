import fc from 'fast-check';

import type { PackedShape } from '../../../src/rdb/packed/check-packed';
import {
  integer,
  intset,
  listpack,
  streamElements,
  ziplist,
  zipmap,
  type Element,
  type StreamEntry,
} from './packed-bytes';

/** Texts that a loader has to tell apart: nearly integers, nearly numbers, equal ones, and of every kind of length. */
const someText = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\xff', '\xfe', '7'), maxLength: 6 }) },
  { weight: 3, arbitrary: fc.constantFrom('0', '7', '-7', '007', '-0', '1.5', 'inf', 'nan', '-NaN', '+1', '') },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(60, 64, 125, 127, 128, 250, 254, 300, 4_096).map((n) => 'x'.repeat(n)) }
);

const integerOf = (widths: readonly number[]) =>
  fc.constantFrom(...widths).chain((bits) => {
    const min = bits === 7 || bits === 4 ? 0n : -(2n ** BigInt(bits - 1));
    const max = bits === 7 ? 127n : bits === 4 ? 12n : -min - 1n;
    const edges = fc.constantFrom(min, max, 0n, 7n);
    return fc.oneof(edges, fc.bigInt({ min, max })).map((value) => integer(value, bits));
  });
const listpackElement: fc.Arbitrary<Element> = fc.oneof(someText, integerOf([7, 13, 16, 24, 32, 64]));
const ziplistElement: fc.Arbitrary<Element> = fc.oneof(someText, integerOf([4, 8, 16, 24, 32, 64]));

/** Mostly whole tuples without duplicates, as an engine writes them; now and then others. */
function tuplesOf(element: fc.Arbitrary<Element>, length: number, last = element): fc.Arbitrary<Element[]> {
  const parts = Array.from({ length }, (_, at) => (at === length - 1 && length > 1 ? last : element));
  const tuple = fc.tuple(...parts);
  const unique = fc.uniqueArray(tuple, {
    maxLength: 12,
    selector: ([first]) => (typeof first === 'object' ? String(first.integer) : (first ?? '')),
  });
  return fc.oneof(
    { weight: 5, arbitrary: unique.map((all) => all.flat()) },
    { weight: 1, arbitrary: fc.array(element, { maxLength: 12 }) }
  );
}

const someExpiry = fc.bigInt({ min: 0n, max: 2n ** 49n }).map((value) => integer(value));
const byExpiry = fc
  .tuple(tuplesOf(listpackElement, 2), fc.array(fc.oneof(fc.constant(integer(0)), someExpiry), { minLength: 12 }))
  .map(([pairs, expiries]) => {
    const sorted = expiries.map(timeOf).sort((one, other) => (one < other ? -1 : 1));
    return pairs.flatMap((element, at) => (at % 2 === 0 ? [element] : [element, integer(sorted[(at - 1) / 2] ?? 0n)]));
  });

function timeOf(element: Element): bigint {
  return typeof element === 'object' ? element.integer : 0n;
}

const shortTexts = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 3 });
const someStream = fc
  .tuple(shortTexts, fc.array(fc.tuple(fc.boolean(), fc.boolean(), shortTexts), { minLength: 1, maxLength: 5 }))
  .map(([fields, entries]) =>
    streamElements(
      fields,
      entries.map(([isDeleted, hasOwn, own]): StreamEntry =>
        hasOwn ? { isDeleted, fields: own, values: own } : { isDeleted, values: fields }
      )
    )
  );

const someIntset = fc
  .tuple(
    fc.constantFrom<2 | 4 | 8>(2, 4, 8),
    fc.array(fc.bigInt({ min: -40n, max: 40n }), { maxLength: 12 }),
    fc.nat(9)
  )
  .map(([width, members, order]) => {
    const wide = members.map((member) => member * 2n ** BigInt(8 * width - 7));
    const sorted = [...new Set(wide)].sort((one, other) => (one < other ? -1 : 1));
    return intset(width, order === 0 ? wide : sorted);
  });

const someZipmap = fc
  .tuple(
    fc.uniqueArray(fc.tuple(someText, someText), { maxLength: 8, selector: ([field]) => field }),
    fc.constantFrom(0, 0, 3),
    fc.nat(9)
  )
  .map(([pairs, free, twice]) => zipmap(twice === 0 ? [...pairs, ...pairs.slice(0, 1)] : pairs, { free }));

/** Packed values of every shape, most of them sound. */
const SOME_PACKED: Readonly<Record<PackedShape, fc.Arbitrary<Uint8Array>>> = {
  'list listpack': fc.array(listpackElement, { maxLength: 12 }).map((all) => listpack(all)),
  'set listpack': tuplesOf(listpackElement, 1).map((all) => listpack(all)),
  'hash listpack': tuplesOf(listpackElement, 2).map((all) => listpack(all)),
  'zset listpack': tuplesOf(listpackElement, 2).map((all) => listpack(all)),
  'hash listpack with expiry': byExpiry.map((all) => listpack(all)),
  'stream listpack': someStream.map((all) => listpack(all)),
  'list ziplist': fc.array(ziplistElement, { maxLength: 12 }).map((all) => ziplist(all)),
  'hash ziplist': tuplesOf(ziplistElement, 2).map((all) => ziplist(all)),
  'zset ziplist': fc
    .tuple(tuplesOf(ziplistElement, 2), fc.boolean())
    .map(([all, wideBefore]) => ziplist(all, { wideBefore })),
  'hash zipmap': someZipmap,
  'set intset': someIntset,
};

/** Every shape. */
export const SHAPES = Object.keys(SOME_PACKED) as readonly PackedShape[];

/** A change of a few bytes; places are counted around the end. */
type Change = (bytes: Uint8Array) => Uint8Array;

const someByte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xfd, 0xfe, 0xff));
const someChange: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(9_999), someByte).map(
    ([at, byte]): Change =>
      (bytes) =>
        bytes.with(at % bytes.length, byte)
  ),
  fc.tuple(fc.nat(9_999), fc.nat(7)).map(
    ([at, bit]): Change =>
      (bytes) =>
        bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ (1 << bit))
  ),
  // The total is put right again, or the loader would look no further.
  fc.tuple(fc.nat(9_999), fc.nat(3), fc.uint8Array({ maxLength: 3 })).map(([at, lost, more]): Change => (bytes) => {
    const place = at % bytes.length;
    const changed = [...bytes.subarray(0, place), ...more, ...bytes.subarray(place + lost)];
    return Uint8Array.from([changed.length & 0xff, changed.length >>> 8, 0, 0, ...changed.slice(4)]);
  })
);

/** A packed value of that shape, sound or changed in up to three places. */
export function somePacked(shape: PackedShape): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(SOME_PACKED[shape], fc.array(someChange, { maxLength: 3 }))
    .map(([bytes, changes]) =>
      changes.reduce((changed, change) => (changed.length === 0 ? changed : change(changed)), bytes)
    );
}
