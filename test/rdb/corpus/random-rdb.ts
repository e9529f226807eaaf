import { slotOf } from '../../../src/rdb';
import type { DatabaseCounts, ValueType } from '../../../src/rdb/report';
import { type Dice, openDice } from './dice';
import { begin, fileOf, IDLE, LATER, OFTEN } from './hand-written';
import { valuesOf } from './sample-values';
import { intset, listpack, ziplist } from './write-packed';
import { compressed, counted, double, integer, length, record, string } from './write-rdb';

/** What a file is made of; equal ones make equal files. */
export interface RandomRdbOptions {
  readonly seed: number;
  /** At least, without the end. */
  readonly bytes: number;
  /** @default 10 */
  readonly version?: number;
  /** Keys belong to these slots alone. @default any */
  readonly slots?: readonly [first: number, last: number];
}

/** A file of keys with values of every kind, and what it holds. */
export interface RandomRdb {
  readonly file: Uint8Array;
  readonly databases: readonly DatabaseCounts[];
}

/** Writes a sound file of any size. */
export function writeRandomRdb({ seed, bytes, version = 10, slots = [0, 16_383] }: RandomRdbOptions): RandomRdb {
  const dice = openDice(seed);
  const makers = [...MAKERS, ...samplesOf(version)];
  const records: Uint8Array[] = [];
  const types: Partial<Record<ValueType, number>> = {};
  let expires = 0;
  for (let written = 0; written < bytes;) {
    const { type, kind, make } = dice.pick(makers);
    const before = dice.pick(BEFORE_KEYS);
    const made = record(type, keyIn(slots, records.length, dice), make(dice), ...before);
    records.push(made);
    written += made.length;
    if (before.includes(LATER)) expires += 1;
    types[kind] = (types[kind] ?? 0) + 1;
  }
  return {
    file: fileOf(version, [begin(version, records.length, expires), ...records]),
    databases: [{ db: 0, keys: records.length, expires, types }],
  };
}

/** A quarter of the keys expires; of some it is known how long or how often they were asked for. */
const BEFORE_KEYS = [
  [LATER],
  [LATER],
  [LATER, IDLE],
  [LATER, OFTEN],
  [IDLE],
  [OFTEN],
  ...Array<Uint8Array[]>(10).fill([]),
];

interface Maker {
  readonly type: number;
  readonly kind: ValueType;
  readonly make: (dice: Dice) => Uint8Array;
}

/** Values of random content and size, in the encodings that every version from 10 on has. */
const MAKERS: readonly Maker[] = [
  { type: 0, kind: 'string', make: (dice) => string(dice.bytes(dice.roll(3_000))) },
  { type: 0, kind: 'string', make: (dice) => string(dice.word(dice.roll(60))) },
  { type: 0, kind: 'string', make: (dice) => integer(dice.between(-30_000, 30_000), 16) },
  { type: 0, kind: 'string', make: (dice) => compressed(sentence(dice, dice.between(10, 300))) },
  { type: 2, kind: 'set', make: (dice) => counted(...some(dice, 100, (index) => string(`${index}${dice.word(5)}`))) },
  {
    type: 4,
    kind: 'hash',
    make: (dice) => counted(...some(dice, 60, (index) => [string(`field:${index}`), string(dice.word(20))])),
  },
  {
    type: 5,
    kind: 'zset',
    make: (dice) => counted(...some(dice, 60, (index) => [string(`m${index}`), double(dice.roll(1e9) / 1_024)])),
  },
  { type: 11, kind: 'set', make: (dice) => string(intset(some(dice, 200, (index) => index * 90 + dice.roll(90)))) },
  { type: 13, kind: 'hash', make: (dice) => string(ziplist(pairs(dice, 20))) },
  { type: 16, kind: 'hash', make: (dice) => string(listpack(pairs(dice, 40))) },
  { type: 16, kind: 'hash', make: (dice) => compressed(listpack(pairs(dice, 60))) },
  {
    type: 17,
    kind: 'zset',
    make: (dice) => string(listpack(some(dice, 60, (index) => [`member:${index}`, index * 10 + dice.roll(10)]).flat())),
  },
  {
    type: 18,
    kind: 'list',
    make: (dice) =>
      counted(...some(dice, 4, () => [length(2), string(listpack(some(dice, 90, () => dice.word(dice.roll(30)))))])),
  },
];

/** The samples of what only some versions have, and of what is long to write. */
function samplesOf(version: number): Maker[] {
  return valuesOf(version)
    .filter(({ kind, since, value }) => (kind === 'stream' || since > 10) && value.length < 10_000)
    .map(({ type, kind, value }) => ({ type, kind, make: () => value }));
}

/** At least one of what `make` makes. */
function some<T>(dice: Dice, most: number, make: (index: number) => T): T[] {
  return Array.from({ length: dice.between(1, most) }, (_, index) => make(index));
}

function pairs(dice: Dice, most: number): (string | number)[] {
  return some(dice, most, (index) => [
    `field:${index}`,
    dice.roll(3) === 0 ? dice.roll(100_000) : dice.word(12),
  ]).flat();
}

function sentence(dice: Dice, words: number): string {
  const known = ['memory', 'snapshot', 'shard', 'slot', 'of', 'and', 'the'];
  return Array.from({ length: words }, () => dice.pick(known)).join(' ');
}

/** Which of the forms below is compressed. */
const COMPRESSED = 3;

/** A key that no other record has, in one of the forms that keys have. */
function keyIn([first, last]: readonly [number, number], index: number, dice: Dice): Uint8Array {
  const forms = [
    () => `${dice.word(dice.roll(12))}:${index}`,
    () => `{${dice.word(4)}}:${index}`,
    () => `${dice.word(dice.between(30, 55))}:${index}`,
    () => `${sentence(dice, 12)}:${index}:${dice.word(4)}`,
  ];
  const fits = (key: string) => slotOf(key) >= first && slotOf(key) <= last;
  for (;;) {
    const form = dice.roll(forms.length);
    const key = forms[form]?.() ?? '';
    if (fits(key)) return form === COMPRESSED ? compressed(key) : string(key);
  }
}
