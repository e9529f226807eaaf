import { decodeLzf } from '../../src/rdb/lzf';
import { lengthAt, lengthSize } from '../../src/rdb/lengths';
import { openScan } from '../../src/rdb/scan';
import type { Finding, Reason } from '../../src/rdb/verdict';
import { FIRST_VERSIONS } from './corpus/first-versions';
import { resealed, string } from './corpus/write-rdb';
import { bigEndian, bytesOf } from './rdb-bytes';

/** The newest version that Debian's Redis reads. */
export const NEWEST = 10;

/** A way in which Redis reads bytes that the engine refuses. */
export interface Reading {
  readonly reason: Reason;
  readonly because: string;
  /**
   * The file with other bytes for those that the engine refuses, of the meaning that Redis takes them for; undefined
   * where they are not of this kind. Knows by itself what may be refused: that the engine says so is not enough.
   */
  readonly read: (file: Uint8Array, at: number) => Uint8Array | undefined;
}

/** Where redis-check-rdb accepts what the engine does not, and streams of a wrong length. */
const READINGS: readonly Reading[] = [
  {
    reason: 'unknown-version',
    because: 'Redis reads the digits of a version up to the first that is none',
    read(file) {
      const digits = latin1(file, 5, 9);
      const version = Number.parseInt(digits, 10);
      return /^\d{4}$/.test(digits) || !(version >= 1 && version <= NEWEST) ? undefined : withVersion(file, version);
    },
  },
  {
    reason: 'unknown-type',
    because: 'what Redis knows it reads in any version',
    read(file, at) {
      const first = FIRST_VERSIONS[file[at] ?? 0] ?? Infinity;
      if (first <= versionOf(file) || first > NEWEST) return undefined;
      // Before there were checksums nothing is behind the end.
      return bytesOf(withVersion(file, NEWEST), versionOf(file) < 5 ? new Uint8Array(8) : '');
    },
  },
  {
    reason: 'unknown-type',
    because:
      'to redis-check-rdb an item of a module has no content where its kind is not known, and any length is a kind',
    read(file, at) {
      const kind = numberAt(file, at);
      const isOfModule = [7, 247].some((code) => file.subarray(9, at).includes(code));
      if (kind === undefined || !isOfModule || (kind.value <= LAST_ITEM && kind.end === at + 1)) return undefined;
      return replaced(file, at, kind.end, kind.value <= LAST_ITEM ? bytesOf(kind.value) : bytesOf());
    },
  },
  {
    reason: 'invalid-length',
    because: 'where a length has to be, Redis reads the mark of an encoding as a length of six bits',
    read: (file, at) =>
      (file[at] ?? 0) < 0xc0 ? undefined : replaced(file, at, at + 1, bytesOf((file[at] ?? 0) & 0x3f)),
  },
  {
    reason: 'invalid-value',
    because: 'where a one or a two has to be, Redis reads it out of more bytes than it writes',
    read(file, at) {
      const number = numberAt(file, at);
      const isLong = number !== undefined && (number.end > at + 1 || (file[at] ?? 0) >= 0xc0);
      return isLong && [1, 2].includes(number.value)
        ? replaced(file, at, number.end, bytesOf(number.value))
        : undefined;
    },
  },
  {
    reason: 'invalid-value',
    because: 'a score of a text is to Redis what sscanf takes for a number',
    read(file, at) {
      const end = at + 1 + (file[at] ?? 0);
      const text = latin1(file, at + 1, end);
      const isWritten = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text);
      return isWritten || !/^\s*[+-]?(\d|\.\d|inf)/i.test(text) ? undefined : replaced(file, at, end, string('1'));
    },
  },
  {
    reason: 'invalid-value',
    because: 'redis-check-rdb does not look at packed scores; a server ends when it unpacks one that is no number',
    read(file, at) {
      const found = /^[^]{1,3}?[+-]?(nan)/i.exec(latin1(file, at, at + 8));
      const start = at + (found?.[0].length ?? 0) - 3;
      return found === null ? undefined : replaced(file, start, start + 3, bytesOf('111'));
    },
  },
  {
    reason: 'invalid-value',
    because: 'Redis does not count the elements of a listpack of a stream',
    read(file, at) {
      const from = at - 4;
      const bytes = from < 0 ? 0 : lengthOfListpack(file, from);
      const count = (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8);
      if (bytes < 7 || countEntries(file.subarray(at + 2, from + bytes)) === count) return undefined;
      return replaced(file, at, at + 2, bytesOf(0xff, 0xff));
    },
  },
  {
    reason: 'invalid-value',
    because: 'the same of a compressed value: in the engine its beginning stands for all of its bytes',
    read(file, at) {
      const { unfolded, end } = lzfAt(file, at) ?? {};
      return unfolded === undefined || end === undefined ? undefined : replaced(file, at, end, string(unfolded));
    },
  },
  {
    reason: 'invalid-string',
    because: 'Redis takes the zero by which its decoder says that it failed for the length',
    read(file, at) {
      const { length, end } = lzfAt(file, at) ?? {};
      return length === 0 && end !== undefined ? replaced(file, at, end, bytesOf(0)) : undefined;
    },
  },
  {
    reason: 'value-not-walked',
    because: 'streams whose nodes are out of the order in which engines write them',
    read(file, at) {
      const before = startOfNode(file, at);
      const isOrdered = before === undefined || idOfNode(file, before) <= idOfNode(file, at);
      if (file[at] !== ID_LENGTH || isOrdered) return undefined;
      return replaced(file, at + 1, at + 1 + ID_LENGTH, bytesOf(bigEndian(-1, 8), bigEndian(at, 8)));
    },
  },
  // Behind the id of a group are eight bytes of time, and one or more of how often it was delivered.
  ...[16, 25, 26, 29].map((distance): Reading => ({
    reason: 'value-not-walked',
    because: 'streams whose awaited entries are out of the order in which engines write them',
    read(file, at) {
      const [before, id] = [file.slice(at - distance, at - distance + 16), file.slice(at, at + 16)];
      if (at < distance || Buffer.compare(before, id) <= 0) return undefined;
      return replaced(replaced(file, at - distance, at - distance + 16, id), at, at + 16, before);
    },
  })),
  {
    reason: 'append-only-file',
    because: 'Redis stops at the end of the RDB part',
    read: (file, at) => file.slice(0, at),
  },
  {
    reason: 'trailing-bytes',
    because: 'Redis stops at the end',
    read: (file, at) => file.slice(0, at),
  },
];

/** The last kind of an item of a module. */
const LAST_ITEM = 5;

/** What the engine finds in a file, however often its bytes are replaced by what Redis reads; undefined where all is well then. */
export function findOtherwise(file: Uint8Array): Finding | undefined {
  return findBehind(file, MOST_READINGS);
}

/** Nodes of a stream may have to be put right one after the other. */
const MOST_READINGS = 60;

function findBehind(file: Uint8Array, left: number): Finding | undefined {
  const found = findIn(file);
  if (found === undefined || left === 0) return found;
  let last = found;
  for (const { reason, read } of READINGS) {
    const other = reason === found.reason ? read(file, found.offset ?? 0) : undefined;
    if (other === undefined) continue;
    // The checksum was that of the bytes as they were.
    const behind = findBehind(versionOf(other) < 5 ? other : unproven(other), left - 1);
    if (behind === undefined) return undefined;
    last = behind;
  }
  return last;
}

/** Why the engine does not accept a file. */
function findIn(file: Uint8Array): Finding | undefined {
  const scan = openScan({ level: 'deep', size: file.length });
  scan.push(file);
  const fault = scan.finding;
  const { verdict, reason, offset } = scan.end();
  if (verdict === 'verified' || reason === undefined || reason === 'no-checksum') return undefined;
  // What the walk did not know comes behind that in a report: nobody can tell where such a file ends.
  if (reason === 'no-end' && fault !== undefined) return fault;
  return { verdict, reason, ...(offset !== undefined && { offset }) };
}

function unproven(file: Uint8Array): Uint8Array {
  return file.length < 18 ? file : resealed(file, 'zero checksum');
}

/** The digits behind the magic. */
export function versionOf(file: Uint8Array): number {
  return Number(/^(?:REDIS|VALKEY)(\d+)/.exec(latin1(file, 0, 9))?.[1] ?? 0);
}

function withVersion(file: Uint8Array, version: number): Uint8Array {
  return replaced(file, 0, 9, bytesOf(`REDIS${String(version).padStart(4, '0')}`));
}

/** A number as Redis reads it where it expects no string: a length, or the six bits of a mark. */
function numberAt(file: Uint8Array, at: number): { readonly value: number; readonly end: number } | undefined {
  const lead = file[at] ?? 0;
  if (lead >= 0xc0) return { value: lead & 0x3f, end: at + 1 };
  const size = lengthSize(lead);
  return size === 0 ? undefined : { value: lengthAt(file, at, size), end: at + size };
}

/** A compressed string: the length that it says it has, and its bytes where they are that many. */
function lzfAt(
  file: Uint8Array,
  at: number
): { readonly length: number; readonly unfolded: Uint8Array | undefined; readonly end: number } | undefined {
  const stored = file[at] === 0xc3 ? numberAt(file, at + 1) : undefined;
  const length = stored && numberAt(file, stored.end);
  if (stored === undefined || length === undefined) return undefined;
  const end = length.end + stored.value;
  return { length: length.value, unfolded: decodeLzf(file.subarray(length.end, end), length.value), end };
}

const ID_LENGTH = 16;

/** Where the node of a stream begins that ends at an offset: an id as a string, and a listpack as one. */
function startOfNode(file: Uint8Array, end: number): number | undefined {
  const starts = Array.from({ length: end }, (_, at) => at).filter((at) => file[at] === ID_LENGTH);
  return starts.find((at) => {
    const behind = at + 1 + ID_LENGTH;
    const length = file[behind] === 0xc3 ? undefined : numberAt(file, behind);
    return (length === undefined ? lzfAt(file, behind)?.end : length.end + length.value) === end;
  });
}

function idOfNode(file: Uint8Array, at: number): string {
  return latin1(file, at + 1, at + 1 + ID_LENGTH);
}

/** Bytes of the listpack at an offset; 0 where none ends where it says so. */
function lengthOfListpack(file: Uint8Array, from: number): number {
  const bytes = new DataView(file.buffer, file.byteOffset).getUint32(from, true);
  return file[from + bytes - 1] === 0xff ? bytes : 0;
}

/** How many entries a listpack has, by their own lengths: from the first one to the end mark. */
function countEntries(entries: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < entries.length - 1; count += 1) {
    const [lead, next] = [entries[at] ?? 0, entries[at + 1] ?? 0];
    const long = entries.subarray(at + 1, at + 5).reduceRight((sum, byte) => sum * 256 + byte, 0);
    const integers: Readonly<Record<number, number>> = { 0xf1: 3, 0xf2: 4, 0xf3: 5, 0xf4: 9 };
    const size =
      lead < 0x80
        ? 1
        : lead < 0xc0
          ? 1 + (lead & 0x3f)
          : lead < 0xe0
            ? 2
            : lead < 0xf0
              ? 2 + (((lead & 15) << 8) | next)
              : lead === 0xf0
                ? 5 + long
                : (integers[lead] ?? 1);
    // How far it is back, seven bits to a byte.
    at += size + (size < 1 << 7 ? 1 : size < 1 << 14 ? 2 : size < 1 << 21 ? 3 : 4);
  }
  return count;
}

function replaced(file: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return bytesOf(file.subarray(0, from), by, file.subarray(to));
}

function latin1(file: Uint8Array, from: number, to: number): string {
  return Buffer.from(file.subarray(from, to)).toString('latin1');
}
