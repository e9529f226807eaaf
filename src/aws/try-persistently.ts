import { setTimeout as pause } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { classifyS3Fault, type S3Fault } from './s3-faults';

/** How long trouble is borne with, and what ends that. */
export interface Persistence {
  /** Ends it at once, with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** A try that brings nothing for so long has failed. In milliseconds. @default 15 s */
  readonly stallMs?: number;
  /** The pause after a first failure, in milliseconds; each one in a row doubles it. @default 200 */
  readonly firstPauseMs?: number;
}

/** One try, to be ended by the signal; it tells of every sign of life. */
export type Try<T> = (signal: AbortSignal, noteProgress: () => void) => Promise<T>;

/** How many failures in a row, without progress in between, end it. */
const FAILURES = 5;

/**
 * Bears with trouble on the way for a few seconds. These are tries of one part of an attempt, which may go on where the
 * part was broken off, so that nothing is read twice. What outlasts them is thrown: to run the whole again, from its
 * last heartbeat and hours later if need be, is Temporal's.
 *
 * @throws the last failure, or the first that another try cannot help; the reason of the signal
 */
export async function tryPersistently<T>(s3: S3Client, persistence: Persistence, oneTry: Try<T>): Promise<T> {
  const { signal, stallMs = 15_000, firstPauseMs = 200 } = persistence;
  for (let failures = 0; ;) {
    try {
      return await whileAlive(stallMs, signal, (attempt, noteLife) =>
        oneTry(attempt, () => {
          noteLife();
          failures = 0;
        })
      );
    } catch (err) {
      failures += 1;
      const remedy = remedyFor(classifyS3Fault(err));
      if (failures >= FAILURES || remedy === 'none' || signal?.aborted) throw err;
      await pause(firstPauseMs * 2 ** (failures - 1), undefined, signal && { signal }).catch(() => undefined);
      signal?.throwIfAborted();
      if (remedy === 'new signature') await renewCredentials(s3);
    }
  }
}

/** A connection that nobody closed. Named as the SDK names its own. */
class Stalled extends Error {
  override readonly name = 'TimeoutError';
}

async function whileAlive<T>(stallMs: number, signal: AbortSignal | undefined, work: Try<T>): Promise<T> {
  signal?.throwIfAborted();
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  const stall = setTimeout(() => attempt.abort(new Stalled(`nothing came from S3 for ${stallMs} ms`)), stallMs);
  try {
    return await work(attempt.signal, () => stall.refresh());
  } catch (err) {
    attempt.signal.throwIfAborted(); // why it was ended says more than what became of it
    throw err;
  } finally {
    clearTimeout(stall);
    signal?.removeEventListener('abort', stop);
  }
}

/** Refusals of credentials that are out of date. */
const OUT_OF_DATE: readonly string[] = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'];

function remedyFor({ name, meaning }: S3Fault): 'another try' | 'new signature' | 'none' {
  if (meaning === 'trouble') return 'another try';
  // The SDK has set its clock by the answer. HEAD tells no name: 400 says there that the token has expired.
  const isOutOfDate = meaning === 'clock' || OUT_OF_DATE.includes(name) || (meaning === 'access' && name === 'Http400');
  return isOutOfDate ? 'new signature' : 'none';
}

/** The SDK keeps credentials until they say that they expire, and some never do. What goes wrong here, the next try tells. */
async function renewCredentials(s3: S3Client): Promise<void> {
  await s3.config.credentials({ forceRefresh: true }).catch(() => undefined);
}
