import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { crc64nvme } from './crc64';
import { S3Refusal } from './s3-errors';
import type { GivenChecksum } from './stored-objects';

/** An upload without its wrapping. */
export interface Upload {
  readonly bytes: Buffer;
  /** The checksum that came with it, proven right. */
  readonly checksum: GivenChecksum | undefined;
}

const prefix = 'x-amz-checksum-';

/** How each checksum is made of the bytes; CRC-32C is believed. */
const algorithms: Readonly<Record<string, ((bytes: Buffer) => Buffer) | undefined>> = {
  crc32: (bytes) => toBytes(4, (target) => target.writeUInt32BE(crc32(bytes))),
  crc64nvme: (bytes) => toBytes(8, (target) => target.writeBigUInt64BE(crc64nvme.update(0n, bytes))),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};

/** Takes the wrapping off an upload; throws IncompleteBody for half a one, BadDigest for a checksum that is wrong. */
export function decodeUpload(body: Buffer, headers: IncomingHttpHeaders): Upload {
  const isWrapped = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { bytes, trailers } = isWrapped ? unwrap(body) : { bytes: body, trailers: new Map<string, string>() };
  const told = headers['x-amz-decoded-content-length'];
  if (told !== undefined && Number(told) !== bytes.length) throw incomplete();
  const md5 = headers['content-md5'];
  if (typeof md5 === 'string' && md5 !== createHash('md5').update(bytes).digest('base64'))
    throw badDigest('Content-MD5');
  const given = [...Object.entries(headers), ...trailers].find(([name]) => {
    return name.startsWith(prefix) && (name.slice(prefix.length) in algorithms || name === `${prefix}crc32c`);
  });
  if (!given) return { bytes, checksum: undefined };
  const [header, value] = [given[0], String(given[1])];
  const compute = algorithms[header.slice(prefix.length)];
  if (compute && compute(bytes).toString('base64') !== value)
    throw badDigest(header.slice(prefix.length).toUpperCase());
  return { bytes, checksum: { header, value } };
}

/** aws-chunked: chunks that begin with their length in hex, an empty one, then headers. */
function unwrap(body: Buffer): { bytes: Buffer; trailers: Map<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  const readLine = (): string => {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw incomplete();
    const line = body.toString('latin1', at, end);
    at = end + 2;
    return line;
  };
  for (;;) {
    const [, hex] = /^([0-9a-f]+)(?:;.*)?$/i.exec(readLine()) ?? [];
    if (hex === undefined) throw incomplete();
    const length = parseInt(hex, 16);
    if (length === 0) break;
    if (at + length + 2 > body.length) throw incomplete();
    chunks.push(body.subarray(at, at + length));
    at += length + 2;
  }
  const lines = body.toString('latin1', at).split(/\r\n|\n/);
  const trailers = lines.flatMap((line) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return { bytes: Buffer.concat(chunks), trailers: new Map(trailers) };
}

function toBytes(length: number, write: (target: Buffer) => unknown): Buffer {
  const target = Buffer.alloc(length);
  write(target);
  return target;
}

function incomplete(): S3Refusal {
  return new S3Refusal('IncompleteBody', 'The request body terminated unexpectedly');
}

function badDigest(what: string): S3Refusal {
  return new S3Refusal('BadDigest', `The ${what} you specified did not match the calculated checksum.`);
}
