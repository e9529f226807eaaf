import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ManifestEncryption } from '../contract/manifest-encryption';
import { BadAnswer, readBodyFault } from './common-faults';
import { classifyS3Fault } from './s3-faults';

/** A bucket, and the account that must own it: the calls say so, and S3 refuses where it does not. */
export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
  /** Undefined = not known yet: then nobody checks. */
  readonly owner: string | undefined;
  /** How manifests are encrypted. @default as the bucket does it by itself */
  readonly manifestEncryption?: ManifestEncryption;
}

/** The bucket's region. @throws what S3 answers: 301 where it is in another region, 403, 404 */
export async function readBucketRegion(bucket: Bucket, signal?: AbortSignal): Promise<string | undefined> {
  const { BucketRegion: region } = await bucket.s3.send(new HeadBucketCommand(at(bucket)), withSignal(signal));
  return region;
}

/** The text of a small object and its ETag; undefined when there is none. @throws BadAnswer, or what S3 answers */
export async function readText(
  bucket: Bucket,
  key: string,
  signal?: AbortSignal
): Promise<{ readonly text: string; readonly etag: string } | undefined> {
  const found = await open(bucket, key, signal);
  if (found === undefined) return undefined;
  const { Body: body, ETag: etag = '' } = found;
  try {
    return { text: (await body?.transformToString()) ?? '', etag };
  } catch (err) {
    throw readBodyFault(key, err);
  }
}

async function open(bucket: Bucket, key: string, signal?: AbortSignal): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await bucket.s3.send(new GetObjectCommand({ ...at(bucket), Key: key }), withSignal(signal));
  } catch (err) {
    const { meaning, name, message } = classifyS3Fault(err);
    if (meaning !== 'missing') throw err;
    // To GET, S3 names every error: a 404 alone is of something else.
    if (name === 'Http404') throw new BadAnswer(`${key}: ${message}`, { cause: err });
    return undefined;
  }
}

/** What a conditional write needs: that nothing is there yet, or that it is still what was read. */
export type WriteCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/** Writes a small JSON object, if the condition holds; the new ETag. @throws 412 where it does not hold */
export async function writeJson(bucket: Bucket, key: string, text: string, condition: WriteCondition): Promise<string> {
  const { ETag: etag } = await bucket.s3.send(
    new PutObjectCommand({
      ...at(bucket),
      Key: key,
      Body: text,
      ContentType: 'application/json',
      ...encryptionOf(bucket),
      ...condition,
    })
  );
  return etag ?? '';
}

function encryptionOf({
  manifestEncryption,
}: Bucket): Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  if (manifestEncryption === undefined) return {};
  const { algorithm, kmsKeyId } = manifestEncryption;
  return { ServerSideEncryption: algorithm, ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }) };
}

/** Deletes an object if it is still the one that was seen; a versioned bucket puts a delete marker on it. */
export async function deleteObject(bucket: Bucket, key: string, etag: string): Promise<'deleted' | 'delete marker'> {
  const { DeleteMarker: marker } = await bucket.s3.send(
    new DeleteObjectCommand({ ...at(bucket), Key: key, IfMatch: etag })
  );
  return marker === true ? 'delete marker' : 'deleted';
}

/** The part of every call that names the bucket. */
export function at({ name, owner }: Bucket): { Bucket: string; ExpectedBucketOwner?: string } {
  return { Bucket: name, ...(owner !== undefined && { ExpectedBucketOwner: owner }) };
}

/** Options of a call that a cancel may end. */
export function withSignal(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
