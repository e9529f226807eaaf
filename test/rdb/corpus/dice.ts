/** Numbers that look random and are the same every time. */
export interface Dice {
  /** A whole number from 0 to `sides` - 1. */
  roll(sides: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  bytes(count: number): Uint8Array;
  /** Letters and digits. */
  word(count: number): string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Dice that fall as their seed says (Mulberry32). */
export function openDice(seed: number): Dice {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const roll = (sides: number) => Math.floor((next() / 2 ** 32) * sides);
  return {
    roll,
    between: (least, most) => least + roll(most - least + 1),
    pick(choices) {
      const choice = choices[roll(choices.length)];
      if (choice === undefined) throw new RangeError('nothing to pick from');
      return choice;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 255),
    word: (count) => Array.from({ length: count }, () => LETTERS[roll(LETTERS.length)]).join(''),
  };
}
