import { listObjects, readText, type Bucket } from '../../aws/bucket';
import { openS3, type S3Access } from '../../aws/clients';
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

/** Makes the client; connections are opened on first use. */
export function openBuckets(flags: S3Flags): Buckets {
  const access = openClient(flags);
  return {
    open: (name) => openBucket({ s3: access.s3, name, owner: flags.expectedBucketOwner }),
    close: () => access.close(),
  };
}

function openClient({ region, endpointUrl }: S3Flags): S3Access {
  return openS3({
    // Nobody runs the command again by itself.
    maxAttempts: 3,
    followRegionRedirects: true,
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
  });
}

function openBucket(bucket: Bucket): Place {
  const nameOf = (key: string) => `s3://${bucket.name}/${key}`;
  const explained = async <T>(name: string, call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw explainS3Error(name, error);
    }
  };
  return {
    nameOf,
    list: (prefix) => explained(`s3://${bucket.name}`, listObjects(bucket, prefix)),
    readText: async (key) => (await explained(nameOf(key), readText(bucket, key)))?.text,
    open: (object) => ({
      name: nameOf(object.key),
      size: object.size,
      read: (check, tick) => explained(nameOf(object.key), readObject(bucket, object, check, tick)),
    }),
  };
}

async function readObject(bucket: Bucket, listed: ListedObject, check: Check, tick: Tick): Promise<Reading> {
  const object = { ...listed, etag: listed.etag ?? '' };
  const { level, ...options } = check;
  if (level === 'header') return readEnds(bucket, object);
  const { report, s3Checksum } = await scanObject(bucket, object, {
    ...options,
    level,
    onProgress: ({ received }) => tick(received),
  });
  return { ...report, ...(s3Checksum !== undefined && { checksumOfS3: s3Checksum }) };
}

async function readEnds(bucket: Bucket, object: Required<ListedObject>): Promise<Reading> {
  const { size } = object;
  const read = async (from: number, to: number) =>
    from === to ? new Uint8Array() : (await readRange(bucket, object, from, to)).bytes;
  const head = await read(0, Math.min(HEAD_LENGTH, size));
  return readHeader(head, size <= HEAD_LENGTH ? head : await read(size - TAIL_LENGTH, size), size);
}
