import type { MemoryDBClient } from '@aws-sdk/client-memorydb';
import type { S3Client } from '@aws-sdk/client-s3';
import { commonKindOf } from './common-faults';
import { readThrown } from './thrown';

/** The SDK's middleware that tries again; others are placed relative to its name. */
const RETRY = 'retryMiddleware';

/** The same client, connections and middleware included, less the SDK's retries: a ready one cannot be configured again. */
export function withoutRetries(client: MemoryDBClient): MemoryDBClient {
  const stack = client.middlewareStack.clone();
  if (!stack.remove(RETRY)) throw unsupported('@aws-sdk/client-memorydb', RETRY);
  stack.add((next) => next, { name: RETRY, step: 'finalizeRequest', tags: ['RETRY'] });
  return Object.create(client, { middlewareStack: { value: stack } }) as MemoryDBClient;
}

/**
 * The same client, with one more try for a signature whose time the service did not accept: the SDK has set its clock
 * by that answer, and without retries nobody would make use of it.
 */
export function withClockRetry<Client extends MemoryDBClient | S3Client>(client: Client): Client {
  const stack = client.middlewareStack.clone();
  stack.addRelativeTo(retryByClock, { name: 'clockMiddleware', relation: 'after', toMiddleware: RETRY });
  return Object.create(client, { middlewareStack: { value: stack } }) as Client;
}

/**
 * The same client, which compares no checksum of an answer: on the answer to a range, that of the whole object would be
 * compared with the range. The verification of the bytes is ours.
 */
export function withoutResponseChecksums(client: S3Client): S3Client {
  const required = () => Promise.resolve('WHEN_REQUIRED' as const);
  const config = { ...client.config, responseChecksumValidation: required };
  return Object.create(client, { config: { value: config } }) as S3Client;
}

/** A step of the SDK around the next one. */
type Around = <Args, Result>(next: (args: Args) => Promise<Result>) => (args: Args) => Promise<Result>;

const retryByClock: Around = (next) => async (args) => {
  try {
    return await next(args);
  } catch (err) {
    if (!isOfClock(err)) throw err;
    return next(args);
  }
};

/** HEAD names no error: there, the SDK's own note tells that the answer moved its clock by minutes. */
function isOfClock(err: unknown): boolean {
  const { name = '' } = readThrown(err);
  if (commonKindOf(name) === 'clock') return true;
  const { clockSkewCorrected } = (err as { $metadata?: { clockSkewCorrected?: unknown } } | undefined)?.$metadata ?? {};
  return clockSkewCorrected === true;
}

function unsupported(client: string, middleware: string): Error {
  return new Error(`${client} has no ${middleware}: this version is not supported`);
}
