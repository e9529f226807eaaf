import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { SLOT_COUNT, slotOf } from '../../src/rdb';
import { findFreePort } from '../support/processes';
import { bytesOf } from './rdb-bytes';
import { describeWith } from '../support/temporal-servers';
import { startRedis, type RedisServer } from './redis-server';

describe('the slot of a key', () => {
  test.for([
    ['', 0],
    ['123456789', 0x31c3],
    ['foo', 12_182],
    ['somekey', 11_058],
    ['foo{hash_tag}', 2_515],
    ['bar{hash_tag}', 2_515],
  ] as const)('%j is %d', ([key, slot]) => {
    expect(slotOf(key)).toBe(slot);
  });

  test.for([
    { key: '{user1000}.following', like: 'user1000' },
    { key: '{user1000}.followers', like: 'user1000' },
    { key: 'foo{{bar}}zap', like: '{bar' },
    { key: 'foo{bar}{zap}', like: 'bar' },
    { key: '}foo{bar}', like: 'bar' },
    { key: 'é{ü}', like: 'ü' },
  ])('$key is that of its tag $like', ({ key, like }) => {
    expect(slotOf(key)).toBe(slotOf(like));
  });

  test.for(['foo{}{bar}', '{}', '{', '}', 'foo{bar', '}foo{'])('%s has no tag: the whole key counts', (key) => {
    expect(slotOf(key)).toBe(slowCrc16(new TextEncoder().encode(key)) % SLOT_COUNT);
  });

  test('is that of the bit-by-bit definition, for any bytes without a tag', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const key = bytes.filter((byte) => byte !== 0x7b);

        expect(slotOf(key)).toBe(slowCrc16(key) % SLOT_COUNT);
      })
    );
  });

  test('of a string is that of its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(slotOf(key)).toBe(slotOf(new TextEncoder().encode(key)));
      })
    );
  });
});

describeWith('redis-server', 'a live cluster node', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis('--cluster-enabled', 'yes', '--cluster-port', `${await findFreePort()}`);
  });
  afterAll(() => redis.stop());

  test('finds the same slot for any key', async () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom('{', '}', '{}', '-1', 'user', 'ü').map((text) => Uint8Array.from(Buffer.from(text)))
    );
    const someKeys = fc.array(
      fc.array(part, { maxLength: 6 }).map((parts) => bytesOf(...parts)),
      { minLength: 1, maxLength: 50 }
    );

    await fc.assert(
      fc.asyncProperty(someKeys, async (keys) => {
        const slots = await redis.send(keys.map((key) => ['CLUSTER', 'KEYSLOT', key]));

        expect(keys.map((key) => slotOf(key))).toEqual(slots);
      }),
      { numRuns: 40, examples: [[['{}', '{', '}{', '{{a}}', 'a{b}c{d}', '{a', 'a}'].map((key) => bytesOf(key))]] }
    );
  });
});

function slowCrc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) & 0xffff) ^ (crc & 0x8000 ? 0x1021 : 0);
  }
  return crc;
}
