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

/** A source that is looked at without unfolding it, and may come in stretches. */
export interface LzfProgress {
  /** Bytes of it that are still to come. */
  left: number;
  /** Bytes that those before them unfold to. */
  unfolded: number;
  /** Bytes that all of them are to unfold to. */
  length: number;
}

/** Instead of where a source goes on: it does not unfold, or not to its length. */
export const UNSOUND = -1;

/**
 * Goes on over the bytes from an index on, as far as the edge and the source reach; where the source ends, or the first
 * byte that has to be seen again (one of the last 33), or {@link UNSOUND}. It is over where nothing is left.
 */
export function passLzf(progress: LzfProgress, source: Uint8Array, from: number, edge: number): number {
  const isLast = progress.left <= edge - from;
  const to = isLast ? (from + progress.left) | 0 : edge;
  // References reach back no further: what was before is not counted, so that this stays a small integer.
  const begun = Math.min(progress.unfolded, FURTHEST);
  let at = from;
  let end = begun;
  while (at < to) {
    const control = source[at] ?? 0;
    let next = at + 1;
    if (control < 32) {
      next += control + 1;
      if (next > to) break;
      end += control + 1;
    } else {
      let count = (control >>> 5) + 2;
      if (count === LONG) {
        count += source[next] ?? 0;
        next += 1;
      }
      if (next >= to) break;
      if (((control & 31) << 8) + (source[next] ?? 0) + 1 > end) return UNSOUND;
      next += 1;
      end += count;
    }
    at = next;
  }
  progress.left -= at - from;
  progress.unfolded += end - begun;
  const { left, unfolded, length } = progress;
  if (unfolded > length || (isLast && left > 0)) return UNSOUND;
  return left > 0 || unfolded === length ? at : UNSOUND;
}

/** How far back a reference can reach. */
const FURTHEST = 8_192;
