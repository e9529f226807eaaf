import type { SeenTexts } from './seen-texts';
import { isNan } from './texts';
import type { Tuple } from './tuples';
import { readInt16, readInt24, readInt32 } from './words';

/** The bytes in all, where the last entry starts, the number of entries. */
const HEAD = 10;
const END = 0xff;
/** Where a length of one byte would stand: four bytes follow. */
const BIG = 0xfe;
/** Stands for a number of entries that the head has no room for. */
const MANY = 0xffff;

/** Whether a ziplist (Redis before 7) is sound: -1, or the index of the byte that cannot be. */
export function checkZiplist(bytes: Uint8Array, from: number, to: number, tuple: Tuple, seen: SeenTexts): number {
  const last = to - 1;
  if (to - from < HEAD + 1) return to;
  if (readInt32(bytes, from) !== to - from) return from;
  if (bytes[last] !== END) return last;
  const tail = readInt32(bytes, from + 4);
  if (tail < 0 || tail > last - from) return from + 4;
  if (tuple.unique) seen.forget();
  let before = 0;
  let found = 0;
  let part = 0;
  for (let at = from + HEAD; at < last; found += 1) {
    const body = startOfBody(bytes, at);
    const start = startOfContent(bytes, body, last);
    if (start < 0 || lengthBefore(bytes, at) !== before) return at;
    const length = lengthOfContent(bytes, body);
    if (length < 0 || length > last - start) return at;
    if (tuple.unique && part === 0 && !addEntry(seen, bytes, body, start, length)) return at;
    if (tuple.scored && part === 1 && isTextLead(bytes[body] ?? 0) && isNan(bytes, start, start + length)) return at;
    part = part + 1 === tuple.length ? 0 : part + 1;
    before = start + length - at;
    at = start + length;
  }
  if (part !== 0) return last;
  if (found > 0 && tail !== last - before - from) return from + 4;
  const count = readCount(bytes, from);
  return count === MANY || count === found ? -1 : from + 8;
}

/** How many entries a sound ziplist has. */
export function countZiplist(bytes: Uint8Array, from: number, to: number): number {
  const count = readCount(bytes, from);
  if (count !== MANY) return count;
  let found = 0;
  for (let at = from + HEAD; at < to - 1; found += 1) {
    const body = startOfBody(bytes, at);
    at = Math.max(at + 1, startOfContent(bytes, body, to - 1) + lengthOfContent(bytes, body));
  }
  return found;
}

function readCount(bytes: Uint8Array, from: number): number {
  return readInt16(bytes, from + 8) & 0xffff;
}

/** The length of the entry before takes one byte, or four behind a mark. */
function startOfBody(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) < BIG ? at + 1 : at + 5;
}

/** The length itself, of an entry whose body is there; below 0 where it has 2 GiB and more, or an end mark is there. */
function lengthBefore(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead === END) return -1;
  return lead === BIG ? readInt32(bytes, at + 1) : lead;
}

/** Where the content starts, behind the byte that says what it is and the length of a long text; -1 if that is outside. */
function startOfContent(bytes: Uint8Array, body: number, last: number): number {
  if (body >= last) return -1;
  const lead = bytes[body] ?? 0;
  const start = lead < 0x40 || lead >= 0xc0 ? body + 1 : lead < 0x80 ? body + 2 : body + 5;
  return start > last ? -1 : start;
}

/** How many bytes the content has; below 0 where the lead is none, or a text has 2 GiB and more. */
function lengthOfContent(bytes: Uint8Array, body: number): number {
  const lead = bytes[body] ?? 0;
  if (lead < 0x40) return lead;
  if (lead < 0x80) return ((lead & 0x3f) << 8) | (bytes[body + 1] ?? 0);
  if (lead < 0xc0) return readLength(bytes, body + 1);
  return lead > 0xf0 && lead < 0xfe ? 0 : (INTEGER_LENGTHS.get(lead) ?? -1);
}

/** The highest byte first, other than all the rest. */
function readLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Leads of integers. 0xF1 to 0xFD are the integers 0 to 12 themselves. */
const [INT16, INT32, INT64, INT24, INT8] = [0xc0, 0xd0, 0xe0, 0xf0, 0xfe] as const;
const INTEGER_LENGTHS = new Map<number, number>([
  [INT16, 2],
  [INT32, 4],
  [INT64, 8],
  [INT24, 3],
  [INT8, 1],
]);

function isTextLead(lead: number): boolean {
  return lead < 0xc0;
}

function addEntry(seen: SeenTexts, bytes: Uint8Array, body: number, start: number, length: number): boolean {
  const lead = bytes[body] ?? 0;
  if (isTextLead(lead)) return seen.addText(bytes, start, start + length);
  const low = readLow(bytes, lead, start);
  return seen.addInteger(low, lead === INT64 ? readInt32(bytes, start + 4) : low >> 31);
}

function readLow(bytes: Uint8Array, lead: number, start: number): number {
  if (lead === INT8) return ((bytes[start] ?? 0) << 24) >> 24;
  if (lead === INT16) return readInt16(bytes, start);
  if (lead === INT24) return readInt24(bytes, start);
  return lead === INT32 || lead === INT64 ? readInt32(bytes, start) : (lead & 0x0f) - 1;
}
