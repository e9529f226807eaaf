import { bytesOf } from '../rdb-bytes';
import type { Dice } from './dice';
import { length, resealed } from './write-rdb';

/** Bytes that mean something where an opcode, a type or a length is expected. */
const TELLING = [
  ...[0, 1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16, 18, 19, 21, 22, 24, 25, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0x82, 0xbf],
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xf0, 0xf4, 0xf5, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff],
];

const PROMISES = [2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 2n ** 32n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 29n].map((many) =>
  length(many)
);

type Change = (file: Uint8Array, dice: Dice, others: readonly Uint8Array[]) => Uint8Array;

const replaced = (file: Uint8Array, from: number, to: number, by: Uint8Array) =>
  bytesOf(file.subarray(0, from), by, file.subarray(to));

/** A stretch of a file: up to 40 bytes. */
function stretch(file: Uint8Array, dice: Dice): readonly [from: number, to: number] {
  const from = dice.roll(file.length + 1);
  return [from, Math.min(file.length, from + dice.roll(40))];
}

const CHANGES: readonly Change[] = [
  (file, dice) => {
    const at = dice.roll(file.length);
    return replaced(file, at, at + 1, bytesOf((file[at] ?? 0) ^ (1 << dice.roll(8))));
  },
  (file, dice) => {
    const at = dice.roll(file.length);
    return replaced(file, at, at + 1, bytesOf(dice.pick(TELLING)));
  },
  (file, dice) => {
    const at = dice.roll(file.length);
    return replaced(file, at, at + 1, bytesOf((file[at] ?? 0) + dice.pick([-1, 1])));
  },
  (file, dice) => {
    const at = dice.roll(file.length);
    return replaced(file, at, at + dice.roll(2), dice.pick(PROMISES));
  },
  (file, dice) => replaced(file, ...stretch(file, dice), bytesOf()),
  (file, dice) => {
    const [from, to] = stretch(file, dice);
    return replaced(file, to, to, file.slice(from, to));
  },
  (file, dice) => replaced(file, ...stretch(file, dice), dice.bytes(dice.roll(12))),
  (file, dice, others) => {
    const other = dice.pick(others);
    return replaced(file, ...stretch(file, dice), other.subarray(...stretch(other, dice)));
  },
];

/**
 * A file with changes that a parser may stumble over; most times with the checksum that it then has.
 *
 * @param most of the changes
 */
export function mutate(files: readonly Uint8Array[], dice: Dice, most: number): Uint8Array {
  let file = dice.pick(files);
  for (let changes = dice.between(1, most); changes > 0; changes -= 1) {
    if (file.length > 0) file = dice.pick(CHANGES)(file, dice, files);
  }
  return file.length > 18 && dice.roll(4) > 0 ? resealed(file, dice.pick(['checksum', 'zero checksum'])) : file;
}
