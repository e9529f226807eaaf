import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { at, withSignal, type Bucket } from './bucket';
import { BAD_RANGE } from './s3-faults';

/** An object as it was seen: every read demands that it still is that one. */
export interface PinnedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** An answer to a range that is not what was asked for: cut, whole, or of other bytes. */
export class BadRange extends Error {
  override readonly name = BAD_RANGE;
}

/** Some bytes of an object, and what S3 tells of it. */
export interface RangeOfObject extends ObjectFacts {
  readonly bytes: Uint8Array;
}

/** The same, of which the bytes are still to come. Whoever does not read the body to its end destroys it. */
export interface OpenRange extends ObjectFacts {
  readonly body: Readable;
}

interface ObjectFacts {
  readonly versionId?: string;
  readonly encryption?: string;
}

/**
 * Bytes `from` to `to` (not included) of an object, if it is still the one that was seen.
 *
 * @throws BadRange, or what S3 answers: 412 when the object was replaced
 */
export async function readRange(
  bucket: Bucket,
  object: PinnedObject,
  from: number,
  to: number,
  signal?: AbortSignal
): Promise<RangeOfObject> {
  const { body, ...facts } = await openRange(bucket, object, from, to, signal);
  const bytes = await buffer(body);
  if (bytes.length !== to - from) throw misfit(object, from, to, bytes.length);
  return { bytes, ...facts };
}

/**
 * The same, as a stream. The SDK accepts a whole answer to a range in silence: that is checked here, and how many bytes
 * come is for the reader to count.
 *
 * @throws BadRange, or what S3 answers: 412 when the object was replaced
 */
export async function openRange(
  bucket: Bucket,
  object: PinnedObject,
  from: number,
  to: number,
  signal?: AbortSignal
): Promise<OpenRange> {
  const answer = await bucket.s3.send(
    new GetObjectCommand({ ...at(bucket), Key: object.key, IfMatch: object.etag, Range: `bytes=${from}-${to - 1}` }),
    withSignal(signal)
  );
  const { Body: body, $metadata: meta } = answer;
  if (!(body instanceof Readable))
    throw new TypeError('the S3 client gives no Node.js stream: use its NodeHttpHandler');
  const expected = contentRange(object, from, to);
  if (meta.httpStatusCode !== 206 || answer.ContentRange !== expected) {
    body.destroy();
    const got = `${meta.httpStatusCode ?? 'no status'} ${answer.ContentRange ?? 'without a range'}`;
    throw new BadRange(`${object.key}: asked for ${expected}, got ${got}`);
  }
  return {
    body,
    ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
    ...(answer.ServerSideEncryption !== undefined && { encryption: answer.ServerSideEncryption }),
  };
}

/** What is wrong with a range of which fewer bytes came, or more. */
export function misfit(object: PinnedObject, from: number, to: number, length: number): BadRange {
  return new BadRange(`${object.key}: ${contentRange(object, from, to)} was promised, and ${length} bytes came`);
}

function contentRange({ size }: PinnedObject, from: number, to: number): string {
  return `bytes ${from}-${to - 1}/${size}`;
}
