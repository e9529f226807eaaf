import type { Bucket } from './bucket';
import { BadAnswer } from './common-faults';
import { listObjects } from './listing';
import { classifyS3Fault, type S3Meaning } from './s3-faults';

/** An object as it was seen: every read demands that it still is that one. */
export interface PinnedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** Answers that say that an object is no longer the one that was seen. */
const CHANGED: readonly S3Meaning[] = ['replaced', 'empty', 'missing'];

/**
 * Does a call that asks for an object as it was seen. One answer that it changed is not believed: the listing tells.
 *
 * @throws BadAnswer where the object is unchanged; what S3 answered where it is not
 */
export async function askOfObject<T>(
  bucket: Bucket,
  { key, size, etag }: Pick<PinnedObject, 'key' | 'etag'> & Partial<PinnedObject>,
  call: () => Promise<T>,
  signal?: AbortSignal
): Promise<T> {
  try {
    return await call();
  } catch (err) {
    const { meaning, name } = classifyS3Fault(err);
    if (!CHANGED.includes(meaning)) throw err;
    const listed = (await listObjects(bucket, key, signal)).find((object) => object.key === key);
    const isSame = listed?.etag === etag && (size === undefined || listed.size === size);
    if (!isSame) throw err;
    throw new BadAnswer(`${key}: S3 answers ${name}, and lists the object as it was`, { cause: err });
  }
}
