import type { Verdict, VerifyLevel } from '../rdb/verdict';

/** How far exported objects are read where the input does not say. */
export const DEFAULT_LEVEL: VerifyLevel = 'structure';

/**
 * The levels, and whether they read every byte: that an object is there; its head and tail; its checksum; every key and
 * where each value begins; the inside of every value. Each does what those before it do.
 */
export const READS_CONTENT: Readonly<Record<VerifyLevel, boolean>> = {
  presence: false,
  header: false,
  checksum: true,
  structure: true,
  deep: true,
};

/** What a look at an exported object found. `corrupt` fails the job, so that no result holds it. */
export type ObjectVerdict = Verdict;

export type { VerifyLevel };

/** An object that an export is going to write: its key is made of the target and the shard. */
export interface PlannedObject {
  /** The shard's name. */
  readonly shard: string;
  /** As MemoryDB lists them, `0-5460,7000`; absent where it lists none that can be read. */
  readonly slots?: string;
}

/** An expected object that is there, as a listing tells it. */
export interface SeenObject {
  /** As it is in the bucket: of the target in lower case, if MemoryDB wrote it so. */
  readonly key: string;
  /** The shard's name. */
  readonly shard: string;
  /** Bytes. */
  readonly size: number;
  /** As S3 quotes it; of a multipart upload it is no MD5. */
  readonly etag: string;
}

/** The same, as a history holds it 500 times: the key is left out where it is the expected one. */
export interface BriefObject extends Omit<SeenObject, 'key'> {
  readonly key?: string;
}

/** The ETags of objects that were seen, by shard: where one differs, somebody else wrote there since. */
export type EtagsByShard = Readonly<Record<string, string>>;

/** All objects of an export are there; or none came, and the request may be sent once more. */
export type SeenExport =
  { readonly kind: 'export seen'; readonly objects: readonly BriefObject[] } | { readonly kind: 'again' };

/** What `verifyObject` is told of an object: short, because there may be 500 of them in a history. */
export interface ObjectCheck extends Pick<SeenObject, 'key' | 'size' | 'etag'>, Pick<PlannedObject, 'slots'> {
  readonly bucket: string;
  /** The account that must own the bucket. */
  readonly bucketOwner: string;
  readonly level: VerifyLevel;
}

/** What `verifyObject` found out about an object: short, and nothing that it was told. */
export interface ObjectFacts {
  readonly verdict: ObjectVerdict;
  /** Why the verdict is not better: a reason of `REASONS`. Absent where nothing is amiss and the level reads no more. */
  readonly reason?: string;
  /** The byte of the object that the reason is about. */
  readonly offset?: number;
  /** Of a versioned bucket. */
  readonly versionId?: string;
  /** Server-side encryption: `AES256` or `aws:kms`. */
  readonly encryption?: string;
  /**
   * The CRC-64 that the file ends with, 16 hexadecimal digits. At level `header` it is not compared with the content;
   * at the levels above, `verified` says that it is that of the content.
   */
  readonly checksum?: string;
  /** Level `checksum` and above: the bytes are those of which S3 keeps a CRC-64/NVME. Absent where S3 keeps none. */
  readonly s3Checksum?: 'matches';
  /** Level `structure` and above, as all that follow: how many keys there are. */
  readonly keys?: number;
  /** Keys with an expiry. */
  readonly expires?: number;
  /** Keys by the type of their value, in the words of the command TYPE. */
  readonly types?: Readonly<Record<string, number>>;
  /** The lowest and the highest slot of a key, `17-5460`. */
  readonly slotsSeen?: string;
  /** How many keys are of slots that are not the shard's; absent where there are none. */
  readonly strayKeys?: number;
  /** Their slots, `5461,5470-5480`: four ranges at most, so that of many slots they hold others too. */
  readonly straySlots?: string;
  /** What the file says of itself and does not hold, in words; it proves nothing. The first few. */
  readonly warnings?: readonly string[];
}

/** What `concludeExport` is told of an object: what the bucket does not tell again. */
export interface JudgedObject extends ObjectFacts, Pick<SeenObject, 'shard' | 'etag'> {}

/** One object of an export, as it was seen and judged. */
export interface ExportedObject extends SeenObject, ObjectFacts {
  readonly level: VerifyLevel;
}

/** The result of an export: every shard's object is there, is this job's, and has passed the check. */
export interface ExportResult {
  readonly kind: 'export';
  /** True when the export, or its manifest, was there when this run began. */
  readonly adopted: boolean;
  readonly bucket: string;
  /** Where the manifest is, in the same bucket. */
  readonly manifestKey: string;
  /** One for each shard. */
  readonly objects: readonly ExportedObject[];
}
