import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { HEAD_LENGTH, TAIL_LENGTH } from '../../rdb/header';
import type { ScanOptions } from '../../rdb/report';
import { openScan } from '../../rdb/scan';
import { readPipe, readStream } from './byte-stream';
import { explainFileError } from './file-errors';
import { readHeader } from './header-reading';
import { AccessError, type Check, type Reading, type Source, type Tick } from './source';

/** Bytes between two looks at the event loop: some milliseconds. */
const TICK_BYTES = 4 << 20;

/** A file, a named pipe or a block device; a size that is not known yet is told while it is read. */
export function openLocalFile(path: string, size?: number): Source {
  // To open a named pipe must not wait until somebody writes to it: nothing could interrupt it.
  const open = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return sourceOf(path, size, (check, tick) => readOpen({ fd: open(), name: path, isAtStart: true }, check, tick));
}

/** What comes on stdin, through a pipe or out of whatever can be named: somebody may have read the beginning already. */
export function openStandardInput(): Source {
  const stdin = { fd: 0, name: 'stdin', isAtStart: false };
  return sourceOf(stdin.name, undefined, (check, tick) => readOpen(stdin, check, tick));
}

/** A source whose errors say what to do about them. */
function sourceOf(name: string, size: number | undefined, read: Source['read']): Source {
  return {
    name,
    size,
    read: async (check, tick) => {
      try {
        return await read(check, tick);
      } catch (error) {
        throw explainFileError(name, error);
      }
    },
  };
}

/** Something open. */
interface Opened {
  readonly fd: number;
  readonly name: string;
  /** Whether the next read gives the first byte of all. */
  readonly isAtStart: boolean;
}

async function readOpen({ fd, name, isAtStart }: Opened, check: Check, tick: Tick): Promise<Reading> {
  const stats = fstatSync(fd);
  if (stats.isFIFO() || stats.isSocket()) return readPipe(fd, check, tick);
  try {
    const refusal = findRefusal(fd, stats);
    if (refusal !== undefined) throw new AccessError(`${name} ${refusal}`);
    const reading = await readFile(fd, isAtStart && stats.isFile() ? stats.size : undefined, check, tick);
    const { size, mtimeMs } = fstatSync(fd);
    if (size === stats.size && mtimeMs === stats.mtimeMs) return reading;
    throw new AccessError(`${name} was written to while it was read: verify it again when it is finished`);
  } finally {
    closeSync(fd);
  }
}

function findRefusal(fd: number, stats: Stats): string | undefined {
  if (isatty(fd)) return 'is a terminal: pipe a file into the command, or name one';
  if (stats.isDirectory()) return 'is a folder: name a file in it';
  return stats.isFile() || stats.isBlockDevice() ? undefined : 'is no file: name one';
}

/** Where the end is not known, all has to be read to find it. */
function readFile(fd: number, size: number | undefined, check: Check, tick: Tick): Reading | Promise<Reading> {
  const { level, ...options } = check;
  if (level !== 'header') return scanFile(fd, { ...options, level, ...(size !== undefined && { size }) }, tick);
  return size === undefined
    ? readStream(createReadStream('', { fd, autoClose: false }), check, tick)
    : readEnds(fd, size);
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
