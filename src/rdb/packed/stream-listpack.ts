import { checkListpackCount, checkListpackEnds, LISTPACK_HEAD } from './listpack';
import { endOfEntry, endOfText, isText, readCount, readLow, startOfText } from './listpack-entry';
import { readDecimal } from './texts';

/**
 * Whether the listpack of a stream is sound: -1, or the index of the byte that cannot be. It holds numbers of entries
 * that are there and that are deleted, the usual fields and a zero; then for each entry flags, an id in two parts, its
 * own fields where they are others, values and the number of these elements.
 */
export function checkStreamListpack(bytes: Uint8Array, from: number, to: number): number {
  const wrong = checkListpackEnds(bytes, from, to);
  if (wrong !== -1) return wrong;
  const walk: Walk = { bytes, at: from + LISTPACK_HEAD, last: to - 1, passed: 0, isWrong: false };
  checkEntries(walk);
  if (walk.isWrong || walk.at !== walk.last) return walk.at;
  return checkListpackCount(bytes, from, walk.passed);
}

/** How many entries of a sound one are not deleted. */
export function countStreamListpack(bytes: Uint8Array, from: number): number {
  return readCount(bytes, from + LISTPACK_HEAD);
}

/** Where a walk over the elements stands; it stays there once something is wrong. */
interface Walk {
  readonly bytes: Uint8Array;
  at: number;
  readonly last: number;
  passed: number;
  isWrong: boolean;
}

/** A flag: the entry has the usual fields. */
const SAME_FIELDS = 2;

function checkEntries(walk: Walk): void {
  const entries = passCount(walk) + passCount(walk);
  const fields = passCount(walk);
  pass(walk, fields);
  passNumber(walk, 0);
  for (let entry = 0; entry < entries && !walk.isWrong; entry += 1) {
    const flags = passInteger(walk);
    passInteger(walk);
    passInteger(walk);
    if (flags & SAME_FIELDS) {
      pass(walk, fields);
      passNumber(walk, fields + 3);
      continue;
    }
    const own = passCount(walk);
    pass(walk, own);
    pass(walk, own);
    passNumber(walk, own * 2 + 4);
  }
}

function pass(walk: Walk, elements: number): void {
  const { bytes, last } = walk;
  let at = walk.at;
  for (let left = elements; left > 0 && !walk.isWrong; left -= 1) {
    const end = at < last ? endOfEntry(bytes, at, last) : -1;
    if (end < 0) {
      walk.isWrong = true;
    } else {
      at = end;
      walk.passed += 1;
    }
  }
  walk.at = at;
}

/** A number that cannot be negative. */
function passCount(walk: Walk): number {
  const { at } = walk;
  pass(walk, 1);
  const count = walk.isWrong ? 0 : readCount(walk.bytes, at);
  if (count >= 0) return count;
  fail(walk, at);
  return 0;
}

function passNumber(walk: Walk, expected: number): void {
  const { at } = walk;
  if (passCount(walk) !== expected) fail(walk, at);
}

/** The lower word of a 64-bit integer. */
function passInteger(walk: Walk): number {
  const { bytes, at } = walk;
  pass(walk, 1);
  if (walk.isWrong) return 0;
  if (!isText(bytes[at] ?? 0)) return readLow(bytes, at);
  const value = readDecimal(bytes, startOfText(bytes, at), endOfText(bytes, at));
  if (value === undefined) fail(walk, at);
  return Number(BigInt.asIntN(32, value ?? 0n));
}

/** Says where the walk went wrong, unless it did before. */
function fail(walk: Walk, at: number): void {
  if (walk.isWrong) return;
  walk.at = at;
  walk.isWrong = true;
}
