import { setMaxListeners } from 'node:events';
import type { Bucket } from './bucket';
import type { Persistence } from './try-persistently';
import { downloadRange, type RangeDownload } from './range-download';
import type { PinnedObject } from './pinned-object';

/** How an object is read in ranges. */
export interface ReadRangesOptions extends Persistence {
  /** The first byte. @default 0 */
  readonly from?: number;
  /** @default 8 MiB */
  readonly rangeBytes?: number;
  /** How many ranges are under way or in memory, the one that is given out among them. @default 3 */
  readonly inFlight?: number;
}

/**
 * The bytes of an object from `from` to its end, in order and in chunks as they come from the network: the first range
 * is given out while it arrives, those behind it wait in memory, `inFlight` x `rangeBytes` at the most. A range that
 * breaks off is read on from that byte; five failures in a row without a byte end the reading.
 *
 * @throws what S3 answered last: 412 or 404 where the object is no longer the one that was seen
 */
export async function* readRanges(
  bucket: Bucket,
  object: PinnedObject,
  options: ReadRangesOptions = {}
): AsyncGenerator<Uint8Array, void, void> {
  const { from = 0, rangeBytes = 8 << 20, inFlight = 3, signal, ...persistence } = options;
  signal?.throwIfAborted();
  const reading = new AbortController();
  setMaxListeners(0, reading.signal); // some for each range
  const stop = (): void => reading.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  const ahead: RangeDownload[] = [];
  try {
    for (let next = from; ;) {
      for (; ahead.length < inFlight && next < object.size; next += rangeBytes) {
        const range = { bucket, object, from: next, to: Math.min(next + rangeBytes, object.size) };
        ahead.push(downloadRange(range, { ...persistence, signal: reading.signal }));
      }
      const [first] = ahead;
      if (first === undefined) return;
      const chunks = await first.take();
      if (chunks.length === 0) ahead.shift();
      for (const chunk of chunks) {
        yield chunk;
        reading.signal.throwIfAborted();
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    reading.abort();
  }
}
