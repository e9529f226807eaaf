import { Socket } from 'node:net';
import { HEAD_LENGTH, TAIL_LENGTH } from '../../rdb/header';
import { openScan } from '../../rdb/scan';
import { readHeader } from './header-reading';
import type { Check, Reading, Tick } from './source';

/**
 * What comes through a pipe or a socket. It is a socket to Node, and not a file: a blocked read of a file could not be
 * interrupted.
 */
export async function readPipe(fd: number, check: Check, tick: Tick): Promise<Reading> {
  const pipe = new Socket({ fd, readable: true, writable: false });
  try {
    return await readStream(pipe, check, tick);
  } finally {
    pipe.destroy();
  }
}

/** What comes until there is no more. */
export async function readStream(stream: AsyncIterable<unknown>, check: Check, tick: Tick): Promise<Reading> {
  const reader = check.level === 'header' ? keepEnds() : openScan({ ...check, level: check.level });
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) reader.push(chunk);
    tick(reader.received);
  }
  return reader.end();
}

/** Level `header`: what comes is not kept, but for its beginning and its end. */
function keepEnds(): { readonly received: number; push(chunk: Uint8Array): void; end(): Reading } {
  let [head, tail, received] = [new Uint8Array(), new Uint8Array(), 0];
  return {
    get received() {
      return received;
    },
    push(chunk) {
      if (head.length < HEAD_LENGTH) head = join(head, chunk.subarray(0, HEAD_LENGTH - head.length));
      tail = join(tail, chunk.subarray(-TAIL_LENGTH)).slice(-TAIL_LENGTH);
      received += chunk.length;
    },
    end: () => readHeader(head, tail, received),
  };
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([first, second]));
}
