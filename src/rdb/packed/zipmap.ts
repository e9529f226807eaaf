import type { SeenTexts } from './seen-texts';
import { readInt32 } from './words';

const END = 0xff;
/** In the first byte: more pairs than it can say. As a length: four bytes follow. */
const BIG = 0xfe;

/**
 * Whether a zipmap (hashes of Redis 2.4) is sound: -1, or the index of the byte that cannot be. Pairs of a field, and a
 * value with unused bytes behind it; fields occur once and there is at least one.
 */
export function checkZipmap(bytes: Uint8Array, from: number, to: number, seen: SeenTexts): number {
  const last = to - 1;
  if (to - from < 2) return to;
  if (bytes[last] !== END) return last;
  seen.forget();
  let at = from + 1;
  let count = 0;
  for (; at < last; count += 1) {
    const field = startOfText(bytes, at, last);
    if (field < 0) return at;
    const value = field + lengthOfText(bytes, at);
    if (value >= last) return at;
    if (!seen.addText(bytes, field, value)) return at;
    const text = startOfText(bytes, value, last);
    if (text < 0) return value;
    const room = last - text - 1 - (bytes[text] ?? 0);
    if (lengthOfText(bytes, value) > room) return value;
    at = last - room + lengthOfText(bytes, value);
  }
  if (count === 0) return at;
  return bytes[from] === BIG || bytes[from] === count ? -1 : from;
}

/** How many pairs a sound zipmap holds. */
export function countZipmap(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from + 1; at < to - 1; count += 1) {
    const value = startOfText(bytes, at, to) + lengthOfText(bytes, at);
    const text = startOfText(bytes, value, to);
    at = Math.max(at + 1, text + 1 + (bytes[text] ?? 0) + lengthOfText(bytes, value));
  }
  return count;
}

/**
 * Where a text with its length before it starts; -1 where that cannot be: the end mark, or lengths that reach outside
 * or take four bytes without need, which the loader checks one way and reads another.
 */
function startOfText(bytes: Uint8Array, at: number, last: number): number {
  const lead = bytes[at] ?? END;
  if (lead < BIG) return at + 1;
  if (lead === END || at + 5 > last) return -1;
  const length = readInt32(bytes, at + 1);
  return length < BIG || length > last - at - 5 ? -1 : at + 5;
}

function lengthOfText(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  return lead < BIG ? lead : readInt32(bytes, at + 1);
}
