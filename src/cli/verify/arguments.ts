import { InvalidArgumentError } from 'commander';
import { parseSlots, type SlotRange } from '../../rdb/slot-ranges';
import type { Target } from './locate';
import type { Level } from './source';

/** The levels, from the fastest to the most thorough. */
export const LEVELS: readonly Level[] = ['header', 'checksum', 'structure', 'deep'];

/** A level; throws InvalidArgumentError, as all of these do, with the fix. */
export function readLevel(text: string): Level {
  const level = LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new InvalidArgumentError(
    text === 'presence'
      ? 'at presence nothing would be read: choose header, or list the keys'
      : `a level is ${LEVELS.slice(0, -1).join(', ')} or ${LEVELS.at(-1)}`
  );
}

/** Slots as MemoryDB lists them for a shard. */
export function readSlots(text: string): readonly SlotRange[] {
  try {
    return parseSlots(text);
  } catch {
    throw new InvalidArgumentError('slots are numbers and ranges from 0 to 16383, such as 0-5460 or 1-2,5,7-9');
  }
}

/** A region, of AWS or of another S3. */
export function readRegion(text: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/i.test(text)) return text;
  throw new InvalidArgumentError('a region looks like us-east-1');
}

/** What an argument names, as far as its own text tells. */
export function readTarget(argument: string): Target {
  if (argument === '-') return { kind: 'stdin' };
  if (argument === '') throw new InvalidArgumentError('it is empty: name a file, s3://bucket/key or -');
  if (!/^s3:/i.test(argument)) return { kind: 'path', path: argument };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(argument) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new InvalidArgumentError('it names no object: an address is s3://bucket/key.rdb or s3://bucket/target');
  }
  if (!/^[A-Za-z0-9._-]+$/.test(bucket)) {
    throw new InvalidArgumentError(`${bucket} is no name of a bucket: an address is s3://bucket/key.rdb`);
  }
  if (key.endsWith('/')) {
    throw new InvalidArgumentError(`it is a folder: name the export in it, as in ${argument}TARGET`);
  }
  return { kind: 's3', bucket, key };
}
