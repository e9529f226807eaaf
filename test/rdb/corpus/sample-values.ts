import type { ValueType } from '../../../src/rdb/report';
import { bytesOf, littleEndian } from '../rdb-bytes';
import { intset, listpack, ziplist, zipmap } from './write-packed';
import { compressed, counted, double, integer, length, string } from './write-rdb';
import { type Id, stream, type Stream } from './write-stream';

/** A value in one of the encodings that a type number stands for. */
export interface SampleValue {
  readonly name: string;
  /** The first version of RDB that has it: 80 is the first of the magic VALKEY. */
  readonly since: number;
  readonly type: number;
  readonly kind: ValueType;
  readonly value: Uint8Array;
}

/** When nothing expires that a test looks at: in the year 2096. Milliseconds. */
export const LATER_MS = 4_000_000_000_000;

/** Longer when it is not compressed. */
export const LONG_TEXT = 'compressible '.repeat(30);

const FIRST: Id = [1_700_000_000_000, 0];

/** Entries with the same fields and with others, a deleted one, a second node and a third of the same time; a group at work and an idle one. */
const SAMPLE_STREAM: Stream = {
  nodes: [
    [
      { id: FIRST, fields: ['name', 'count'], values: ['first', 1] },
      { id: [1_700_000_000_000, 1], values: ['second', -2] },
      { id: [1_700_000_000_005, 0], values: ['third', 3], isDeleted: true },
      { id: [1_700_000_000_007, 3], fields: ['other'], values: ['fourth'] },
    ],
    [{ id: [1_700_000_001_000, 0], fields: ['name'], values: ['fifth'] }],
    [{ id: [1_700_000_001_000, 1], fields: ['name'], values: ['sixth'] }],
  ],
  groups: [
    {
      name: 'readers',
      last: [1_700_000_000_007, 3],
      entriesRead: 3,
      pending: [
        { id: FIRST, consumer: 'one', times: 1 },
        { id: [1_700_000_000_000, 1], consumer: 'two', times: 300 },
      ],
      consumers: ['one', 'two', 'idle'],
    },
    { name: 'nobody', last: [0, 0], pending: [], consumers: [] },
  ],
};

const string_ = (name: string, value: Uint8Array, since = 1): SampleValue => ({
  name: `a string ${name}`,
  since,
  type: 0,
  kind: 'string',
  value,
});

const scoreAsText = (score: number) =>
  score === Infinity ? bytesOf(254) : score === -Infinity ? bytesOf(255) : bytesOf(`${score}`.length, `${score}`);

const SCORES = [0, 1.5, -20, 1e30, Infinity, -Infinity];
const SMALL_AND_LARGE = [0, 127, 128, -4_096, 4_095, 32_767, -8e6, 2e9, -(2n ** 63n), 'x'.repeat(70)];

const SHARED: readonly SampleValue[] = [
  string_('of text', string('value')),
  string_('of nothing', string('')),
  string_('of 8 bits', integer(-128, 8)),
  string_('of 16 bits', integer(-32_768, 16)),
  string_('of 32 bits', integer(2_147_483_647, 32)),
  string_('that is compressed', compressed(LONG_TEXT)),
  string_('behind a length of 14 bits', string('short', 14)),
  string_('behind a length of 32 bits', string('short', 32)),
  string_('behind a length of 64 bits', string('short', 64), 9),
  string_('of 70,000 bytes', string('0123456789'.repeat(7_000))),
  {
    name: 'a list',
    since: 1,
    type: 1,
    kind: 'list',
    value: counted(string('a'), integer(1, 8), compressed(LONG_TEXT)),
  },
  { name: 'a set', since: 1, type: 2, kind: 'set', value: counted(string('a'), integer(1, 8), compressed(LONG_TEXT)) },
  {
    name: 'a zset with scores as text',
    since: 1,
    type: 3,
    kind: 'zset',
    value: counted(...SCORES.map((score, index) => [string(`member ${index}`), scoreAsText(score)])),
  },
  {
    name: 'a hash',
    since: 1,
    type: 4,
    kind: 'hash',
    value: counted([string('field'), string('value')], [integer(7, 8), compressed(LONG_TEXT)]),
  },
  {
    name: 'a zset',
    since: 8,
    type: 5,
    kind: 'zset',
    value: counted(...SCORES.map((score, index) => [string(`member ${index}`), double(score)])),
  },
  {
    name: 'a hash as zipmap',
    since: 2,
    type: 9,
    kind: 'hash',
    value: string(
      zipmap([
        ['field', 'value'],
        ['with room', 'behind', 3],
        ['long', 'x'.repeat(300)],
      ])
    ),
  },
  {
    name: 'a list as ziplist',
    since: 2,
    type: 10,
    kind: 'list',
    value: string(ziplist(['text', 0, 12, 13, -128, 30_000, 8_000_000, -2e9, 2n ** 60n, 'x'.repeat(300), 'y', 'z'])),
  },
  {
    name: 'a set as intset of 16 bits',
    since: 2,
    type: 11,
    kind: 'set',
    value: string(intset([-32_768, -1, 0, 32_767])),
  },
  {
    name: 'a set as intset of 32 bits',
    since: 2,
    type: 11,
    kind: 'set',
    value: string(intset([-2_147_483_648, 5, 70_000], 32)),
  },
  {
    name: 'a set as intset of 64 bits',
    since: 2,
    type: 11,
    kind: 'set',
    value: string(intset([-(2n ** 63n), 5n, 2n ** 40n], 64)),
  },
  {
    name: 'a zset as ziplist',
    since: 2,
    type: 12,
    kind: 'zset',
    value: string(ziplist(['a', -1, 'b', '0.5', 'c', 12])),
  },
  {
    name: 'a hash as ziplist',
    since: 4,
    type: 13,
    kind: 'hash',
    value: string(ziplist(['field', 'value', 'number', 9])),
  },
  {
    name: 'a hash as ziplist, compressed',
    since: 4,
    type: 13,
    kind: 'hash',
    value: compressed(ziplist(['field', LONG_TEXT, 'number', 9])),
  },
  {
    name: 'a list of ziplists',
    since: 7,
    type: 14,
    kind: 'list',
    value: counted(string(ziplist(['a', 1])), compressed(ziplist([LONG_TEXT, 'b']))),
  },
  { name: 'a stream', since: 9, type: 15, kind: 'stream', value: stream(SAMPLE_STREAM, 1) },
  {
    name: 'a hash as listpack',
    since: 10,
    type: 16,
    kind: 'hash',
    value: string(listpack(['field', 'value', 'number', 9])),
  },
  {
    name: 'a zset as listpack',
    since: 10,
    type: 17,
    kind: 'zset',
    value: string(listpack(['a', -1, 'b', '0.5', 'c', 100])),
  },
  {
    name: 'a list of listpacks and of a plain element',
    since: 10,
    type: 18,
    kind: 'list',
    value: counted(
      [length(2), string(listpack(SMALL_AND_LARGE))],
      [length(1), string('plain')],
      [length(2), compressed(listpack([LONG_TEXT, 'x'.repeat(5_000)]))]
    ),
  },
  { name: 'a stream of version 2', since: 10, type: 19, kind: 'stream', value: stream(SAMPLE_STREAM, 2) },
  { name: 'a stream without entries', since: 10, type: 19, kind: 'stream', value: stream({ nodes: [] }, 2) },
  { name: 'a set as listpack', since: 11, type: 20, kind: 'set', value: string(listpack(['a', 1, 'b'])) },
  { name: 'a stream of version 3', since: 11, type: 21, kind: 'stream', value: stream(SAMPLE_STREAM, 3) },
];

const REDIS_ALONE: readonly SampleValue[] = [
  {
    name: 'a hash with expiries of fields',
    since: 12,
    type: 24,
    kind: 'hash',
    value: bytesOf(
      littleEndian(LATER_MS, 8),
      counted([length(0), string('stays'), string('v')], [length(1), string('goes'), string('v')])
    ),
  },
  {
    name: 'a hash as listpack with expiries of fields',
    since: 12,
    type: 25,
    kind: 'hash',
    value: bytesOf(
      littleEndian(LATER_MS, 8),
      string(listpack(['goes', 'v', LATER_MS, 'later', 'v', LATER_MS + 1, 'stays', 'v', 0]))
    ),
  },
];

const VALKEY_ALONE: readonly SampleValue[] = [
  {
    name: 'a hash with expiries of fields, as Valkey has it',
    since: 80,
    type: 22,
    kind: 'hash',
    value: counted(
      [string('stays'), string('v'), littleEndian(-1, 8)],
      [string('goes'), string('v'), littleEndian(LATER_MS, 8)]
    ),
  },
];

/** Every value that a version knows: those from 80 on are Valkey's. */
export function valuesOf(version: number): readonly SampleValue[] {
  return [...SHARED, ...(version >= 80 ? VALKEY_ALONE : REDIS_ALONE)].filter(({ since }) => since <= version);
}
