import { createCipheriv } from 'node:crypto';
import { type Content, createContent } from './contents';
import { type Crc64, crc64jones, crc64nvme } from './crc64';
import { type SlotRanges, findKey } from './keys-for-slot';
import { encodeLength, encodeString } from './rdb-encoding';
import { writeSample } from './rdb-sample';
import { type RdbVersion, endOfRecords, valueType, writeChecksum, writeHeader, writeRecord } from './rdb-writer';

/** What a shard's file is made of; equal ones make equal files. */
export interface RdbFileOptions {
  readonly seed: string;
  readonly slots: SlotRanges;
  readonly version: RdbVersion;
  /** The writer's name and version, such as `redis-ver` and `7.1.0`. */
  readonly engine: readonly [name: string, version: string];
  /** In milliseconds since 1970. */
  readonly takenAt: number;
  /** Small keys of many kinds, at most. */
  readonly keys: number;
  /** How many bytes the file has, made up by large strings; undefined for the small keys alone. */
  readonly size: number | undefined;
  /** Whether the checksum is there, or zero. */
  readonly checksum: boolean;
}

/** The least that a file of a given size has. */
export const leastSize = 1024;
/** Every large string but the last has this many bytes. */
const blockSize = 64 * 1024;
const blockCount = 8;
const tagCount = 16;
const trailerSize = 9;

/**
 * An RDB file that is never whole in memory: small keys, then large strings of one length under keys of one length, so
 * that any byte is found by arithmetic and the checksums by joining those of the parts.
 */
export function createRdbFile(options: RdbFileOptions): Content {
  let planned: Plan | undefined;
  const getPlan = (): Plan => (planned ??= planFile(options));
  let trailer: Buffer | undefined;
  const getTrailer = (): Buffer => (trailer ??= writeTrailer(options.checksum, getPlan()));
  const size = options.size ?? getPlan().head.length + trailerSize;

  function* listParts(start: number): Generator<{ at: number; length: number; get: () => Buffer }> {
    const { head, fillerSize, fillers, pad, open } = getPlan();
    const fillersEnd = head.length + fillers * fillerSize;
    yield { at: 0, length: head.length, get: () => head };
    const first = Math.max(0, Math.floor((start - head.length) / fillerSize));
    for (let index = first; index < fillers; index += 1) {
      const at = head.length + index * fillerSize;
      const opening = open(index);
      yield { at, length: opening.length, get: () => opening };
      yield { at: at + opening.length, length: blockSize, get: () => getBlock(index) };
    }
    yield { at: fillersEnd, length: pad.length, get: () => pad };
    yield { at: fillersEnd + pad.length, length: trailerSize, get: getTrailer };
  }

  function* read(start: number, end: number): Generator<Buffer> {
    for (const { at, length, get } of listParts(start)) {
      if (at >= end) return;
      const [from, to] = [Math.max(0, start - at), Math.min(length, end - at)];
      if (from < to) yield get().subarray(from, to);
    }
  }

  const identity = `rdb:${JSON.stringify({ ...options, size })}`;
  return createContent(size, identity, read, () => crc64nvme.update(addUp(getPlan(), crc64nvme), getTrailer()));
}

/** What a file consists of before its end; `open` gives a filler's bytes before its block. */
interface Plan {
  readonly head: Buffer;
  readonly fillerSize: number;
  readonly fillers: number;
  readonly pad: Buffer;
  readonly open: (index: number) => Buffer;
}

function writeTrailer(checksum: boolean, plan: Plan): Buffer {
  const crc = checksum ? crc64jones.update(addUp(plan, crc64jones), endOfRecords) : 0n;
  return Buffer.concat([endOfRecords, writeChecksum(crc)]);
}

function planFile({ seed, slots, version, engine, takenAt, keys, size }: RdbFileOptions): Plan {
  const facts: [string, string][] = [
    [engine[0], engine[1]],
    ['redis-bits', '64'],
    ['ctime', String(Math.floor(takenAt / 1000))],
    ['used-mem', String(size ?? 1_048_576)],
    [version === 9 ? 'aof-preamble' : 'aof-base', '0'],
  ];
  const longest = writeHeader(version, facts, { keys: 2 ** 31, expires: 2 ** 31 }).length;
  const room = size === undefined ? Infinity : size - longest - trailerSize - 200;
  const sample: Buffer[] = [];
  let [length, expires] = [0, 0];
  for (const record of writeSample(seed, slots, version, takenAt)) {
    if (sample.length >= keys || length + record.bytes.length > room) break;
    sample.push(record.bytes);
    length += record.bytes.length;
    if (record.expires) expires += 1;
  }
  const tags = size === undefined ? [] : findTags(slots);
  const open = (index: number): Buffer => {
    const key = `filler:{${tags[index % tagCount] ?? ''}}:${String(index).padStart(10, '0')}`;
    return Buffer.concat([Buffer.from([valueType.string]), encodeString(key), encodeLength(blockSize)]);
  };
  const fillerSize = open(0).length + blockSize;
  if (size === undefined) {
    const head = Buffer.concat([writeHeader(version, facts, { keys: sample.length, expires }), ...sample]);
    return { head, fillerSize, fillers: 0, pad: Buffer.alloc(0), open };
  }
  const fillers = Math.max(0, Math.floor((size - longest - length - trailerSize) / fillerSize) - 1);
  const header = writeHeader(version, facts, { keys: sample.length + fillers + 1, expires });
  const head = Buffer.concat([header, ...sample]);
  const pad = writePad(size - trailerSize - head.length - fillers * fillerSize, tags[0] ?? '');
  return { head, fillerSize, fillers, pad, open };
}

/** A record of exactly this many bytes; a letter more in its key where the length of the value has no such form. */
function writePad(size: number, tag: string): Buffer {
  for (const letters of ['', 'x', 'xx', 'xxx', 'xxxx']) {
    const key = `pad:{${tag}}${letters}`;
    const rest = size - 1 - encodeString(key).length;
    const length = [5, 2, 1].map((bytes) => rest - bytes).find((n) => n >= 0 && n + encodeLength(n).length === rest);
    if (length === undefined) continue;
    const value = Buffer.concat([getBlock(0), getBlock(1), getBlock(2)]).subarray(0, length);
    return writeRecord(valueType.string, key, encodeString(value)).bytes;
  }
  throw new RangeError(`no record has ${size} bytes`);
}

/** The checksum of everything before the end. */
function addUp({ head, fillers, pad, open }: Plan, crc64: Crc64): bigint {
  let crc = crc64.update(0n, head);
  if (fillers > 0) {
    const blocks = Array.from({ length: blockCount }, (_, index) => crc64.update(0n, getBlock(index)));
    const join = crc64.joiner(blockSize);
    for (let index = 0; index < fillers; index += 1) {
      crc = join(crc64.update(crc, open(index)), blocks[index % blockCount] ?? 0n);
    }
  }
  return crc64.update(crc, pad);
}

/** Hash tags of one length, so that the large strings lie all over the shard. */
function findTags(slots: SlotRanges): string[] {
  const tags: string[] = [];
  for (let from = 0; tags.length < tagCount;) {
    const { key, next } = findKey((n) => `{${String(n).padStart(8, '0')}}`, slots, from);
    tags.push(key.slice(1, -1));
    from = next;
  }
  return tags;
}

let blocks: readonly Buffer[] | undefined;

/** One of a few blocks that no compression makes smaller. */
function getBlock(index: number): Buffer {
  blocks ??= Array.from({ length: blockCount }, (_, n) =>
    createCipheriv('aes-128-ctr', Buffer.alloc(16, n + 1), Buffer.alloc(16)).update(Buffer.alloc(blockSize))
  );
  return blocks[index % blockCount] ?? Buffer.alloc(blockSize);
}
