import { readDecimal } from './texts';
import { readInt16, readInt24, readInt32 } from './words';

/**
 * Where the entry at `at` ends, with its own length behind it; below 0 (`~at`) where there is no sound one.
 *
 * @param last where the end mark of the listpack stands; `at` is before it
 */
export function endOfEntry(bytes: Uint8Array, at: number, last: number): number {
  const lead = bytes[at] ?? 0;
  let size = 2;
  if (lead < 0x80) size = 1;
  else if (lead < 0xc0) size = 1 + (lead & 0x3f);
  else if (lead >= 0xe0) size = sizeOfLong(bytes, at, last);
  if (size > SMALL) return endOfLarge(bytes, at, last, size);
  const end = at + size + 1;
  if (end > last) return ~at;
  if (bytes[end - 1] === size) return end;
  return lengthBefore(bytes, end) === size ? end : ~at;
}

/** The longest entry whose length takes one byte. */
const SMALL = 127;

/** The size of an entry that is a text with a long length, or a wide integer; one that nothing has where it is neither. */
function sizeOfLong(bytes: Uint8Array, at: number, last: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xf0) return at + 2 > last ? TOO_LARGE : 2 + ((lead & 0x0f) << 8) + (bytes[at + 1] ?? 0);
  if (lead > 0xf0) return INTEGER_SIZES[lead - 0xf1] ?? TOO_LARGE;
  if (at + 5 > last) return TOO_LARGE;
  const length = readInt32(bytes, at + 1);
  return length < 0 || length > last - at - 5 ? TOO_LARGE : 5 + length;
}

/** Of the leads 0xF1 to 0xF4, which 2, 3, 4 and 8 bytes follow. */
const INTEGER_SIZES = [3, 4, 5, 9];
const TOO_LARGE = 0x7fff_ffff;

function endOfLarge(bytes: Uint8Array, at: number, last: number, size: number): number {
  const width = size < 16_383 ? 2 : size < 2_097_151 ? 3 : size < 268_435_455 ? 4 : 5;
  if (size > last - at - width) return ~at;
  const end = at + size + width;
  return lengthBefore(bytes, end) === size ? end : ~at;
}

/** The length that ends at `end`: seven bits a byte, the lowest last, a set highest bit says that one more is before. */
function lengthBefore(bytes: Uint8Array, end: number): number {
  let length = 0;
  let scale = 1;
  for (let at = end - 1; at >= end - 5; at -= 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length;
    scale *= 0x80;
  }
  return -1;
}

/** Whether a sound entry holds a text, not an integer. */
export function isText(lead: number): boolean {
  return (lead & 0xc0) === 0x80 || (lead >= 0xe0 && lead <= 0xf0);
}

/** Where the text of a sound entry starts. */
export function startOfText(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc0) return at + 1;
  return lead === 0xf0 ? at + 5 : at + 2;
}

/** Where it ends. */
export function endOfText(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc0) return at + 1 + (lead & 0x3f);
  return lead === 0xf0 ? at + 5 + readInt32(bytes, at + 1) : at + 2 + (((lead & 0x0f) << 8) | (bytes[at + 1] ?? 0));
}

/** The lower word of the integer that a sound entry holds. */
export function readLow(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return lead;
  if (lead < 0xe0) return (((lead << 8) | (bytes[at + 1] ?? 0)) << 19) >> 19;
  if (lead === 0xf1) return readInt16(bytes, at + 1);
  return lead === 0xf2 ? readInt24(bytes, at + 1) : readInt32(bytes, at + 1);
}

/** The upper word. */
export function readHigh(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0xf4 ? readInt32(bytes, at + 5) : readLow(bytes, at) >> 31;
}

/** The integer that a sound entry holds, also where it is a text; -1 where it is none from 0 to 2^31-1. */
export function readCount(bytes: Uint8Array, at: number): number {
  if (!isText(bytes[at] ?? 0)) return readHigh(bytes, at) === 0 ? Math.max(-1, readLow(bytes, at)) : -1;
  const value = readDecimal(bytes, startOfText(bytes, at), endOfText(bytes, at));
  return value !== undefined && value >= 0n && value <= 0x7fff_ffffn ? Number(value) : -1;
}
