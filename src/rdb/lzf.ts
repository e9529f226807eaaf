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
  return unfoldLzf(source, 0, source.length, target, length) ? target : undefined;
}

/** Unfolds bytes `from` to `to` of the source into the first bytes of the target; false where they do not unfold to exactly that length. */
export function unfoldLzf(source: Uint8Array, from: number, to: number, target: Uint8Array, length: number): boolean {
  if (length > target.length) return false;
  let at = from;
  let end = 0;
  while (at < to) {
    const control = source[at] ?? 0;
    at += 1;
    if (control < 32) {
      const stop = at + control + 1;
      if (stop > to || end + control + 1 > length) return false;
      for (; at < stop; at += 1, end += 1) target[end] = source[at] ?? 0;
      continue;
    }
    let count = (control >>> 5) + 2;
    if (count === LONG) {
      if (at >= to) return false;
      count += source[at] ?? 0;
      at += 1;
    }
    if (at >= to) return false;
    const back = ((control & 31) << 8) + (source[at] ?? 0) + 1;
    at += 1;
    const stop = end + count;
    if (back > end || stop > length) return false;
    if (count >= WORTH_A_CALL && (back >= count || back === 1)) {
      if (back === 1) target.fill(target[end - 1] ?? 0, end, stop);
      else target.copyWithin(end, end - back, stop - back);
      end = stop;
      continue;
    }
    // Byte by byte: a reference may reach into what it is writing.
    for (; end < stop; end += 1) target[end] = target[end - back] ?? 0;
  }
  return end === length;
}

/** The length of a back reference to which the next byte is added. */
const LONG = 9;
/** Bytes from which on a built-in function copies faster than a loop. */
const WORTH_A_CALL = 64;

/** Whether bytes `from` to `to` unfold to exactly that length, without unfolding them. */
export function isSoundLzf(source: Uint8Array, from: number, to: number, length: number): boolean {
  let at = from;
  let end = 0;
  while (at < to) {
    const control = source[at] ?? 0;
    at += 1;
    if (control < 32) {
      at += control + 1;
      end += control + 1;
      if (at > to || end > length) return false;
      continue;
    }
    let count = (control >>> 5) + 2;
    if (count === LONG) {
      if (at >= to) return false;
      count += source[at] ?? 0;
      at += 1;
    }
    if (at >= to) return false;
    if (((control & 31) << 8) + (source[at] ?? 0) + 1 > end) return false;
    at += 1;
    end += count;
    if (end > length) return false;
  }
  return end === length;
}
