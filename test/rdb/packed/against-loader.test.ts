import { spawnSync } from 'node:child_process';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { crc64, crc64Hex } from '../../../src/rdb';
import { countPacked, openPackedChecks, type PackedShape } from '../../../src/rdb/packed/check-packed';
import { describeWith } from '../../support/temporal-servers';
import { MOST_SEEN } from '../../../src/rdb/packed/seen-texts';
import { bytesOf } from '../rdb-bytes';
import { startRedis, type RedisServer } from '../redis-server';
import {
  type Element,
  integer,
  join,
  listpack,
  little,
  RDB_TYPES,
  streamElements,
  ziplist,
  zipmap,
} from './packed-bytes';
import { SHAPES, somePacked } from './random-packed';

/** What the loader takes although we refuse it: told by the bytes from the index on that we name. */
interface Difference {
  readonly shape: PackedShape;
  readonly why: string;
  explains(bytes: Uint8Array, at: number): boolean;
  readonly example: Uint8Array;
  /** The loader reads outside of the value: it is not asked. */
  readonly unsafe?: true;
}

const STREAM = streamElements(['a'], [{ values: ['1'] }]);
const STREAM_BYTES = listpack(STREAM);
const NAN = /^[^]{1,10}?[+-]?nan/i;
const NEGATIVE =
  /^([\xd0-\xdf]|\xf1.[\x80-\xff]|\xf2..[\x80-\xff]|\xf3...[\x80-\xff]|\xf4.{7}[\x80-\xff]|[\x81-\x94]-)/s;
const matches = (pattern: RegExp) => (bytes: Uint8Array, at: number) =>
  pattern.test(Buffer.from(bytes.subarray(at, at + 14)).toString('latin1'));
const isEarlyEnd = (bytes: Uint8Array, at: number) => bytes[at] === 0xff && at < bytes.length - 1;

const DIFFERENCES: readonly Difference[] = [
  {
    shape: 'zset listpack',
    why: 'a score that is not a number: refused in every other form, and in a value of 129 members it ends the server',
    explains: matches(NAN),
    example: listpack(['a', 'nan']),
  },
  {
    shape: 'zset ziplist',
    why: 'the same',
    explains: matches(NAN),
    example: ziplist(['a', '-NaN']),
  },
  {
    shape: 'stream listpack',
    why: 'a wrong number of elements in the head: only the loader of streams passes it over',
    explains: (_, at) => at === 4,
    example: listpack(STREAM, { count: 9 }),
  },
  {
    shape: 'stream listpack',
    why: 'bytes behind an end mark: what is added later would stand behind them and never be found',
    explains: isEarlyEnd,
    example: bytesOf(little(STREAM_BYTES.length + 2, 4), STREAM_BYTES.subarray(4), 'x\xff'),
  },
  {
    shape: 'stream listpack',
    why: 'a negative number of entries or fields: no walk over such a stream gets through',
    explains: matches(NEGATIVE),
    example: listpack([integer(-1), integer(2), ...STREAM.slice(2)]),
  },
  {
    shape: 'hash zipmap',
    why: 'bytes behind an end mark, which the loader drops',
    explains: isEarlyEnd,
    example: bytesOf(zipmap([['a', '1']]), 'lost\xff'),
  },
  {
    shape: 'hash zipmap',
    why: 'a short length in four bytes: checked there and read elsewhere, outside of the value even',
    explains: (bytes, at) => bytes[at] === 0xfe,
    example: bytesOf(1, 0xfe, little(1, 4), 'a', 1, 0, '1', 0xff),
    unsafe: true,
  },
];

/** The version of Redis from which on a shape is known; Valkey has what 7.2 has. */
const SINCE: Readonly<Partial<Record<PackedShape, number>>> = { 'set listpack': 7.2, 'hash listpack with expiry': 7.4 };

function knownShapes(): readonly PackedShape[] {
  const said = String(spawnSync('redis-server', ['--version']).stdout);
  const version = /valkey/i.test(said) ? 7.2 : Number(/v=(\d+\.\d+)/.exec(said)?.[1]);
  return SHAPES.filter((shape) => version >= (SINCE[shape] ?? 0));
}

/** All at once; a reply has no room for an error of one. */
const RESTORE_ALL = `
  local answers = {}
  for i, payload in ipairs(ARGV) do
    local reply = redis.pcall('RESTORE', KEYS[1], 0, payload, 'REPLACE')
    answers[i] = not reply.err and 'taken' or reply.err:find('Bad data format') and 'refused' or reply.err
  end
  return table.concat(answers, ',')`;

describeWith('redis-server', 'packed values and the loader of redis-server, which sanitises deeply', () => {
  const checks = openPackedChecks();
  let redis: RedisServer | undefined;
  let dumpVersion = new Uint8Array();

  beforeAll(async () => {
    redis = await startRedis('--sanitize-dump-payload', 'yes', '--rdbcompression', 'no');
    const [, dump] = await send([
      ['SET', 'key', 'value'],
      ['DUMP', 'key'],
    ]);
    dumpVersion = Uint8Array.from(dump as Buffer).slice(-10, -8);
  });
  afterAll(() => redis?.stop());

  const send = async (commands: readonly (readonly (string | Uint8Array)[])[]) => (await redis?.send(commands)) ?? [];

  const restore = async (shape: PackedShape, values: readonly Uint8Array[]): Promise<readonly string[]> => {
    const [answers] = await send([
      ['EVAL', RESTORE_ALL, '1', 'key', ...values.map((value) => payloadOf(shape, value))],
    ]);
    return String(answers).split(',');
  };

  const payloadOf = (shape: PackedShape, value: Uint8Array): Uint8Array => {
    const { type, before = NOTHING, behind = NOTHING } = RDB_TYPES[shape];
    const content = join([bytesOf(type), before, bytesOf(0x80), big(value.length), value, behind, dumpVersion]);
    return join([content, Buffer.from(crc64Hex(crc64(content)), 'hex').reverse()]);
  };

  const judge = (shape: PackedShape, value: Uint8Array) => {
    const at = checks.check(shape, value, 0, value.length);
    // No key is without an element, unless it is a stream: not for these checks to judge, which see a part of it.
    const isFull = shape === 'stream listpack' || (at === -1 && countPacked(shape, value, 0, value.length) > 0);
    const verdict = at === -1 && isFull ? 'taken' : 'refused';
    return {
      value,
      at,
      verdict,
      differences: DIFFERENCES.filter((row) => row.shape === shape && row.explains(value, at)),
    };
  };

  describe.for(knownShapes())('%s', (shape) => {
    test('is judged as the loader judges it, whole or broken, but for the listed differences', async () => {
      const values = fc.sample(somePacked(shape), { seed: 20_261_123, numRuns: 4_000 });
      const judged = values
        .map((value) => judge(shape, value))
        .filter(({ differences }) => !differences.some(({ unsafe }) => unsafe));

      const answers = await restore(
        shape,
        judged.map(({ value }) => value)
      );

      const wrong = judged
        .map(({ value, at, verdict, differences }, index) => ({
          loader: answers[index],
          ours: verdict === 'refused' && answers[index] === 'taken' && differences.length > 0 ? 'taken' : verdict,
          at,
          bytes: Buffer.from(value).toString('hex'),
        }))
        .filter(({ loader, ours }) => loader !== ours);
      expect(wrong).toEqual([]);
      for (const answer of ['taken', 'refused']) {
        expect(answers.filter((one) => one === answer).length, answer).toBeGreaterThan(values.length / 20);
      }
    });
  });

  test.for(DIFFERENCES)('$shape differs: $why', async ({ shape, example, unsafe = false, ...row }) => {
    const at = checks.check(shape, example, 0, example.length);

    expect(at).toBeGreaterThanOrEqual(0);
    expect(row.explains(example, at)).toBe(true);
    if (!unsafe) expect(await restore(shape, [example])).toEqual(['taken']);
  });

  test.for([127, 16_382, 2_097_150])(
    'are taken with entries of about %i bytes, where lengths get wider',
    async (size) => {
      const values = [-1, 0, 1, 2].map((more) => listpack(['x'.repeat(size + more - headOf(size))]));

      expect(values.map((value) => judge('list listpack', value).verdict)).toEqual(values.map(() => 'taken'));
      expect(await restore('list listpack', values)).toEqual(values.map(() => 'taken'));
    }
  );

  test('of very many elements are taken with one twice behind the first of them, which the loader refuses', async () => {
    const fields = Array.from({ length: MOST_SEEN + 1 }, (_, at) => integer(at, 24));
    const hashOf = (elements: readonly Element[]) => listpack(elements.flatMap((field) => [field, 'v']));
    const values = [fields, [...fields, ...fields.slice(-1)], [...fields, ...fields.slice(0, 1)]].map(hashOf);

    expect(values.map((value) => judge('hash listpack', value).verdict)).toEqual(['taken', 'taken', 'refused']);
    expect(await restore('hash listpack', values)).toEqual(['taken', 'refused', 'refused']);
  });

  test('as the server writes them are sound, and hold as many elements as it says', async () => {
    const someText = fc.oneof(
      fc.string({ maxLength: 90 }),
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String)
    );
    const someTexts = fc.uniqueArray(fc.oneof(someText, fc.integer({ min: -9_000, max: 9_000 }).map(String)), {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    });
    const someScore = fc.oneof(fc.double({ noNaN: true }), fc.integer()).map(String);
    const found = new Map<PackedShape, number>();

    for (const [texts, numbers, score] of fc.sample(
      fc.tuple(someTexts, fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 40 }), someScore),
      { seed: 20_261_123, numRuns: 150 }
    )) {
      const streams = texts.map((text, at) => ['XADD', 'stream', `${at + 1}-1`, at % 3 ? 'field' : text, text]);
      const fill = [
        ['RPUSH', 'list', ...texts],
        ['SADD', 'numbers', ...numbers.map(String)],
        ['SADD', 'texts', ...texts],
        ['HSET', 'hash', ...texts.flatMap((text) => [text, `${text}${text}`])],
        ['ZADD', 'scores', ...texts.flatMap((text) => [score, text])],
        ...streams,
        ['XDEL', 'stream', ...(streams.length > 1 ? ['1-1'] : ['9-9'])],
      ];
      const sizes = ['LLEN list', 'SCARD numbers', 'SCARD texts', 'HLEN hash', 'ZCARD scores', 'XLEN stream'];
      const asks = sizes.map((ask) => ask.split(' '));
      const replies = await send([['FLUSHALL'], ...fill, ...asks, ...asks.map(([, key = '']) => ['DUMP', key])]);
      const [counts, dumps] = [replies.slice(-12, -6), replies.slice(-6)];

      for (const [index, dump] of dumps.entries()) {
        const packed = packedOf(Uint8Array.from(dump as Buffer));
        if (packed === undefined) continue;
        const { shape, bytes, from, to } = packed;
        found.set(shape, (found.get(shape) ?? 0) + 1);
        expect(checks.check(shape, bytes, from, to), shape).toBe(-1);
        expect(countPacked(shape, bytes, from, to), shape).toBe(counts[index]);
      }
    }

    const shapes = ['set intset', 'hash listpack', 'zset listpack', 'list listpack', 'stream listpack'] as const;
    for (const shape of shapes) expect(found.get(shape), shape).toBeGreaterThan(50);
  });
});

/** What stands before a text that makes an entry of that size. */
const headOf = (size: number) => (size < 4_000 ? 2 : 5);
const NOTHING = new Uint8Array();
const big = (value: number) => little(value, 4).reverse();

/** The packed value in a payload of DUMP, of a value that is one. */
function packedOf(bytes: Uint8Array) {
  // Type 21 is 19 with a number more behind.
  const type = bytes[0] === 21 ? 19 : bytes[0];
  const shape = SHAPES.find((one) => RDB_TYPES[one].type === type);
  if (shape === undefined) return undefined;
  const at = 1 + (RDB_TYPES[shape].before?.length ?? 0);
  const lead = bytes[at] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [from, length] =
    lead < 0x40
      ? [at + 1, lead]
      : lead < 0x80
        ? [at + 2, view.getUint16(at) & 0x3fff]
        : [at + 5, view.getUint32(at + 1)];
  return { shape, bytes, from, to: from + length };
}
