import { readText, type Bucket } from '../../aws/bucket';
import { openS3, type S3Access } from '../../aws/clients';
import { tryPersistently, type Persistence, type Try } from '../../aws/try-persistently';
import { listPages } from '../../aws/listing';
import type { PinnedObject } from '../../aws/pinned-object';
import { readRange } from '../../aws/read-object';
import { scanObject } from '../../aws/scan-object';
import { HEAD_LENGTH, TAIL_LENGTH } from '../../rdb/header';
import { readHeader } from './header-reading';
import { explainS3Error } from './s3-errors';
import type { Check, ListedObject, Place, Reading, Tick } from './source';

/** How S3 is found; what is absent is found as the AWS SDK finds it. */
export interface S3Flags {
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly expectedBucketOwner?: string;
}

/** Makes places of buckets, by one client. */
export interface Buckets {
  open(name: string): Place;
  close(): void;
}

/** A bucket, and how long a read of it bears with trouble. */
interface BucketToRead extends Bucket {
  readonly persistence: Persistence;
}

/** Makes the client; connections are opened on first use. */
export function openBuckets(flags: S3Flags, persistence: Persistence = {}): Buckets {
  const access = openClient(flags);
  return {
    open: (name) => openBucket({ s3: access.s3, name, owner: flags.expectedBucketOwner, persistence }),
    close: () => access.close(),
  };
}

function openClient({ region, endpointUrl }: S3Flags): S3Access {
  return openS3({
    followRegionRedirects: true,
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
  });
}

function openBucket(bucket: BucketToRead): Place {
  const nameOf = (key: string) => `s3://${bucket.name}/${key}`;
  const explained = async <T>(name: string, call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw explainS3Error(name, error);
    }
  };
  return {
    kind: 'bucket',
    nameOf,
    list: (prefix) => explained(`s3://${bucket.name}`, listObjects(bucket, prefix)),
    readText: async (key) => {
      const read = persist(bucket, (signal) => readText(bucket, key, signal));
      return (await explained(nameOf(key), read))?.text;
    },
    open: (object) => ({
      name: nameOf(object.key),
      size: object.size,
      read: (check, tick) => explained(nameOf(object.key), readObject(bucket, object, check, tick)),
    }),
  };
}

/** Nobody runs the command again by itself: every read bears with trouble, and none waits for ever. */
function persist<T>({ s3, persistence }: BucketToRead, tryToRead: Try<T>): Promise<T> {
  return tryPersistently(s3, persistence, tryToRead);
}

/** A listing that is broken off goes on behind its last key. */
async function listObjects(bucket: BucketToRead, prefix: string): Promise<readonly PinnedObject[]> {
  const objects: PinnedObject[] = [];
  await persist(bucket, async (signal, noteProgress) => {
    const after = objects.at(-1)?.key;
    for await (const page of listPages(bucket, prefix, { signal, ...(after !== undefined && { after }) })) {
      objects.push(...page);
      noteProgress();
    }
  });
  return objects;
}

async function readObject(bucket: BucketToRead, listed: ListedObject, check: Check, tick: Tick): Promise<Reading> {
  const object = { ...listed, etag: listed.etag ?? '' };
  const { level, ...options } = check;
  if (level === 'header') return readEnds(bucket, object);
  const { report, s3Checksum } = await scanObject(bucket, object, {
    ...bucket.persistence,
    ...options,
    level,
    onProgress: ({ received }) => tick(received),
  });
  return { ...report, ...(s3Checksum !== undefined && { checksumOfS3: s3Checksum }) };
}

async function readEnds(bucket: BucketToRead, object: PinnedObject): Promise<Reading> {
  const { size } = object;
  const read = async (from: number, to: number) =>
    from === to
      ? new Uint8Array()
      : (await persist(bucket, (signal) => readRange({ bucket, object, from, to }, signal))).bytes;
  const head = await read(0, Math.min(HEAD_LENGTH, size));
  return readHeader(head, size <= HEAD_LENGTH ? head : await read(size - TAIL_LENGTH, size), size);
}
