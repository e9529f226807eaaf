/** What three bytes can stand for at most: a back reference of 264 bytes. */
const MAX_RATIO = 88;

/**
 * What was compressed with LZF, as RDB strings of more than 20 bytes may be; undefined where it does not unfold to
 * exactly that many bytes. A length that the source cannot hold is refused before memory is taken for it.
 *
 * @param length bytes when unfolded
 */
export function decodeLzf(source: Uint8Array, length: number): Uint8Array | undefined {
  if (length > source.length * MAX_RATIO) return undefined;
  const target = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (from < source.length) {
    const control = source[from++] ?? 0;
    if (control < 32) {
      const count = control + 1;
      if (from + count > source.length || to + count > length) return undefined;
      target.set(source.subarray(from, from + count), to);
      from += count;
      to += count;
      continue;
    }
    const isLong = control >>> 5 === 7;
    if (from + (isLong ? 2 : 1) > source.length) return undefined;
    const count = (control >>> 5) + 2 + (isLong ? (source[from++] ?? 0) : 0);
    const back = ((control & 31) << 8) + (source[from++] ?? 0) + 1;
    if (back > to || to + count > length) return undefined;
    // Byte by byte: a reference may reach into what it is writing.
    for (const end = to + count; to < end; to += 1) target[to] = target[to - back] ?? 0;
  }
  return to === length ? target : undefined;
}
