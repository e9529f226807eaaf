import { readAuxFields, type AuxFields } from './aux-fields';
import { FIRST_VERSION_WITH_CHECKSUM, type Format, MAGIC_LENGTH, recogniseFormat, type RdbMagic } from './formats';
import { finding, type Finding } from './verdict';

/** What a file is, by its beginning. Plain data. */
export interface FileOrigin {
  /** Absent where the file is not RDB. */
  readonly magic?: RdbMagic;
  readonly version?: number;
  /**
   * What else the file is, where that is known: `gzip`, `append-only-file`, …; of RDB files `aof-base`, the base of a
   * multi-part append-only file, and `aof-preamble`, which commands may follow.
   */
  readonly format?: string;
  /** Whose version number the file carries. Valkey 7.2 may call itself Redis. */
  readonly engine?: 'redis' | 'valkey';
  readonly engineVersion?: string;
  /** When the file was begun, by the clock of its writer (ISO 8601). */
  readonly createdAt?: string;
  /** The auxiliary fields as they were read, long values cut; users' scripts left out. */
  readonly aux: Readonly<Record<string, string>>;
}

/** What the first bytes of an object tell. */
export interface HeadReport extends Finding, FileOrigin {
  /** All auxiliary fields were in the bytes given. */
  readonly complete: boolean;
  /** The first byte behind the auxiliary fields, where those are complete. */
  readonly bodyOffset?: number;
}

/** What the last bytes of an object tell. Plain data. */
export interface TailReport extends Finding {
  /** As stored, 16 hexadecimal digits. Absent where the writer made none. */
  readonly checksum?: string;
}

/** Level `header`: what head and tail tell together. Never `verified`, because the content is not read. */
export interface HeaderReport extends HeadReport, TailReport {}

/** Enough of the beginning for every auxiliary field that engines write before the data. Bytes. */
export const HEAD_LENGTH = 4_096;

/** The end mark and the checksum. Bytes. */
export const TAIL_LENGTH = 9;

/**
 * Judges an object at level `header`. Takes any bytes and never throws; bytes beyond {@link HEAD_LENGTH} and
 * {@link TAIL_LENGTH} are welcome, and in a small object the two may overlap.
 *
 * @param head the first bytes of the object
 * @param tail the last bytes of the object
 * @param size of the object as listed, in bytes
 */
export function judgeHeader(head: Uint8Array, tail: Uint8Array, size: number): HeaderReport {
  const report = readHead(head, size);
  if (report.reason !== 'content-not-read') return report;
  const end = readTail(tail, size, report.version);
  if (report.format === AOF_PREAMBLE && end.reason === 'no-end') return { ...report, ...finding('append-only-file') };
  return { ...report, ...end };
}

/**
 * Judges the first bytes of an object: format, version and what the engine noted. Never throws.
 *
 * @param size of the whole object as listed, in bytes; Infinity where that is not known
 */
export function readHead(head: Uint8Array, size: number): HeadReport {
  const misfit = judgeSize(head, size);
  if (misfit !== undefined) return unread(misfit);
  const format = recogniseFormat(head);
  if (format.kind === 'other') return { format: format.name, ...unread(finding('other-format', 0)) };
  if (size < MAGIC_LENGTH) return unread(finding('too-short'));
  if (head.length < MAGIC_LENGTH) return unread(finding('too-few-bytes'));
  if (format.kind === 'unknown') return describeUnknown(format);
  const { magic, version } = format;
  const trailer = trailerLength(version);
  if (size < MAGIC_LENGTH + trailer) return { magic, version, ...unread(finding('too-short')) };
  const aux = readAuxFields({ bytes: head, limit: size - trailer }, MAGIC_LENGTH);
  return {
    magic,
    version,
    ...describeAux(aux, magic),
    ...(aux.finding ?? judgeAux(aux, head, size, trailer)),
  };
}

/**
 * Judges the last bytes of an object: the end mark and the checksum behind it. Never throws.
 *
 * @param size of the whole object as listed, in bytes
 * @param version of RDB, as the head has it: before 5 there is no checksum. @default the latest
 */
export function readTail(tail: Uint8Array, size: number, version: number = FIRST_VERSION_WITH_CHECKSUM): TailReport {
  const misfit = judgeSize(tail, size);
  if (misfit !== undefined) return misfit;
  const trailer = trailerLength(version);
  if (size < MAGIC_LENGTH + trailer) return finding('too-short');
  if (tail.length < trailer) return finding('too-few-bytes');
  const [mark, ...stored] = tail.subarray(tail.length - trailer);
  if (mark !== END) return finding('no-end', size - trailer);
  if (stored.every((byte) => byte === 0)) return finding('no-checksum');
  return { ...finding('content-not-read'), checksum: hex(stored.reverse()) };
}

const END = 0xff;

/** Nothing is known behind the magic. */
function unread(found: Finding): HeadReport {
  return { aux: {}, complete: false, ...found };
}

function describeUnknown({ magic, version, finding }: Format & { kind: 'unknown' }): HeadReport {
  return {
    ...(magic !== undefined && { magic }),
    ...(version !== undefined && { version }),
    ...unread(finding),
  };
}

/** The end mark and what follows it. */
function trailerLength(version: number): number {
  return version < FIRST_VERSION_WITH_CHECKSUM ? 1 : TAIL_LENGTH;
}

function judgeSize(part: Uint8Array, size: number): Finding | undefined {
  if (part.length > size) return finding('size-mismatch', size);
  return size === 0 ? finding('empty', 0) : undefined;
}

function judgeAux({ fields, end }: AuxFields, head: Uint8Array, size: number, trailer: number): Finding {
  // Without a key the end comes so early that it can be seen from here.
  const hasMore = head[end] === END && end + trailer < size && size < Infinity;
  return hasMore && formatOf(fields) !== AOF_PREAMBLE
    ? finding('trailing-bytes', end + trailer)
    : finding('content-not-read');
}

/** The format of an RDB part of an append-only file that may have commands behind it. */
export const AOF_PREAMBLE = 'aof-preamble';

/** Redis 7 and Valkey note `aof-base`, older versions `aof-preamble`: 0 in a file of its own, if they note it. */
function formatOf(fields: AuxFields['fields']): string | undefined {
  return ['aof-base', AOF_PREAMBLE].find((name) => fields.get(name) === '1');
}

function describeAux({ fields, end, isComplete }: AuxFields, magic: RdbMagic): Omit<HeadReport, keyof Finding> {
  const format = formatOf(fields);
  return {
    ...describeNotes(fields, magic),
    ...(format !== undefined && { format }),
    aux: Object.fromEntries(fields),
    complete: isComplete,
    ...(isComplete ? { bodyOffset: end } : {}),
  };
}

/** Which engine wrote a file and when, by what it noted. */
export function describeNotes(
  fields: ReadonlyMap<string, string>,
  magic: RdbMagic | undefined
): Pick<HeadReport, 'engine' | 'engineVersion' | 'createdAt'> {
  const [valkey, redis] = [fields.get('valkey-ver'), fields.get('redis-ver')];
  const engine = valkey !== undefined || magic === 'VALKEY' ? 'valkey' : redis === undefined ? undefined : 'redis';
  const engineVersion = valkey ?? redis;
  const createdAt = isoTime(fields.get('ctime'));
  return {
    ...(engine === undefined ? {} : { engine }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}

/** Undefined for what is no time, or none that a date can hold. */
function isoTime(seconds: string | undefined): string | undefined {
  if (seconds === undefined || !/^\d{1,12}$/.test(seconds)) return undefined;
  return new Date(Number(seconds) * 1_000).toISOString();
}

/** Two digits for each byte. */
export function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
