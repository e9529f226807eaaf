/**
 * The integer that a text stands for, where the engine would take it for one: 64 bits, and no other way to write it.
 * It writes such texts as integers, so that this is a rare case.
 */
export function readDecimal(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  if (!isDecimal(bytes, start, end)) return undefined;
  const value = BigInt(String.fromCharCode(...bytes.subarray(start, end)));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** `-9223372036854775808` is the longest. */
const LONGEST_DECIMAL = 20;

function isDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0 || length > LONGEST_DECIMAL) return false;
  const first = bytes[start] ?? 0;
  if (first === 0x30) return length === 1;
  const digits = first === 0x2d ? start + 1 : start;
  if (digits === end || bytes[digits] === 0x30) return false;
  for (let at = digits; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

/** Whether a text reads as "not a number": a score that ZADD refuses, and that ends a server which unpacks the value. */
export function isNan(bytes: Uint8Array, start: number, end: number): boolean {
  const lead = bytes[start] ?? 0;
  const at = lead === 0x2d || lead === 0x2b ? start + 1 : start;
  return end - at >= 3 && isLetter(bytes, at, 0x6e) && isLetter(bytes, at + 1, 0x61) && isLetter(bytes, at + 2, 0x6e);
}

function isLetter(bytes: Uint8Array, at: number, letter: number): boolean {
  return ((bytes[at] ?? 0) | 0x20) === letter;
}
