import { createHash } from 'node:crypto';
import { crc64nvme } from './crc64';

/** The bytes of an object, which need not be anywhere until they are read. */
export interface Content {
  readonly size: number;
  /** Equal for equal bytes, and cheap. */
  readonly identity: string;
  /** The bytes from `start` up to `end`, in pieces. */
  read(start?: number, end?: number): Iterable<Buffer>;
  /** Their CRC-64/NVME. */
  checksum(): bigint;
}

/** How an object came to be, as its ETag tells. */
export type Writing = 'put' | 'multipart' | 'kms';

const pieceSize = 64 * 1024;
/** What the service is taken to upload at once: a larger file has a multipart ETag. */
const partSize = 8 * 1024 * 1024;

/** Bytes that are there already. */
export function keepBytes(bytes: Uint8Array | string): Content {
  const kept = Buffer.from(bytes); // a copy: nobody else changes it
  return createContent(kept.length, `bytes:${createHash('md5').update(kept).digest('hex')}`, function* (start, end) {
    for (let at = start; at < end; at += pieceSize) yield kept.subarray(at, Math.min(end, at + pieceSize));
  });
}

/** The beginning of some content; throws a TypeError when it is not longer than that. */
export function truncate(content: Content, length: number): Content {
  if (!Number.isInteger(length) || length < 0 || length > content.size) {
    throw new TypeError(`length: ${length} is no whole number from 0 to the object's ${content.size} bytes`);
  }
  return createContent(length, `${content.identity}:cut ${length}`, (start, end) => content.read(start, end));
}

/** Content of which the byte `at`, from the end if negative, is flipped by `xor`; throws a TypeError when there is none. */
export function corrupt(content: Content, { at, xor }: { readonly at: number; readonly xor: number }): Content {
  const target = at < 0 ? content.size + at : at;
  if (!Number.isInteger(at) || target < 0 || target >= content.size) {
    throw new TypeError(`at: ${at} is no byte of the object's ${content.size}`);
  }
  if (!Number.isInteger(xor) || xor < 1 || xor > 255) throw new TypeError(`xor: ${xor} is no number from 1 to 255`);
  return createContent(content.size, `${content.identity}:${target}^${xor}`, function* (start, end) {
    let from = start;
    for (const piece of content.read(start, end)) {
      const within = target - from;
      from += piece.length;
      if (within < 0 || within >= piece.length) yield piece;
      else {
        const flipped = Buffer.from(piece);
        flipped[within] = (flipped[within] ?? 0) ^ xor;
        yield flipped;
      }
    }
  });
}

/** Content that `read` gives, of bounds within its size; the checksum is that of reading it all unless told. */
export function createContent(
  size: number,
  identity: string,
  read: (start: number, end: number) => Iterable<Buffer>,
  checksum?: () => bigint
): Content {
  let known: bigint | undefined;
  const content: Content = {
    size,
    identity,
    read: (start = 0, end = size) => read(Math.max(0, start), Math.min(size, end)),
    checksum: () => (known ??= checksum ? checksum() : addUp(content)),
  };
  return content;
}

/** An ETag, quoted: the MD5 of what was put in one piece without a KMS key; else nobody can tell what it is made of. */
export function computeEtag(content: Content, writing: Writing): string {
  if (writing === 'put' || (writing === 'multipart' && content.size <= partSize)) {
    const hash = createHash('md5');
    for (const piece of content.read()) hash.update(piece);
    return `"${hash.digest('hex')}"`;
  }
  const opaque = createHash('md5').update(`${writing} ${content.size} ${content.identity}`).digest('hex');
  return writing === 'kms' ? `"${opaque}"` : `"${opaque}-${Math.ceil(content.size / partSize)}"`;
}

function addUp(content: Content): bigint {
  let crc = 0n;
  for (const piece of content.read()) crc = crc64nvme.update(crc, piece);
  return crc;
}
