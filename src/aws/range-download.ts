import { streamRange, type RangeToRead } from './read-object';
import { tryPersistently, type Persistence } from './try-persistently';

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
  const over = readOn(range, persistence, (chunk) => {
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

/** A range is asked for again from where it stood. One that came whole and broke then is not: its bytes are given out. */
async function readOn(range: RangeToRead, persistence: Persistence, keep: (chunk: Uint8Array) => void): Promise<void> {
  let next = range.from;
  let failure: unknown;
  await tryPersistently(range.bucket.s3, persistence, async (signal, noteProgress) => {
    if (next === range.to) throw failure;
    const onChunk = (chunk: Uint8Array): void => {
      next += chunk.length;
      noteProgress();
      if (chunk.length > 0) keep(chunk);
    };
    await streamRange({ ...range, from: next }, { onChunk, signal }).catch((err: unknown) => {
      failure = err;
      throw err;
    });
  });
}
