import { decodeLzf } from './lzf';
import { finding, type Finding, type Reason } from './verdict';

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
export function readString(head: Head, at: number): Read<string> {
  const lead = readBytes(head, at, 1);
  if (lead.kind !== 'read') return lead;
  const integer = INTEGERS.get(lead.value.getUint8(0));
  if (integer !== undefined) {
    return map(readBytes(head, at + 1, integer.length), (view) => `${integer.read(view)}`);
  }
  if (lead.value.getUint8(0) === LZF) return readCompressed(head, at);
  const length = readLength(head, at);
  if (length.kind !== 'read') return length;
  return map(readBytes(head, length.end, length.value), decodeText);
}

/** First bytes of strings that are stored as integers. */
const INTEGERS = new Map([
  [0xc0, { length: 1, read: (view: DataView) => view.getInt8(0) }],
  [0xc1, { length: 2, read: (view: DataView) => view.getInt16(0, true) }],
  [0xc2, { length: 4, read: (view: DataView) => view.getInt32(0, true) }],
]);
const LZF = 0xc3;

function readCompressed(head: Head, at: number): Read<string> {
  const packed = readLength(head, at + 1);
  if (packed.kind !== 'read') return packed;
  const unpacked = readLength(head, packed.end);
  if (unpacked.kind !== 'read') return unpacked;
  const source = readBytes(head, unpacked.end, packed.value);
  if (source.kind !== 'read') return source;
  const { buffer, byteOffset, byteLength } = source.value;
  const bytes = decodeLzf(new Uint8Array(buffer, byteOffset, byteLength), unpacked.value);
  return bytes === undefined ? wrong('invalid-string', at) : map(source, () => decodeText(bytes));
}

/** A length: 6 or 14 bits in the first bytes, or 32 or 64 behind a mark, the highest byte first. */
function readLength(head: Head, at: number): Read<number> {
  const lead = readBytes(head, at, 1);
  if (lead.kind !== 'read') return lead;
  const first = lead.value.getUint8(0);
  if (first < 0x40) return map(lead, () => first);
  if (first < 0x80) return map(readBytes(head, at, 2), (view) => view.getUint16(0) & 0x3fff);
  if (first === 0x80) return map(readBytes(head, at + 1, 4), (view) => view.getUint32(0));
  if (first === 0x81) {
    return map(readBytes(head, at + 1, 8), (view) => view.getUint32(0) * 2 ** 32 + view.getUint32(4));
  }
  return wrong('invalid-length', at);
}

function readBytes({ bytes, limit }: Head, at: number, length: number): Read<DataView> {
  const end = at + length;
  if (end > limit) return wrong('truncated', at);
  if (end > bytes.length) return { kind: 'cut' };
  return { kind: 'read', value: new DataView(bytes.buffer, bytes.byteOffset + at, length), end };
}

function wrong(reason: Reason, offset: number): Read<never> {
  return { kind: 'wrong', finding: finding(reason, offset) };
}

function map<T, U>(read: Read<T>, change: (value: T) => U): Read<U> {
  return read.kind === 'read' ? { ...read, value: change(read.value) } : read;
}

function decodeText(bytes: DataView | Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
