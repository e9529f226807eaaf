/** How many bytes a length takes, by the first of them: 1, 2, 5 or 9; 0 where none begins so. */
export function lengthSize(lead: number): number {
  if (lead < 0x40) return 1;
  if (lead < 0x80) return 2;
  if (lead === 0x80) return 5;
  return lead === 0x81 ? 9 : 0;
}

/** The length at an offset, of a size that is known and there: 6 or 14 bits, or 32 or 64 behind a mark, highest first. */
export function lengthAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 1) return bytes[at] ?? 0;
  if (size === 2) return (((bytes[at] ?? 0) & 0x3f) << 8) | (bytes[at + 1] ?? 0);
  if (size === 5) return wordAt(bytes, at + 1);
  return wordAt(bytes, at + 1) * 2 ** 32 + wordAt(bytes, at + 5);
}

/** 32 bits, the highest byte first. */
export function wordAt(bytes: Uint8Array, at: number): number {
  const [a, b, c, d] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
