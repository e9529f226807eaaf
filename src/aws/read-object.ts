import { GetObjectCommand } from '@aws-sdk/client-s3';
import { at, withSignal, type Bucket } from './bucket';
import { BAD_RANGE } from './s3-faults';

class BadRange extends Error {
  override readonly name = BAD_RANGE;
}

/** Some bytes of an object, and what S3 tells of it. */
export interface RangeOfObject {
  readonly bytes: Uint8Array;
  readonly versionId?: string;
  readonly encryption?: string;
}

/**
 * Bytes `from` to `to` (not included) of an object, if it is still the one that was seen. The SDK accepts a whole
 * answer to a range, and a cut body, in silence: both are checked here.
 *
 * @throws BadRange, or what S3 answers: 412 when the object was replaced
 */
export async function readRange(
  bucket: Bucket,
  object: { readonly key: string; readonly etag: string; readonly size: number },
  from: number,
  to: number,
  signal?: AbortSignal
): Promise<RangeOfObject> {
  const answer = await bucket.s3.send(
    new GetObjectCommand({ ...at(bucket), Key: object.key, IfMatch: object.etag, Range: `bytes=${from}-${to - 1}` }),
    withSignal(signal)
  );
  const expected = `bytes ${from}-${to - 1}/${object.size}`;
  if (answer.$metadata.httpStatusCode !== 206 || answer.ContentRange !== expected) {
    throw new BadRange(
      `${object.key}: asked for ${expected}, got ${answer.$metadata.httpStatusCode ?? 'no status'} ${answer.ContentRange ?? 'without a range'}`
    );
  }
  const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  if (bytes.length !== to - from) {
    throw new BadRange(`${object.key}: ${expected} ended after ${bytes.length} bytes`);
  }
  return {
    bytes,
    ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
    ...(answer.ServerSideEncryption !== undefined && { encryption: answer.ServerSideEncryption }),
  };
}
