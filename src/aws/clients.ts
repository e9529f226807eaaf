import { MemoryDBClient, type MemoryDBClientConfig } from '@aws-sdk/client-memorydb';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** A ready client, which stays the caller's to close, or the configuration of one. */
export type MemoryDBOption = MemoryDBClient | MemoryDBClientConfig;

/** A ready client, which stays the caller's to close, or the configuration of one. */
export type S3Option = S3Client | S3ClientConfig;

/** How we talk to S3. */
export interface S3Access {
  readonly s3: S3Client;
  /** Closes the connections, if we made the client. */
  close(): void;
}

/** The two ways we talk to MemoryDB. */
export interface MemoryDBClients {
  /** For calls that may be repeated. */
  readonly reads: MemoryDBClient;
  /** For CopySnapshot: never repeated by the SDK, because an ambiguous send is ours to reconcile. */
  readonly sends: MemoryDBClient;
  /** Closes the connections, if we made the client. */
  close(): void;
}

/**
 * Milliseconds; an attempt of an activity, a minute at most, has room for a few calls. What fails is tried again by
 * Temporal: retries of the SDK's on top would only hide it.
 */
const DEFAULTS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

/** Makes the clients. Connections are kept alive, and opened on first use. */
export function openMemoryDB(option: MemoryDBOption = {}): MemoryDBClients {
  const theirs = option instanceof MemoryDBClient;
  const reads = theirs ? option : new MemoryDBClient({ ...DEFAULTS, ...option });
  return { reads, sends: withoutRetries(reads), close: () => (theirs ? undefined : reads.destroy()) };
}

/** Connections beside those of the reads in flight: looks at buckets, manifests, heads of objects. */
const SPARE_SOCKETS = 32;

/**
 * Makes the client of S3. An endpoint of one's own is addressed by path: it has no names for its buckets.
 *
 * @param reads how many there may be in flight; the AWS SDK alone would let 50 connections be opened
 */
export function openS3(option: S3Option = {}, reads = 0): S3Access {
  if (option instanceof S3Client) return { s3: option, close: () => undefined };
  const agent = { maxSockets: Math.max(50, reads + SPARE_SOCKETS) };
  const s3 = new S3Client({
    ...DEFAULTS,
    requestHandler: { ...DEFAULTS.requestHandler, httpAgent: agent, httpsAgent: agent },
    // A checksum of the whole object on the answer to a range would be compared with the range.
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(option.endpoint !== undefined && { forcePathStyle: true }),
    ...option,
  });
  return { s3, close: () => s3.destroy() };
}

/**
 * The same client, its connections and middleware included, less the SDK's retries. `maxAttempts: 1` would be the
 * plain way, but a ready client cannot be configured again. The middleware's name stays, because others are placed
 * relative to it.
 */
function withoutRetries(client: MemoryDBClient): MemoryDBClient {
  const name = 'retryMiddleware';
  const stack = client.middlewareStack.clone();
  if (!stack.remove(name)) throw new Error(`@aws-sdk/client-memorydb has no ${name}: this version is not supported`);
  stack.add((next) => next, { name, step: 'finalizeRequest', tags: ['RETRY'] });
  return Object.create(client, { middlewareStack: { value: stack } }) as MemoryDBClient;
}
