import { decodeLzf } from './lzf';
import { emptyStringHead, integerText, readStringHead } from './string-head';
import { finding, type Finding } from './verdict';

/** Something read from bytes that may end early: the value and where it ends, the bytes cut off, or why it cannot be. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T; readonly end: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'wrong'; readonly finding: Finding };

/** The first bytes of a file, and where in it the last field has to end. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly limit: number;
}

/** An RDB string at an offset, plain, as an integer or compressed; text that is not UTF-8 gets U+FFFD. */
export function readString({ bytes, limit }: Head, at: number): Read<string> {
  const head = emptyStringHead();
  const edge = Math.min(limit, bytes.length);
  const isLast = edge === limit;
  switch (readStringHead(bytes, at, edge, head)) {
    case 'wrong':
      return { kind: 'wrong', finding: finding('invalid-length', head.start) };
    case 'cut':
      return isLast ? { kind: 'wrong', finding: finding('truncated', at) } : { kind: 'cut' };
    case 'read':
  }
  const end = head.start + head.length;
  if (end > limit) return { kind: 'wrong', finding: finding('truncated', head.start) };
  if (end > bytes.length) return { kind: 'cut' };
  if (head.form === 'integer') return { kind: 'read', value: integerText(bytes, head.start, head.length), end };
  const stored = bytes.subarray(head.start, end);
  const whole = head.form === 'lzf' ? decodeLzf(stored, head.unfolded) : stored;
  if (whole === undefined) return { kind: 'wrong', finding: finding('invalid-string', at) };
  return { kind: 'read', value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole), end };
}
