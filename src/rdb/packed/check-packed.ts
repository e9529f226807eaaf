import { checkIntset, countIntset } from './intset';
import { checkListpack, countListpack } from './listpack';
import { openSeenTexts, type SeenTexts } from './seen-texts';
import { checkStreamListpack, countStreamListpack } from './stream-listpack';
import { ELEMENTS, EXPIRING_FIELDS, FIELDS, MEMBERS, SCORES, type Tuple } from './tuples';
import { checkZiplist, countZiplist } from './ziplist';
import { checkZipmap, countZipmap } from './zipmap';

/** What a packed value holds, by the RDB type that it stands in. */
export type PackedShape =
  | 'list listpack'
  | 'set listpack'
  | 'hash listpack'
  | 'zset listpack'
  | 'hash listpack with expiry'
  | 'stream listpack'
  | 'list ziplist'
  | 'hash ziplist'
  | 'zset ziplist'
  | 'hash zipmap'
  | 'set intset';

/** Checks of packed values: made once per scan, because the search for duplicates keeps a table. */
export interface PackedChecks {
  /**
   * Walks a packed value; -1 = sound, otherwise the index of the first byte (>= from, <= to) that cannot be. Never
   * throws, never reads outside. Sound is what an engine loads that sanitises deeply, less what no engine writes and
   * breaks it later. Listpacks and ziplists without an element are sound here (the engine skips such a node or key):
   * see {@link countPacked}.
   */
  check(shape: PackedShape, bytes: Uint8Array, from: number, to: number): number;
}

/** Checks of packed values, with a table of their own. */
export function openPackedChecks(seen: SeenTexts = openSeenTexts()): PackedChecks {
  return { check: (shape, bytes, from, to) => PACKED[shape].check(bytes, from, to, seen) };
}

/**
 * How many elements a *sound* packed value holds: elements of a list, members of a set or sorted set, fields of a hash,
 * entries of a stream that are not deleted. Reads the head alone where that says it.
 */
export function countPacked(shape: PackedShape, bytes: Uint8Array, from: number, to: number): number {
  return PACKED[shape].count(bytes, from, to);
}

interface Packed {
  check(bytes: Uint8Array, from: number, to: number, seen: SeenTexts): number;
  count(bytes: Uint8Array, from: number, to: number): number;
}

const PACKED: Readonly<Record<PackedShape, Packed>> = {
  'list listpack': listpackOf(ELEMENTS),
  'set listpack': listpackOf(MEMBERS),
  'hash listpack': listpackOf(FIELDS),
  'zset listpack': listpackOf(SCORES),
  'hash listpack with expiry': listpackOf(EXPIRING_FIELDS),
  'stream listpack': { check: checkStreamListpack, count: countStreamListpack },
  'list ziplist': ziplistOf(ELEMENTS),
  'hash ziplist': ziplistOf(FIELDS),
  'zset ziplist': ziplistOf(SCORES),
  'hash zipmap': { check: checkZipmap, count: countZipmap },
  'set intset': { check: checkIntset, count: countIntset },
};

function listpackOf(tuple: Tuple): Packed {
  return {
    check: (bytes, from, to, seen) => checkListpack(bytes, from, to, tuple, seen),
    count: (bytes, from, to) => countListpack(bytes, from, to) / tuple.length,
  };
}

function ziplistOf(tuple: Tuple): Packed {
  return {
    check: (bytes, from, to, seen) => checkZiplist(bytes, from, to, tuple, seen),
    count: (bytes, from, to) => countZiplist(bytes, from, to) / tuple.length,
  };
}
