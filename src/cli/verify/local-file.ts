import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HEAD_LENGTH, TAIL_LENGTH } from '../../rdb/header';
import type { ScanOptions } from '../../rdb/report';
import { openScan } from '../../rdb/scan';
import { readPipe } from './byte-stream';
import { explainFileError } from './file-errors';
import { readHeader } from './header-reading';
import { AccessError, type Check, type Reading, type Source, type Tick } from './source';

/** Bytes between two looks at the event loop: some milliseconds. */
const TICK_BYTES = 4 << 20;

/** A file, a named pipe or a block device; a size that is not known yet is told while it is read. */
export function openLocalFile(path: string, size?: number): Source {
  return {
    name: path,
    size,
    read: async (check, tick) => {
      try {
        return await readPath(path, check, tick);
      } catch (error) {
        throw explainFileError(path, error);
      }
    },
  };
}

async function readPath(path: string, check: Check, tick: Tick): Promise<Reading> {
  // To open a named pipe must not wait until somebody writes to it: nothing could interrupt it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = fstatSync(fd);
  if (stats.isFIFO()) return readPipe(fd, check, tick);
  try {
    if (!stats.isFile() && !stats.isBlockDevice()) throw new AccessError(`${path} is no file: name one`);
    const reading = await readFile(fd, stats, check, tick);
    const { size, mtimeMs } = fstatSync(fd);
    if (size === stats.size && mtimeMs === stats.mtimeMs) return reading;
    throw new AccessError(`${path} was written to while it was read: verify it again when it is finished`);
  } finally {
    closeSync(fd);
  }
}

function readFile(fd: number, stats: Stats, { level, ...check }: Check, tick: Tick): Reading | Promise<Reading> {
  if (level === 'header') return readEnds(fd, stats.size);
  return scanFile(fd, { ...check, level, ...(stats.isFile() && { size: stats.size }) }, tick);
}

function readEnds(fd: number, size: number): Reading {
  const readAt = (from: number, length: number) => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
  };
  return readHeader(readAt(0, Math.min(HEAD_LENGTH, size)), readAt(Math.max(0, size - TAIL_LENGTH), TAIL_LENGTH), size);
}

/** Straight into the scan's own buffer: a stream of Node's would cost as much as the checksum. */
async function scanFile(fd: number, options: ScanOptions, tick: Tick): Promise<Reading> {
  const scan = openScan(options);
  for (let next = TICK_BYTES; ;) {
    const length = readSync(fd, scan.space());
    if (length === 0) return scan.end();
    scan.commit(length);
    if (scan.received < next) continue;
    next = scan.received + TICK_BYTES;
    tick(scan.received);
    await setImmediate();
  }
}
