import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startRedis } from '../redis-server';
import { type Dice, openDice } from './dice';

/** A command of Redis's, as its words. */
type Command = readonly (string | Uint8Array)[];

/** A small file that a server wrote: how it was set up, and what it was told. */
interface Recipe {
  readonly name: string;
  readonly settings: readonly string[];
  readonly fill: (dice: Dice) => readonly Command[];
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** Runs a command whose answer is a list, and leaves the answer behind. */
const quietly = (...words: Command): Command => ['EVAL', 'redis.call(unpack(ARGV)) return 1', '0', ...words];

/** The year 2096, less than a week of milliseconds. */
const later = (dice: Dice) => String(4_000_000_000_000 - dice.roll(600_000_000));

const repeated = (dice: Dice, length: number) =>
  dice
    .word(9)
    .repeat(Math.ceil(length / 9))
    .slice(0, length);

/** Strings: numbers of every width, text below and above the length that servers compress, long ones. */
const strings = (dice: Dice): Command[] => [
  ...['0', '-1', '127', '-128', '128', '32767', '-32769', '2147483647', '-2147483649', '9223372036854775807'].map(
    (number): Command => ['SET', `number:${number}`, number]
  ),
  ...['00', '-0', '+1', ' 1', '1.5', ''].map((text): Command => ['SET', `no number:${text}`, text]),
  ...[1, 20, 21, 44, 45, 63, 64, 200, 1_000].flatMap((length): Command[] => [
    ['SET', `random:${length}`, dice.bytes(length)],
    ['SET', `repeated:${length}`, repeated(dice, length)],
  ]),
  ['SET', 'utf-8', 'größer, 更大, 🔑'],
  ['SET', 'long', repeated(dice, 20_000)],
  ['SET', 'longer than 64 KiB', repeated(dice, 100_000)],
  ['APPEND', 'appended', 'a'],
  ['APPEND', 'appended', dice.word(60)],
  ['SETBIT', 'bits', '5000', '1'],
  ['PFADD', 'counter', ...times(50, () => dice.word(8))],
];

const keys = (dice: Dice): Command[] => [
  ...[
    '',
    '0',
    '-1',
    '255',
    '65536',
    '-2147483648',
    '99999999999',
    '01',
    '{',
    '{}',
    '{a}',
    'x{a}y',
    '{{a}}',
    'a}b{c',
  ].map((key): Command => ['SET', key, 'v']),
  ...['ключ', '键', '🔑{ü}', 'white space', 'new\nline'].map((key): Command => ['SET', key, 'v']),
  ...times(20, (): Command => ['SET', dice.bytes(1 + dice.roll(30)), 'v']),
  ...times(5, (): Command => ['SET', repeated(dice, 30 + dice.roll(200)), 'v']),
  ['SET', `${'tag behind a long beginning '.repeat(10)}{tag}`, 'v'],
  ['SET', dice.word(300), 'v'],
];

const lists = (dice: Dice): Command[] => [
  // An element of that size has a node of its own; by default that begins at 1 GiB.
  ['DEBUG', 'QUICKLIST-PACKED-THRESHOLD', '8000b'],
  ['RPUSH', 'short', 'a', '1', '-1', '4095', '70000', '-8000000', '3000000000', '-9223372036854775808', ''],
  ['RPUSH', 'of long elements', ...times(8, () => dice.word(300))],
  [
    'RPUSH',
    'of many nodes',
    ...times(400, (index) => `${dice.roll(3) === 0 ? index * 1_000 : dice.word(dice.roll(40))}`),
  ],
  ['RPUSH', 'of large elements', dice.word(100), repeated(dice, 9_000), dice.word(100), repeated(dice, 12_000)],
  ['LPUSH', 'trimmed', ...times(100, () => dice.word(5))],
  ['LTRIM', 'trimmed', '40', '60'],
  ['LREM', 'of many nodes', '0', ''],
];

const sets = (dice: Dice): Command[] => [
  ['SADD', 'of 16 bits', ...times(40, () => `${dice.between(-32_768, 32_767)}`)],
  ['SADD', 'of 32 bits', '1', '-70000', '2147483647'],
  ['SADD', 'of 64 bits', '1', '-70000', '9223372036854775807', '-9223372036854775808'],
  ['SADD', 'of words', ...times(50, () => dice.word(6))],
  ['SADD', 'of numbers and a word', '1', '2', '3', 'four'],
  ['SADD', 'of more numbers than an intset has', ...times(600, (index) => `${index * 7}`)],
  ['SADD', 'of one', ''],
];

const hashes = (dice: Dice): Command[] => [
  ['HSET', 'small', 'name', 'value', 'number', '12', '13', 'other', 'empty', ''],
  ['HSET', 'with a long value', 'a', 'b', 'long', repeated(dice, 500)],
  ['HSET', 'of many fields', ...times(200, (index) => [`field:${index}`, dice.word(8)]).flat()],
  ['HSET', 'packed to the limit', ...times(128, (index) => [`f${index}`, `${dice.roll(1e9)}`]).flat()],
  ['HINCRBYFLOAT', 'counted', 'amount', '0.1'],
];

const zsets = (dice: Dice): Command[] => [
  ['ZADD', 'small zset', '1', 'one', '-1.5', 'less', 'inf', 'most', '-inf', 'least', '3e100', 'much', '0', '0'],
  [
    'ZADD',
    'of many',
    ...times(200, (index) => [`${dice.between(-1e6, 1e6) / 64}`, `member:${index}`]).flat(),
    'inf',
    'most',
    '-inf',
    'least',
  ],
  ['ZADD', 'with a long member', '1', dice.word(100), '2', 'b'],
  ['GEOADD', 'places', '13.361389', '38.115556', 'Palermo', '15.087269', '37.502669', 'Catania'],
];

const streams = (dice: Dice): Command[] => {
  const id = (index: number) => `${1_700_000_000_000 + Math.floor(index / 3) * 5}-${index % 3}`;
  return [
    ...times(250, (index): Command => ['XADD', 'same fields', id(index), 'name', dice.word(4), 'count', `${index}`]),
    ...times(40, (index): Command => ['XADD', 'other fields', id(index), `field:${dice.roll(5)}`, dice.word(5)]),
    ['XADD', 'other fields', '1800000000000-7', 'one', '1', 'two', dice.word(100), 'three', ''],
    ...[3, 4, 120, 249].map((index): Command => ['XDEL', 'same fields', id(index)]),
    ['XGROUP', 'CREATE', 'same fields', 'readers', '0'],
    ['XGROUP', 'CREATE', 'same fields', 'nobody', '$'],
    ['XGROUP', 'CREATE', 'made for a group', 'waiting', '$', 'MKSTREAM'],
    quietly('XREADGROUP', 'GROUP', 'readers', 'one', 'COUNT', '20', 'STREAMS', 'same fields', '>'),
    quietly('XREADGROUP', 'GROUP', 'readers', 'two', 'COUNT', '15', 'STREAMS', 'same fields', '>'),
    ['XGROUP', 'CREATECONSUMER', 'same fields', 'readers', 'idle'],
    ['XACK', 'same fields', 'readers', id(0), id(1), id(25)],
    quietly('XAUTOCLAIM', 'same fields', 'readers', 'three', '0', id(10), 'COUNT', '5'),
    ...times(30, (index): Command => ['XADD', 'emptied', id(index), 'a', 'b']),
    ['XTRIM', 'emptied', 'MAXLEN', '0'],
    ['XADD', 'set ahead', '5-1', 'a', 'b'],
    ['XSETID', 'set ahead', '1900000000000-0', 'ENTRIESADDED', '100', 'MAXDELETEDID', '4-0'],
  ];
};

const expiries = (dice: Dice): Command[] => [
  ...times(30, (index): Command => [
    'SET',
    `text:${index}`,
    dice.word(10),
    ...(index % 3 === 0 ? [] : ['PXAT', later(dice)]),
  ]),
  ['RPUSH', 'list', 'a'],
  ['SADD', 'set', '1'],
  ['HSET', 'hash', 'a', 'b'],
  ['ZADD', 'zset', '1', 'a'],
  ['XADD', 'stream', '1-1', 'a', 'b'],
  ...['list', 'set', 'hash', 'zset', 'stream'].map((key): Command => ['PEXPIREAT', key, later(dice)]),
];

const functions = (dice: Dice): Command[] => [
  ...['first', 'second'].map((name): Command => [
    'FUNCTION',
    'LOAD',
    `#!lua name=${name}\nredis.register_function('${name}_one', function(keys) return '${repeated(dice, 300)}' end)`,
  ]),
  ['SET', 'a', 'b'],
];

const databases = (dice: Dice): Command[] =>
  [0, 3, 9, 15].flatMap((db): Command[] => [
    ['SELECT', `${db}`],
    ...times(db + 1, (index): Command => ['SET', `key:${index}`, dice.word(5)]),
    ['SET', 'expires', 'a', 'PXAT', later(dice)],
  ]);

/** Tags of the slots 0 to 5460. */
const TAGS_OF_A_SHARD = ['b', 'f', 'j', 'n', 's', 'w'];

/** The keys of the first of three shards. In Redis 7.0 a server outside of a cluster writes the same bytes. */
const shard = (dice: Dice): Command[] => [
  ...TAGS_OF_A_SHARD.flatMap((tag): Command[] => [
    ['SET', `user:{${tag}}:${dice.word(8)}`, dice.word(20)],
    ['HSET', `{${tag}}`, 'a', 'b'],
    ['RPUSH', `{${tag}}${'of a long key '.repeat(4)}`, 'a', 'b'],
  ]),
];

const everything = (dice: Dice): Command[] => [
  ...strings(dice),
  ...[keys, lists, sets, hashes, zsets, expiries].flatMap((fill) => fill(dice)),
  ...streams(dice).slice(-15),
  ...functions(dice),
];

/** Every small file that a server wrote. */
export const RECIPES: readonly Recipe[] = [
  { name: 'no-key', settings: [], fill: () => [] },
  { name: 'strings', settings: [], fill: strings },
  { name: 'keys', settings: [], fill: keys },
  { name: 'lists', settings: [], fill: lists },
  { name: 'lists-compressed', settings: ['--list-compress-depth', '1', '--list-max-listpack-size', '16'], fill: lists },
  { name: 'sets', settings: [], fill: sets },
  { name: 'hashes', settings: [], fill: hashes },
  { name: 'zsets', settings: [], fill: zsets },
  { name: 'streams', settings: ['--stream-node-max-entries', '40'], fill: streams },
  { name: 'expiries', settings: [], fill: expiries },
  { name: 'idle-times', settings: ['--maxmemory-policy', 'allkeys-lru'], fill: expiries },
  { name: 'frequencies', settings: ['--maxmemory-policy', 'volatile-lfu'], fill: expiries },
  { name: 'functions', settings: [], fill: functions },
  { name: 'databases', settings: [], fill: databases },
  { name: 'shard', settings: [], fill: shard },
  { name: 'without-checksum', settings: ['--rdbchecksum', 'no'], fill: everything },
  {
    name: 'without-compression',
    settings: ['--rdbcompression', 'no'],
    fill: (dice) => [...sets(dice), ...hashes(dice)],
  },
  { name: 'everything', settings: [], fill: everything },
];

/** The bytes of a small file, as they were committed. */
export function readCorpus(name: string): Uint8Array {
  return new Uint8Array(readFileSync(pathOf(name)));
}

/** Lets a server write a file again; the order of keys is the server's own. */
export async function writeAgain({ name, settings, fill }: Recipe): Promise<Uint8Array> {
  const server = await startRedis('--enable-debug-command', 'yes', ...settings);
  try {
    const seed = Buffer.from(name).reduce((sum, byte) => sum * 31 + byte, 7);
    await server.send([...fill(openDice(seed)), ['SAVE']]);
    return new Uint8Array(readFileSync(join(server.folder, 'dump.rdb')));
  } finally {
    await server.stop();
  }
}

/** Replaces what was committed. */
export function commit(name: string, file: Uint8Array): void {
  writeFileSync(pathOf(name), file);
}

function pathOf(name: string): string {
  return join(__dirname, 'files', `${name}.rdb`);
}
