import type { Dice } from './corpus/dice';
import { writeRandomRdb } from './corpus/random-rdb';
import { bytesOf } from './rdb-bytes';

/** Something that happens to the bytes of a file. */
export interface Fault {
  readonly name: string;
  /** The file as it is afterwards: other bytes than before. */
  readonly inject: (file: Uint8Array, dice: Dice) => Uint8Array;
}

type Change = (file: Uint8Array, dice: Dice) => Uint8Array;

/** The end mark and the checksum. */
const END_LENGTH = 9;
const [KIB, BLOCK, LARGE_BLOCK] = [1_024, 4_096, 65_536];

const CHANGES: Readonly<Record<string, Change>> = {
  'a flipped bit': (file, dice) => {
    const at = dice.roll(file.length);
    return withBytes(file, at, bytesOf((file[at] ?? 0) ^ (1 << dice.roll(8))));
  },
  'a byte of another value': (file, dice) => withBytes(file, dice.roll(file.length), bytesOf(dice.roll(256))),
  'a block of 4 KiB of zeros': (file, dice) => withBytes(file, spot(file, BLOCK, dice), new Uint8Array(BLOCK)),
  'a block of 4 KiB of noise': (file, dice) => withBytes(file, spot(file, BLOCK, dice), dice.bytes(BLOCK)),
  'two blocks of 64 KiB swapped': (file, dice) => swapped(file, LARGE_BLOCK, dice),
  'two blocks of 4 KiB swapped': (file, dice) => swapped(file, BLOCK, dice),
  'a KiB lost': (file, dice) => {
    const at = spot(file, KIB, dice);
    return bytesOf(file.subarray(0, at), file.subarray(at + KIB));
  },
  'a KiB doubled': (file, dice) => {
    const at = spot(file, KIB, dice);
    return bytesOf(file.subarray(0, at + KIB), file.subarray(at));
  },
  'a byte lost': (file, dice) => {
    const at = dice.roll(file.length);
    return bytesOf(file.subarray(0, at), file.subarray(at + 1));
  },
  'a byte too many': (file, dice) => {
    const at = dice.roll(file.length);
    return bytesOf(file.subarray(0, at), dice.roll(256), file.subarray(at));
  },
  'cut off': (file, dice) => file.slice(0, dice.roll(file.length)),
  'cut off, with the end behind': (file, dice) =>
    bytesOf(file.subarray(0, dice.roll(file.length - END_LENGTH)), file.subarray(-END_LENGTH)),
  'a hundred bytes behind the end': (file, dice) => bytesOf(file, dice.bytes(100)),
  'the beginning lost': (file, dice) => file.slice(1 + dice.roll(file.length - 1)),
  'another beginning of itself': (file, dice) => {
    const at = spot(file, LARGE_BLOCK, dice);
    return withBytes(file, 0, file.slice(at, at + LARGE_BLOCK));
  },
};

/** Whole files in a row, each with its own checksum behind it. */
const GLUINGS: Readonly<Record<string, Change>> = {
  'the file itself once more, behind its end': (file) => bytesOf(file, file),
  'another whole file behind the end': (file, dice) => bytesOf(file, another(dice)),
  'another whole file before the beginning': (file, dice) => bytesOf(another(dice), file),
  'another whole file behind the end, and zeros between them': (file, dice) =>
    bytesOf(file, new Uint8Array(dice.between(1, BLOCK)), another(dice)),
};

/** Every fault that happens at random. */
export const FAULTS: readonly Fault[] = faultsOf(CHANGES);

/**
 * Faults that a checksum cannot tell: behind a file and the checksum of it the register is zero, where every file
 * begins; and zeros leave it there.
 */
export const GLUED: readonly Fault[] = faultsOf(GLUINGS);

function faultsOf(changes: Readonly<Record<string, Change>>): readonly Fault[] {
  return Object.entries(changes).map(([name, change]) => ({
    name,
    inject(file, dice) {
      for (;;) {
        const broken = change(file, dice);
        if (Buffer.compare(broken, file) !== 0) return broken;
      }
    },
  }));
}

function another(dice: Dice): Uint8Array {
  return writeRandomRdb({ seed: dice.roll(2 ** 31), bytes: dice.between(100, 10_000) }).file;
}

/** Where a block of so many bytes may begin. */
function spot(file: Uint8Array, length: number, dice: Dice): number {
  return dice.roll(file.length - length + 1);
}

function swapped(file: Uint8Array, length: number, dice: Dice): Uint8Array {
  const blocks = Math.floor(file.length / length);
  const [a, b] = [dice.roll(blocks) * length, dice.roll(blocks) * length];
  return withBytes(withBytes(file, a, file.slice(b, b + length)), b, file.slice(a, a + length));
}

function withBytes(file: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const copy = file.slice();
  copy.set(bytes, at);
  return copy;
}
