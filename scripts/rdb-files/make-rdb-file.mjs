import { createCipheriv } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { startRedis } from './redis.mjs';

/**
 * How a file is filled, by units: so many are a sample that tells how many it takes, so many are added at once.
 *
 * @typedef {object} Profile
 * @property {number} sample
 * @property {number} batch
 * @property {readonly string[]} [begin] a command before all units
 * @property {(from: number, to: number) => readonly (string | Uint8Array)[]} [add] a command that adds units; without it a script of the profile's name does
 */

const LIBRARY = "#!lua name=mix\nredis.register_function('one', function() return 1 end)";

/**
 * What large files there are: `mix` has values of all kinds, `small` tiny strings, `blob` values that nothing
 * compresses, `coll` large collections.
 *
 * @type {Readonly<Record<string, Profile>>}
 */
export const PROFILES = {
  mix: { sample: 20, batch: 100, begin: ['FUNCTION', 'LOAD', LIBRARY] },
  small: {
    sample: 100_000,
    batch: 100_000,
    add: (from, to) => ['DEBUG', 'POPULATE', String(to - from), `s${String(from).padStart(8, '0')}`, '8'],
  },
  blob: { sample: 30, batch: 64 },
  coll: { sample: 4, batch: 4 },
};

const NOISE_BYTES = 4 * 1024 * 1024;

/**
 * Lets a redis-server write a file of about that size. The same seed makes the same keys and values, in an order that
 * is the server's own. In its memory they take several times as much.
 *
 * @param {{ readonly profile: string, readonly bytes: number, readonly file: string, readonly seed?: number, readonly signal?: AbortSignal }} options
 * @returns {Promise<{ readonly size: number, readonly keys: number }>}
 */
export async function makeRdbFile({ profile: name, bytes, file, seed = 1, signal }) {
  const profile = PROFILES[name];
  if (profile === undefined) throw new RangeError(`'${name}' is none of ${Object.keys(PROFILES).join(', ')}`);
  const folder = mkdtempSync(join(dirname(resolve(file)), 'make-rdb-'));
  try {
    const redis = await startRedis(folder, signal);
    try {
      const saved = join(folder, 'dump.rdb');
      await fillRedis(redis, { profile, add: profile.add ?? addByScript(name, seed), bytes, saved });
      const keys = Number(await redis.send(['DBSIZE']));
      renameSync(saved, file);
      return { size: statSync(file).size, keys };
    } finally {
      await redis.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Adds a sample, and by the size of that as much as it takes.
 *
 * @param {Awaited<ReturnType<typeof startRedis>>} redis
 * @param {{ readonly profile: Profile, readonly add: NonNullable<Profile['add']>, readonly bytes: number, readonly saved: string }} task
 */
async function fillRedis(redis, { profile: { begin, sample, batch }, add, bytes, saved }) {
  const fill = async (/** @type {number} */ from, /** @type {number} */ to) => {
    for (let at = from; at < to; at += batch) await redis.send(add(at, Math.min(to, at + batch)));
  };
  if (begin !== undefined) await redis.send(begin);
  await fill(0, sample);
  await redis.send(['SAVE']);
  await fill(sample, Math.ceil((bytes * sample) / statSync(saved).size));
  await redis.send(['SAVE']);
}

/** What adds units by `<name>.lua`: it gets noise, the same in hexadecimal digits, a seed, and the units. */
function addByScript(/** @type {string} */ name, /** @type {number} */ seed) {
  const files = ['shared', name].map((part) => readFileSync(join(import.meta.dirname, `${part}.lua`), 'utf8'));
  const noise = makeNoise(seed);
  const given = [files.join('\n'), '0', noise, noise.toString('hex', 0, NOISE_BYTES / 4), String(seed)];
  return (/** @type {number} */ from, /** @type {number} */ to) => ['EVAL', ...given, String(from), String(to)];
}

/** Bytes that nothing makes smaller. */
function makeNoise(/** @type {number} */ seed) {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed >>> 0);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(NOISE_BYTES));
}
