import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { classifyS3Fault, NO_LISTING } from './s3-faults';

/** A bucket, and the account that must own it: the calls say so, and S3 refuses where it does not. */
export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
  /** Undefined = not known yet: then nobody checks. */
  readonly owner: string | undefined;
}

/** An object as a listing tells it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** The bucket's region. @throws what S3 answers: 301 where it is in another region, 403, 404 */
export async function readBucketRegion(bucket: Bucket, signal?: AbortSignal): Promise<string | undefined> {
  const { BucketRegion: region } = await bucket.s3.send(new HeadBucketCommand(at(bucket)), withSignal(signal));
  return region;
}

/** What is no listing reads as an empty one: only the count of keys tells them apart. */
class NoListing extends Error {
  override readonly name = NO_LISTING;
}

/** The objects whose keys begin with `prefix`. @throws NoListing, or what S3 answers */
export async function listObjects(bucket: Bucket, prefix: string, signal?: AbortSignal): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const page of listPages(bucket, prefix, signal && { signal })) objects.push(...page);
  return objects;
}

/** Where a listing begins, and what ends it. */
export interface ListingOptions {
  /** Keys behind this one only. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** The same, a page at a time, as S3 answers. @throws NoListing, or what S3 answers */
export async function* listPages(
  bucket: Bucket,
  prefix: string,
  { after, signal }: ListingOptions = {}
): AsyncGenerator<ListedObject[], void, void> {
  const pages = paginateListObjectsV2(
    { client: bucket.s3 },
    { ...at(bucket), Prefix: prefix, ...(after !== undefined && { StartAfter: after }) },
    withSignal(signal)
  );
  for await (const { Contents: page = [], KeyCount: count } of pages) {
    signal?.throwIfAborted();
    if (count === undefined) throw new NoListing(`${bucket.name}: what came for ${prefix} is no listing`);
    yield page.flatMap(({ Key: key, Size: size = 0, ETag: etag = '' }) =>
      key === undefined ? [] : [{ key, size, etag }]
    );
  }
}

/** The text of a small object and its ETag; undefined when there is none. */
export async function readText(
  bucket: Bucket,
  key: string,
  signal?: AbortSignal
): Promise<{ readonly text: string; readonly etag: string } | undefined> {
  try {
    const { Body: body, ETag: etag } = await bucket.s3.send(
      new GetObjectCommand({ ...at(bucket), Key: key }),
      withSignal(signal)
    );
    return { text: (await body?.transformToString()) ?? '', etag: etag ?? '' };
  } catch (err) {
    if (classifyS3Fault(err).meaning === 'missing') return undefined;
    throw err;
  }
}

/** What a conditional write needs: that nothing is there yet, or that it is still what was read. */
export type WriteCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/** Writes a small JSON object, if the condition holds; the new ETag. @throws 412 where it does not hold */
export async function writeJson(bucket: Bucket, key: string, text: string, condition: WriteCondition): Promise<string> {
  const { ETag: etag } = await bucket.s3.send(
    new PutObjectCommand({ ...at(bucket), Key: key, Body: text, ContentType: 'application/json', ...condition })
  );
  return etag ?? '';
}

/** Deletes an object if it is still the one that was seen; a versioned bucket puts a delete marker on it. */
export async function deleteObject(bucket: Bucket, key: string, etag: string): Promise<'deleted' | 'delete marker'> {
  const { DeleteMarker: marker } = await bucket.s3.send(
    new DeleteObjectCommand({ ...at(bucket), Key: key, IfMatch: etag })
  );
  return marker === true ? 'delete marker' : 'deleted';
}

/** What HEAD tells of an object. */
export interface ObjectHead {
  /** Of a versioned bucket. */
  readonly versionId?: string;
  /** Server-side encryption: `AES256` or `aws:kms`. */
  readonly encryption?: string;
  /** S3's CRC-64/NVME of every byte, 16 hexadecimal digits; absent where S3 keeps none. */
  readonly checksum?: string;
}

/**
 * Asks for the head of an object; for its checksum too only where that is wanted, because of an encrypted object that
 * takes the permission to decrypt it.
 *
 * @throws 412 or 404 where it is no longer the one that was seen
 */
export async function readObjectHead(
  bucket: Bucket,
  { key, etag }: { readonly key: string; readonly etag: string },
  { withChecksum = false, signal }: { readonly withChecksum?: boolean; readonly signal?: AbortSignal } = {}
): Promise<ObjectHead> {
  const object = { Key: key, IfMatch: etag, ...(withChecksum && { ChecksumMode: 'ENABLED' as const }) };
  const head = await bucket.s3.send(new HeadObjectCommand({ ...at(bucket), ...object }), withSignal(signal));
  const checksum = head.ChecksumType === 'FULL_OBJECT' ? toHex(head.ChecksumCRC64NVME) : undefined;
  return {
    ...(head.VersionId !== undefined && { versionId: head.VersionId }),
    ...(head.ServerSideEncryption !== undefined && { encryption: head.ServerSideEncryption }),
    ...(checksum !== undefined && { checksum }),
  };
}

/** S3 writes the eight bytes in base64. */
function toHex(base64: string | undefined): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return bytes.length === 8 ? bytes.toString('hex') : undefined;
}

/** The part of every call that names the bucket. */
export function at({ name, owner }: Bucket): { Bucket: string; ExpectedBucketOwner?: string } {
  return { Bucket: name, ...(owner !== undefined && { ExpectedBucketOwner: owner }) };
}

/** Options of a call that a cancel may end. */
export function withSignal(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
