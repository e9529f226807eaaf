/** How well an exported object is looked at: that it is there, or that its head and tail are those of a whole RDB file. */
export type VerifyLevel = 'presence' | 'header';

/** What a look at an exported object found. `corrupt` fails the job, so that no result holds it. */
export type ObjectVerdict = 'unproven' | 'unsupported' | 'corrupt';

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

/** The ETags of objects that were seen, by shard: where one differs, somebody else wrote there since. */
export type EtagsByShard = Readonly<Record<string, string>>;

/** All objects of an export are there; or none came, and the request may be sent once more. */
export type SeenExport =
  { readonly kind: 'export seen'; readonly objects: readonly SeenObject[] } | { readonly kind: 'again' };

/** What `verifyObject` is told of an object: short, because there may be 500 of them in a history. */
export interface ObjectCheck extends Pick<SeenObject, 'key' | 'size' | 'etag'> {
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
  /** The CRC-64 that the file ends with, 16 hexadecimal digits; not compared with the content at level `header`. */
  readonly checksum?: string;
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
