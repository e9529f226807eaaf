import { addAbortSignal } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Bucket } from './bucket';
import { tryPersistently, type Persistence } from './try-persistently';
import { openRange, misfit, type PinnedObject } from './read-object';

/** Bytes `from` to `to` (not included) of an object. */
export interface RangeToRead {
  readonly bucket: Bucket;
  readonly object: PinnedObject;
  readonly from: number;
  readonly to: number;
}

/** A range that is being read, in memory as far as it has come. */
export interface RangeDownload {
  /**
   * The chunks that have come since the last call, as soon as there are any; none: the range is complete.
   *
   * @throws what S3 answered last, once there is no more patience; the reason of the signal, at once
   */
  take(): Promise<readonly Uint8Array[]>;
}

/** Begins to read a range; where it breaks off, it goes on from that byte. Nothing is left behind once the signal is aborted. */
export function downloadRange(
  range: RangeToRead,
  persistence: Persistence & { readonly signal: AbortSignal }
): RangeDownload {
  const { signal } = persistence;
  let chunks: Uint8Array[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  const over = readRange(range, persistence, (chunk) => {
    chunks.push(chunk);
    wake();
  }).finally(() => {
    isOver = true;
    signal.removeEventListener('abort', onAbort);
    wake();
  });
  over.catch(() => undefined); // whoever takes what is behind the last chunk is told
  return {
    async take() {
      if (chunks.length === 0 && !isOver && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      signal.throwIfAborted();
      const taken = chunks;
      chunks = [];
      if (taken.length === 0) await over;
      return taken;
    },
  };
}

async function readRange(
  { bucket, object, from, to }: RangeToRead,
  persistence: Persistence,
  keep: (chunk: Uint8Array) => void
): Promise<void> {
  let next = from;
  await tryPersistently(bucket.s3, persistence, async (signal, noteProgress) => {
    const start = next;
    const { body } = await openRange(bucket, object, start, to, signal);
    // As the socket gives them: an iterator over a stream would join what has come into copies.
    body.on('data', (chunk: Uint8Array) => {
      if (body.destroyed || chunk.length === 0) return;
      if (next + chunk.length > to) {
        body.destroy(misfit(object, start, to, next + chunk.length - start));
        return;
      }
      next += chunk.length;
      noteProgress();
      keep(chunk);
    });
    await finished(addAbortSignal(signal, body), { writable: false });
    if (next < to) throw misfit(object, start, to, next - start);
  });
}
