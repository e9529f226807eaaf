import { endOfEntry, endOfText, isText, readHigh, readLow, startOfText } from './listpack-entry';
import type { SeenTexts } from './seen-texts';
import { isNan } from './texts';
import type { Tuple } from './tuples';
import { readInt32 } from './words';

/** The bytes in all, the number of entries. */
export const LISTPACK_HEAD = 6;

/** Stands for a number of entries that the head has no room for. */
const MANY = 0xffff;

/** Whether a listpack is sound: -1, or the index of the byte that cannot be. */
export function checkListpack(bytes: Uint8Array, from: number, to: number, tuple: Tuple, seen: SeenTexts): number {
  const wrong = checkListpackEnds(bytes, from, to);
  if (wrong !== -1) return wrong;
  return tuple.unique ? checkTuples(bytes, from, to, tuple, seen) : checkElements(bytes, from, to);
}

/** Whether head and end mark of a listpack are right: -1, or the index of the byte that cannot be. */
export function checkListpackEnds(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < LISTPACK_HEAD + 1) return to;
  if (readInt32(bytes, from) !== to - from) return from;
  return bytes[to - 1] === 0xff ? -1 : to - 1;
}

/** Whether as many entries were found as the head says: -1, or where it says so. */
export function checkListpackCount(bytes: Uint8Array, from: number, found: number): number {
  const count = readInt32(bytes, from + 2) >>> 16;
  return count === MANY || count === found ? -1 : from + 4;
}

/** How many entries a sound listpack has. */
export function countListpack(bytes: Uint8Array, from: number, to: number): number {
  const count = readInt32(bytes, from + 2) >>> 16;
  if (count !== MANY) return count;
  let found = 0;
  for (let at = from + LISTPACK_HEAD; at >= 0 && at < to - 1; at = endOfEntry(bytes, at, to - 1)) found += 1;
  return found;
}

function checkElements(bytes: Uint8Array, from: number, to: number): number {
  const last = to - 1;
  let found = 0;
  for (let at = from + LISTPACK_HEAD; at < last; found += 1) {
    const end = endOfEntry(bytes, at, last);
    if (end < 0) return at;
    at = end;
  }
  return checkListpackCount(bytes, from, found);
}

function checkTuples(bytes: Uint8Array, from: number, to: number, tuple: Tuple, seen: SeenTexts): number {
  const last = to - 1;
  const { length, scored = false, expiring = false } = tuple;
  let found = 0;
  let expiry = 0;
  seen.forget();
  for (let at = from + LISTPACK_HEAD; at < last; found += length) {
    const first = endOfEntry(bytes, at, last);
    if (first < 0 || !addEntry(seen, bytes, at)) return at;
    at = first;
    for (let part = 1; part < length; part += 1) {
      const end = at < last ? endOfEntry(bytes, at, last) : -1;
      if (end < 0 || (scored && isNanEntry(bytes, at))) return at;
      if (expiring && part === 2) {
        expiry = readExpiry(bytes, at, expiry);
        if (expiry < 0) return at;
      }
      at = end;
    }
  }
  return checkListpackCount(bytes, from, found);
}

function addEntry(seen: SeenTexts, bytes: Uint8Array, at: number): boolean {
  return isText(bytes[at] ?? 0)
    ? seen.addText(bytes, startOfText(bytes, at), endOfText(bytes, at))
    : seen.addInteger(readLow(bytes, at), readHigh(bytes, at));
}

function isNanEntry(bytes: Uint8Array, at: number): boolean {
  return isText(bytes[at] ?? 0) && isNan(bytes, startOfText(bytes, at), endOfText(bytes, at));
}

/** The time at which a field goes, NEVER without; -1 where it is no time, or before that of the field before. */
function readExpiry(bytes: Uint8Array, at: number, before: number): number {
  if (isText(bytes[at] ?? 0)) return -1;
  const [low, high] = [readLow(bytes, at), readHigh(bytes, at)];
  if (low === 0 && high === 0) return NEVER;
  // 48 bits hold them all.
  if (high < 0 || high > 0xffff) return -1;
  const time = high * 2 ** 32 + (low >>> 0);
  return time < before ? -1 : time;
}

const NEVER = 2 ** 48;
