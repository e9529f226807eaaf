import type { RdbReport } from '../../rdb/report';
import type { SlotRange } from '../../rdb/slot-ranges';
import type { VerifyLevel } from '../../rdb/verdict';

/** How far the command reads: at `presence` there would be nothing to read. */
export type Level = Exclude<VerifyLevel, 'presence'>;

/** What to look for in an object. */
export interface Check {
  readonly level: Level;
  /** The only slots that its keys may have. */
  readonly slots?: readonly SlotRange[];
  /** Counts that differ are corrupt. */
  readonly strict: boolean;
}

/** What was found out about an object, at any level. */
export interface Reading extends Omit<RdbReport, 'level'> {
  readonly level: Level;
  /** What S3's own checksum of the whole object says, where there is one. */
  readonly checksumOfS3?: 'matches' | 'differs';
}

/** Is told how many bytes of an object were read so far. */
export type Tick = (received: number) => void;

/** Something to verify: a file, an object of S3, what a pipe brings. */
export interface Source {
  /** As it is reported. */
  readonly name: string;
  /** Bytes; undefined where only the end tells. */
  readonly size: number | undefined;
  /** Reads it at the level. @throws AccessError, or what the place itself throws */
  read(check: Check, tick: Tick): Promise<Reading>;
}

/** An object as a place lists it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** Absent in a folder. */
  readonly etag?: string;
}

/** Where the objects of an export lie: a bucket, or a folder of downloaded files. */
export interface Place {
  readonly kind: 'bucket' | 'folder';
  /** A key as it is reported. */
  nameOf(key: string): string;
  list(prefix: string): Promise<readonly ListedObject[]>;
  /** The text of a small object; undefined where there is none. */
  readText(key: string): Promise<string | undefined>;
  open(object: ListedObject): Source;
}

/** Something cannot be read, for a reason that the caller can mend; the message says which. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}
