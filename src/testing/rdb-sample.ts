import { createHash } from 'node:crypto';
import { type SlotRanges, findKey } from './keys-for-slot';
import * as encode from './rdb-encoding';
import { type RdbRecord, type RdbVersion, valueType, writeRecord } from './rdb-writer';

/** Where numbers come from that look random and are the same every time. */
type Dice = (sides: number) => number;

interface Kind {
  readonly since: RdbVersion;
  readonly type: number;
  readonly write: (dice: Dice) => Buffer;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const listOf = (items: readonly (readonly Buffer[])[]): Buffer =>
  Buffer.concat([encode.encodeLength(items.length), ...items.flat()]);

const { string, list, set, hash, sortedSet, intset, hashListpack, sortedSetListpack, quicklist } = valueType;

/** One of each kind of value in turn: what there is, and how it is written. */
const kinds: readonly Kind[] = [
  { since: 9, type: string, write: (dice) => encode.encodeString(`value-${dice(1e9)}`) },
  {
    since: 9,
    type: hash,
    write: (dice) => listOf(times(3, (n) => [`field-${n}`, `${dice(1e6)}!`].map((text) => encode.encodeString(text)))),
  },
  { since: 9, type: list, write: (dice) => listOf(times(4, () => [encode.encodeString(`item-${dice(1e6)}`)])) },
  { since: 9, type: set, write: (dice) => listOf(times(3, (n) => [encode.encodeString(`member-${n}-${dice(1e3)}`)])) },
  {
    since: 9,
    type: sortedSet,
    write: (dice) => listOf(times(3, (n) => [encode.encodeString(`rank-${n}`), encode.encodeDouble(dice(1e6) / 8)])),
  },
  { since: 9, type: string, write: (dice) => encode.encodeInteger(dice(200) - 100) },
  { since: 9, type: string, write: (dice) => encode.encodeInteger(dice(60_000) - 30_000) },
  { since: 9, type: string, write: (dice) => encode.encodeInteger(dice(2 ** 31) - 2 ** 30) },
  { since: 9, type: string, write: (dice) => encode.encodeRepeated('memorydb'.charAt(dice(8)), 30 + dice(200)) },
  {
    since: 9,
    type: intset,
    write: (dice) => encode.encodeString(encode.encodeIntset(times(4, (n) => 1000 * n + dice(1000)))),
  },
  {
    since: 10,
    type: hashListpack,
    write: (dice) => encode.encodeString(encode.encodeListpack(['name', `user ${dice(1e6)}`, 'age', dice(100)])),
  },
  {
    since: 10,
    type: sortedSetListpack,
    write: (dice) => encode.encodeString(encode.encodeListpack(['first', dice(60), 'last', 60 + dice(60)])),
  },
  {
    since: 10,
    type: quicklist,
    write: (dice) =>
      listOf([[encode.encodeLength(2), encode.encodeString(encode.encodeListpack(['a', dice(100), 'b']))]]),
  },
];

const yearMs = 365 * 24 * 3_600_000;

/** Keys of a shard, of every kind that the version knows, every fourth with an expiry years after `takenAt`. */
export function* writeSample(
  seed: string,
  slots: SlotRanges,
  version: RdbVersion,
  takenAt: number
): Generator<RdbRecord, never> {
  const known = kinds.filter(({ since }) => since <= version);
  let from = rollDice(`${seed} keys`)(1_000_000);
  for (let index = 0; ; index += 1) {
    const kind = known[index % known.length] ?? known[0];
    if (!kind) throw new RangeError(`no kind of value for version ${version}`);
    const { key, next } = findKey((n) => (index % 2 === 0 ? `user:${n}` : `{cart:${n}}:${index}`), slots, from);
    from = next;
    const dice = rollDice(`${seed} ${index}`);
    const expiresAt = index % 4 === 3 ? takenAt + 20 * yearMs + dice(yearMs) : undefined;
    yield writeRecord(kind.type, key, kind.write(dice), expiresAt);
  }
}

function rollDice(seed: string): Dice {
  let [bytes, at] = [createHash('sha256').update(seed).digest(), 0];
  return (sides) => {
    if (at + 4 > bytes.length) [bytes, at] = [createHash('sha256').update(bytes).digest(), 0];
    at += 4;
    return bytes.readUInt32LE(at - 4) % sides;
  };
}
