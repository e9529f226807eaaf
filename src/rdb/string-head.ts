import { lengthAt, lengthSize } from './lengths';

/** What stands before a string: how it is stored, and where its bytes are. Reused, so that none is made per string. */
export interface StringHead {
  form: 'plain' | 'integer' | 'lzf';
  /** Where its stored bytes begin; of a head that cannot be, the byte that is wrong. */
  start: number;
  /** Stored bytes. */
  length: number;
  /** Bytes of the string itself, where it is compressed. */
  unfolded: number;
}

/** An empty one to read into. */
export function emptyStringHead(): StringHead {
  return { form: 'plain', start: 0, length: 0, unfolded: 0 };
}

/** First bytes of strings that are stored as integers of 1, 2 and 4 bytes, and of those that are compressed. */
export const FIRST_INTEGER = 0xc0;
export const LZF = 0xc3;

/** Reads the head of the string at an offset: whether all of it is before the edge, or that it cannot be. */
export function readStringHead(
  bytes: Uint8Array,
  at: number,
  edge: number,
  into: StringHead
): 'read' | 'cut' | 'wrong' {
  if (at >= edge) return 'cut';
  const lead = bytes[at] ?? 0;
  if (lead >= FIRST_INTEGER && lead < LZF) {
    into.form = 'integer';
    into.start = at + 1;
    into.length = 1 << (lead - FIRST_INTEGER);
    return 'read';
  }
  if (lead !== LZF) {
    into.form = 'plain';
    return readOwnLength(bytes, at, edge, into);
  }
  const stored = readOwnLength(bytes, at + 1, edge, into);
  if (stored !== 'read') return stored;
  const length = into.length;
  const unfolded = readOwnLength(bytes, into.start, edge, into);
  if (unfolded !== 'read') return unfolded;
  into.form = 'lzf';
  into.unfolded = into.length;
  into.length = length;
  return 'read';
}

function readOwnLength(bytes: Uint8Array, at: number, edge: number, into: StringHead): 'read' | 'cut' | 'wrong' {
  if (at >= edge) return 'cut';
  const size = lengthSize(bytes[at] ?? 0);
  into.start = at + size;
  if (size === 0) return 'wrong';
  if (into.start > edge) return 'cut';
  into.length = lengthAt(bytes, at, size);
  return 'read';
}

/** The text of an integer of 1, 2 or 4 bytes, the lowest first. */
export function integerText(bytes: Uint8Array, at: number, length: number): string {
  const [a, b, c, d] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
  if (length === 1) return `${(a << 24) >> 24}`;
  return length === 2 ? `${((a | (b << 8)) << 16) >> 16}` : `${a | (b << 8) | (c << 16) | (d << 24)}`;
}
