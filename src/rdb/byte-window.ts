import { EMPTY_CRC64, type Crc64 } from './crc64';
import { openCrcBuffer } from './crc-buffer';

/** A stretch of a file in a buffer that is used again and again, and the checksums of everything before a place in it. */
export interface ByteWindow {
  readonly bytes: Uint8Array;
  /** Where in the file the buffer begins. */
  readonly base: number;
  /** How many bytes of the buffer are of the file. */
  readonly filled: number;
  /** How many of them are done with. */
  readonly consumed: number;
  /** Room for more; never empty. */
  space(): Uint8Array;
  commit(length: number): void;
  /** Bytes before that index are done with, and may be overwritten. */
  consume(upTo: number): void;
  /** The checksums of every byte of the file before that index; none before those that are done with. */
  sums(upTo: number): Sums;
}

/** Both checksums: RDB's own and S3's. The latter is zero where it was not asked for. */
export interface Sums {
  readonly jones: Crc64;
  readonly nvme: Crc64;
}

/** Bytes. More are not faster, and fewer are slower: the checksum has a cost for each stretch. */
const CAPACITY = 2 << 20;

/** Less room than this is not worth a read. */
const WORTH_READING = CAPACITY >> 4;

/** A window at the beginning of a file, or where another one stood. */
export function openByteWindow(
  withNvme: boolean,
  base = 0,
  before: Sums = { jones: EMPTY_CRC64, nvme: EMPTY_CRC64 }
): ByteWindow {
  const buffer = openCrcBuffer(CAPACITY);
  let [filled, consumed, summed] = [0, 0, 0];
  let sums = before;
  const settle = (upTo: number) => {
    if (upTo <= summed) return;
    const jones = buffer.jones(sums.jones, summed, upTo);
    sums = { jones, nvme: withNvme ? buffer.nvme(sums.nvme, summed, upTo) : sums.nvme };
    summed = upTo;
  };
  const makeRoom = () => {
    settle(consumed);
    buffer.bytes.copyWithin(0, consumed, filled);
    base += consumed;
    filled -= consumed;
    consumed = summed = 0;
    // What waits for more bytes fills half of it: with less room it would be copied again and again.
    if (filled > buffer.bytes.length >> 1) buffer.grow(buffer.bytes.length * 2);
  };
  return {
    get bytes() {
      return buffer.bytes;
    },
    get base() {
      return base;
    },
    get filled() {
      return filled;
    },
    get consumed() {
      return consumed;
    },
    space() {
      if (buffer.bytes.length - filled < WORTH_READING) makeRoom();
      return buffer.bytes.subarray(filled);
    },
    commit(length) {
      filled += length;
    },
    consume(upTo) {
      if (upTo > consumed) consumed = upTo;
    },
    sums(upTo) {
      settle(upTo);
      return sums;
    },
  };
}
