import { slotOf } from '../../../src/rdb';
import type { Part } from '../rdb-bytes';
import { record, string, writeRdb } from './write-rdb';

/** A key `a` with a string. */
export const A_KEY: Uint8Array = record(0, 'a', string('b'));

/** A file with one record: a value under the key `a`. */
export function fileWith(type: number, value: Part): Uint8Array {
  return writeRdb([record(type, 'a', value)]);
}

/** Where the records of `writeRdb` begin. */
export const AT_BODY: number = writeRdb([]).length - 9;

/** Where the value begins, in a file with one. */
export const AT_VALUE: number = AT_BODY + 3;

/** The slot of `a`, and the shard that has no other. */
export const SLOT_OF_A: number = slotOf('a');
export const SHARD_OF_A = [{ first: SLOT_OF_A, last: SLOT_OF_A }] as const;
