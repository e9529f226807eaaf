import type { FileOrigin } from './header';
import type { SlotRange } from './slot-ranges';
import type { Finding, Reason, Verdict, VerifyLevel } from './verdict';

/** The levels at which every byte is read. */
export type ContentLevel = Exclude<VerifyLevel, 'presence' | 'header'>;

/** What to look for in a file. */
export interface ScanOptions {
  readonly level: ContentLevel;
  /** Of the whole file, in bytes, where it is known: lengths that reach beyond it are found at once. */
  readonly size?: number;
  /** The slots of the shard: keys of other slots are strays. @default any */
  readonly slots?: readonly SlotRange[];
  /** Counts that differ from what the file says of itself are corrupt, not a warning. @default false */
  readonly strict?: boolean;
  /** Computes S3's own checksum (CRC-64/NVME over every byte) in the same pass. @default false */
  readonly s3Checksum?: boolean;
}

/** What kind of value a key holds, in the words of the command TYPE. */
export type ValueType = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream' | 'module';

/** What one logical database holds. */
export interface DatabaseCounts {
  readonly db: number;
  readonly keys: number;
  /** Keys with an expiry. */
  readonly expires: number;
  readonly types: Readonly<Partial<Record<ValueType, number>>>;
}

/** Something odd that proves nothing: the file says another number of itself than was found. */
export interface CountWarning {
  readonly kind: 'keys' | 'expires';
  /** Of a database (`RESIZEDB`) or of a slot (`slot-info`). */
  readonly of: { readonly db: number } | { readonly slot: number };
  readonly expected: number;
  readonly found: number;
}

/** What was found out about a whole file. Plain data, without a byte of its keys and values. */
export interface RdbReport extends FileOrigin {
  readonly verdict: Verdict;
  /** Absent where the verdict is `verified`. */
  readonly reason?: Reason;
  /** The byte of the file that the reason is about. */
  readonly offset?: number;
  readonly level: ContentLevel;
  /** Read in all. */
  readonly bytes: number;
  /**
   * CRC-64/Jones as stored, 16 hexadecimal digits; absent where the writer made none. Of a version that is not known: there
   * where it is that of the bytes.
   */
  readonly checksum?: string;
  /** The same, computed over every byte before the stored one. */
  readonly computedChecksum?: string;
  /** CRC-64/NVME of every byte, where asked for: 16 hexadecimal digits. S3 shows the same eight bytes in base64. */
  readonly s3Checksum?: string;
  /** Level `structure` and above: the first 256. Of a scan that was resumed they may be fewer, see {@link ScanState}. */
  readonly databases: readonly DatabaseCounts[];
  /** All further ones together; absent where there are none. */
  readonly otherDatabases?: Omit<DatabaseCounts, 'db'>;
  /** The lowest and the highest slot of a key; absent without keys and below level `structure`. */
  readonly slots?: SlotRange;
  /** How many keys are of slots that are not the shard's and that it does not import; absent where there are none. */
  readonly strayKeys?: number;
  /** Ranges that hold the slots of all of those keys: four at most, so that of many slots they hold others too. */
  readonly straySlots?: readonly SlotRange[];
  /** Slots that the shard was importing, as Valkey 9 notes it; absent where there are none. Four ranges at most. */
  readonly importedSlots?: readonly SlotRange[];
  /** The first few. */
  readonly warnings: readonly CountWarning[];
}

/**
 * Where a scan stands: another process goes on from byte `offset`. As JSON it never has more than 870 bytes. Where the file
 * tells more than fits, details give way that decide no verdict: first databases are counted together with others, then
 * auxiliary fields are left out, then warnings.
 */
export interface ScanState {
  /** Of this layout; another one is not resumed. */
  readonly v: number;
  readonly offset: number;
  readonly [field: string]: unknown;
}

/** One pass over the bytes of a file, in chunks of any size. Nothing throws, whatever the bytes. */
export interface RdbScan {
  /** How many bytes were taken in so far, from the beginning of the file. */
  readonly received: number;
  /** What is known to be wrong already; the rest is read for the checksum. */
  readonly finding: Finding | undefined;
  /** Takes the next bytes in; they may be overwritten afterwards. */
  push(chunk: Uint8Array): void;
  /** Room for the next bytes, to be read into without a copy; {@link commit} says how many there are. Never empty. */
  space(): Uint8Array;
  commit(length: number): void;
  /** Where another scan can go on: feed it the bytes from `offset` on, some of which this one may have taken in. */
  state(): ScanState;
  /** No more bytes. */
  end(): RdbReport;
}
