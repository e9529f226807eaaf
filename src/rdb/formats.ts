import { finding, type Finding } from './verdict';

/** Which family of numbers the opcodes and types of a file belong to: the same ones mean different things. */
export type RdbMagic = 'REDIS' | 'VALKEY';

/** The magic and the version, a byte each and nine in all. */
export const MAGIC_LENGTH = 9;

/** From this version on, eight bytes of checksum follow the end mark. */
export const FIRST_VERSION_WITH_CHECKSUM = 5;

/** What the first bytes say: RDB of a version that can be read; another format; or nothing that is known. */
export type Format =
  | { readonly kind: 'rdb'; readonly magic: RdbMagic; readonly version: number }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unknown'; readonly magic?: RdbMagic; readonly version?: number; readonly finding: Finding };

/**
 * The versions that are known here. Valkey 7.2-8 writes REDIS 11, Valkey 9 VALKEY 80. No engine is known to write VALKEY
 * before 80, or REDIS after 79 (valkey `src/rdb.h`), and somebody may: no version is wrong.
 */
const RDB_VERSIONS = [
  { magic: 'REDIS', digits: /^REDIS(\d{4})$/, known: [1, 12] },
  { magic: 'VALKEY', digits: /^VALKEY(\d{3})$/, known: [80, 80] },
] as const;

/** A name and a version, as all files of this family begin. */
const SOME_MAGIC = /^[a-z]{3,16}\d{3}/i;

/** What else may lie where an RDB file is expected, told apart by its first bytes. */
const OTHER_FORMATS: readonly (readonly [format: string, start: RegExp])[] = [
  ['valkey-compressed-stream', /^VKCS/],
  ['replication-stream', /^(\$EOF:|\$\d+\r\n|\+(FULLRESYNC|CONTINUE|PONG|OK)\b)/],
  ['append-only-file', /^(\*\d+\r\n|#TS:|file .+ seq \d)/],
  ['resp-error', /^-(ERR|NOAUTH|LOADING|NOPERM|MISCONF)\b/],
  ['gzip', /^\x1f\x8b/],
  ['zip', /^PK(\x03\x04|\x05\x06)/],
  ['zstd', /^\x28\xb5\x2f\xfd/],
  ['lz4', /^\x04\x22\x4d\x18/],
  ['xz', /^\xfd7zXZ\0/],
  ['bzip2', /^BZh[1-9]/],
  ['snappy', /^\xff\x06\0\0sNaPpY/],
  ['7z', /^7z\xbc\xaf\x27\x1c/],
  ['tar', /^[^]{257}ustar/],
  ['age', /^age-encryption\.org\//],
  ['pdf', /^%PDF-/],
  ['parquet', /^PAR1/],
  ['sqlite', /^SQLite format 3\0/],
  ['xml', /^(\xef\xbb\xbf)?\s*<(\?xml|error|!doctype|html)\b/i],
  ['json', /^(\xef\xbb\xbf)?\s*(\{\s*["}]|\[\s*[[{"\]])/],
];

/** As many bytes as the longest of {@link OTHER_FORMATS} looks at. */
const START_LENGTH = 262;

/** Tells by the first bytes what a file is. */
export function recogniseFormat(head: Uint8Array): Format {
  const start = latin1(head.subarray(0, START_LENGTH));
  const family = RDB_VERSIONS.find(({ magic }) => start.startsWith(magic));
  if (family !== undefined) return readVersion(start, family);
  const other = OTHER_FORMATS.find(([, pattern]) => pattern.test(start));
  if (other !== undefined) return { kind: 'other', name: other[0] };
  return { kind: 'unknown', finding: finding(SOME_MAGIC.test(start) ? 'unknown-magic' : 'not-rdb', 0) };
}

function readVersion(start: string, { magic, digits, known }: (typeof RDB_VERSIONS)[number]): Format {
  const text = digits.exec(start.slice(0, MAGIC_LENGTH))?.[1];
  const unknown = { kind: 'unknown', magic, finding: finding('unknown-version', magic.length) } as const;
  if (text === undefined) return unknown;
  const version = Number(text);
  return isWithin(known, version) ? { kind: 'rdb', magic, version } : { ...unknown, version };
}

function isWithin([least, most]: readonly [number, number], version: number): boolean {
  return least <= version && version <= most;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
