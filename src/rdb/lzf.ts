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
  const [sourceWords, targetWords] = [viewOf(source), viewOf(target)];
  // What ends before these may be copied in words, which go on for up to seven bytes.
  const [wordsTo, wordsLength] = [to - WORD, length - WORD];
  let at = from;
  let end = 0;
  while (at < to) {
    const control = source[at] ?? 0;
    at += 1;
    if (control < 32) {
      const count = control + 1;
      if (at + count <= wordsTo && end + count <= wordsLength) copyWords(sourceWords, at, targetWords, end, count);
      else if (at + count > to || end + count > length) return false;
      else copyBytes(source, at, target, end, count);
      at += count;
      end += count;
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
    if (back > end) return false;
    // A reference may reach into what it is writing: as far as a word it is copied byte by byte.
    if (back >= WORD && end + count <= wordsLength) copyWords(targetWords, end - back, targetWords, end, count);
    else if (end + count > length) return false;
    else if (back === 1) target.fill(target[end - 1] ?? 0, end, end + count);
    else copyBytes(target, end - back, target, end, count);
    end += count;
  }
  return end === length;
}

/** The length of a back reference to which the next byte is added. */
const LONG = 9;
/** Bytes that are copied in one step: most of what is copied is shorter. */
const WORD = 8;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Copies whole words, so that up to seven bytes more are written. */
function copyWords(source: DataView, from: number, target: DataView, to: number, count: number): void {
  for (let done = 0; done < count; done += WORD) {
    target.setInt32(to + done, source.getInt32(from + done, true), true);
    target.setInt32(to + done + 4, source.getInt32(from + done + 4, true), true);
  }
}

function copyBytes(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  for (let done = 0; done < count; done += 1) target[to + done] = source[from + done] ?? 0;
}

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
