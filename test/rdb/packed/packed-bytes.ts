import type { PackedShape } from '../../../src/rdb/packed/check-packed';
import { bytesOf } from '../rdb-bytes';

/** An element of a listpack or ziplist: a text, or an integer in one of the widths (bits) that it fits. */
export type Element = string | { readonly integer: bigint; readonly bits: number };

/** An integer in its narrowest width, of those that a listpack has. */
export function integer(value: bigint | number, bits?: number): Element {
  const wide = BigInt(value);
  const fits = LISTPACK_WIDTHS.find((width) =>
    width === 7 ? wide >= 0n && wide < 128n : BigInt.asIntN(width, wide) === wide
  );
  return { integer: wide, bits: bits ?? fits ?? 64 };
}

const LISTPACK_WIDTHS = [7, 13, 16, 24, 32, 64];

/** The lowest byte first. */
export function little(value: bigint | number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => Number((BigInt(value) >> BigInt(8 * at)) & 0xffn));
}

/** A listpack of elements, or of entries that are bytes already (without their length behind them). */
export function listpack(
  elements: readonly (Element | Uint8Array)[],
  { count = Math.min(elements.length, 0xffff) } = {}
): Uint8Array {
  const entries = elements.map((element) => {
    const entry = element instanceof Uint8Array ? element : listpackEntry(element);
    return bytesOf(entry, lengthBehind(entry.length));
  });
  const body = join(entries);
  return join([little(body.length + 7, 4), little(count, 2), body, bytesOf(0xff)]);
}

function listpackEntry(element: Element): Uint8Array {
  if (typeof element === 'string') {
    const { length } = element;
    if (length < 64) return bytesOf(0x80 | length, element);
    if (length < 4096) return bytesOf(0xe0 | (length >> 8), length & 0xff, element);
    return join([bytesOf(0xf0), little(length, 4), bytesOf(element)]);
  }
  const { integer: value, bits } = element;
  if (bits === 7) return little(value, 1);
  if (bits === 13) return bytesOf(0xc0 | Number((value >> 8n) & 0x1fn), little(value, 1));
  return bytesOf({ 16: 0xf1, 24: 0xf2, 32: 0xf3, 64: 0xf4 }[bits] ?? 0, little(value, bits / 8));
}

function lengthBehind(length: number): Uint8Array {
  const limits = [128, 16_383, 2_097_151, 268_435_455];
  const width = 1 + limits.filter((limit) => length >= limit).length;
  return Uint8Array.from({ length: width }, (_, at) => {
    const sevenBits = Math.floor(length / 128 ** (width - 1 - at)) % 128;
    return at === 0 ? sevenBits : sevenBits | 0x80;
  });
}

/** A ziplist; integers of 4 bits are from 0 to 12. */
export function ziplist(
  elements: readonly Element[],
  { count = elements.length, wideBefore = false } = {}
): Uint8Array {
  const entries: Uint8Array[] = [];
  for (const element of elements) {
    const before = entries.at(-1)?.length ?? 0;
    const prefix = before >= 254 || wideBefore ? bytesOf(0xfe, little(before, 4)) : bytesOf(before);
    entries.push(bytesOf(prefix, ziplistBody(element)));
  }
  const body = join(entries);
  const tail = 10 + body.length - (entries.at(-1)?.length ?? 0);
  return join([little(body.length + 11, 4), little(tail, 4), little(count, 2), body, bytesOf(0xff)]);
}

function ziplistBody(element: Element): Uint8Array {
  if (typeof element === 'string') {
    const { length } = element;
    if (length < 64) return bytesOf(length, element);
    if (length < 16_384) return bytesOf(0x40 | (length >> 8), length & 0xff, element);
    return bytesOf(0x80, little(length, 4).reverse(), element);
  }
  const { integer: value, bits } = element;
  if (bits === 4) return bytesOf(0xf1 + Number(value));
  return bytesOf({ 8: 0xfe, 16: 0xc0, 24: 0xf0, 32: 0xd0, 64: 0xe0 }[bits] ?? 0, little(value, bits / 8));
}

/** A zipmap of pairs, each with unused bytes behind its value. */
export function zipmap(
  pairs: readonly (readonly [string, string])[],
  { free = 0, count = Math.min(pairs.length, 254) } = {}
): Uint8Array {
  const parts = pairs.map(([field, value]) =>
    bytesOf(zipmapLength(field), field, zipmapLength(value), free, value, new Uint8Array(free))
  );
  return join([bytesOf(count), ...parts, bytesOf(0xff)]);
}

function zipmapLength({ length }: string): Uint8Array {
  return length < 254 ? bytesOf(length) : bytesOf(0xfe, little(length, 4));
}

/** An intset of members as they come. */
export function intset(width: 2 | 4 | 8, members: readonly bigint[], { count = members.length } = {}): Uint8Array {
  return join([little(width, 4), little(count, 4), ...members.map((member) => little(member, width))]);
}

/** An entry of a stream: with the usual fields, or with fields of its own. */
export interface StreamEntry {
  readonly values: readonly string[];
  readonly fields?: readonly string[];
  readonly isDeleted?: boolean;
}

/** The elements of a stream's listpack. */
export function streamElements(fields: readonly string[], entries: readonly StreamEntry[]): Element[] {
  const deleted = entries.filter(({ isDeleted = false }) => isDeleted).length;
  return [
    ...[entries.length - deleted, deleted, fields.length].map((number) => integer(number)),
    ...fields,
    integer(0),
    ...entries.flatMap(({ values, fields: own, isDeleted = false }, at) => [
      integer((own ? 0 : 2) | (isDeleted ? 1 : 0)),
      integer(at * 3),
      integer(0),
      ...(own ? [integer(own.length), ...own] : []),
      ...values,
      integer(own ? own.length * 2 + 4 : values.length + 3),
    ]),
  ];
}

/** The RDB type of a packed value, and what stands before and behind it in a value of that type with one node. */
export const RDB_TYPES: Readonly<
  Record<PackedShape, { readonly type: number; readonly before?: Uint8Array; readonly behind?: Uint8Array }>
> = {
  'hash zipmap': { type: 9 },
  'list ziplist': { type: 10 },
  'set intset': { type: 11 },
  'zset ziplist': { type: 12 },
  'hash ziplist': { type: 13 },
  'hash listpack': { type: 16 },
  'zset listpack': { type: 17 },
  'list listpack': { type: 18, before: bytesOf(1, 2) },
  // Its id, then: length, last id, first id, id of the last deletion, entries added in all, no groups.
  'stream listpack': { type: 19, before: bytesOf(1, 16, little(1, 16)), behind: bytesOf(1, 9, 9, 1, 1, 0, 0, 9, 0) },
  'set listpack': { type: 20 },
  'hash listpack with expiry': { type: 25, before: little(1n << 45n, 8) },
};

/** Parts in a row, also long ones. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
