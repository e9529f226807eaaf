import { describe, expect, test } from 'vitest';

import { crc64, EMPTY_CRC64 } from '../../src/rdb';
import type { ContentLevel, RdbReport } from '../../src/rdb/report';
import { openDice } from './corpus/dice';
import { writeRandomRdb } from './corpus/random-rdb';
import { resealed } from './corpus/write-rdb';
import { type Fault, FAULTS, GLUED } from './inject-faults';
import { judgeWithEngine } from './judges';
import { bytesOf } from './rdb-bytes';

const LEVELS = ['checksum', 'structure', 'deep'] as const;
const TRIALS = 40;
const SOUND = writeRandomRdb({ seed: 42, bytes: 300_000 }).file;

/**
 * How many of a hundred faults are found at least where there is no checksum: measured, less a margin. What falls into
 * a value shows in it at level `deep` alone, and then not often; that is why such a file is never `verified`.
 */
const FOUND_WITHOUT_CHECKSUM: Readonly<Record<string, readonly [structure: number, deep: number]>> = {
  'a flipped bit': [2, 15],
  'a byte of another value': [2, 15],
};
const FOUND_BY_DEFAULT = [90, 95] as const;

describe('with a checksum', () => {
  test.for(LEVELS)('every fault is found at level %s', (level) => {
    const missed = FAULTS.filter((fault) => rateOf(fault, SOUND, level) < 100);

    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  test('the file itself is verified at every level', () => {
    expect(LEVELS.map((level) => judge(SOUND, level).verdict)).toEqual(['verified', 'verified', 'verified']);
  });
});

describe('whole files in a row', () => {
  test.for(GLUED)('$name: a checksum cannot tell, the levels above do', (fault) => {
    expect(LEVELS.map((level) => rateOf(fault, SOUND, level))).toEqual([0, 100, 100]);
  });

  test('are one to a checksum because behind a file and its own it is zero, where every file begins', () => {
    const behind = writeRandomRdb({ seed: 43, bytes: 10_000 }).file;

    expect(crc64(SOUND)).toEqual(EMPTY_CRC64);
    expect(judge(bytesOf(SOUND, behind), 'checksum')).toMatchObject({
      ...{ verdict: 'verified', bytes: SOUND.length + behind.length },
      ...{ checksum: judge(behind, 'checksum').checksum },
    });
    expect(judge(bytesOf(SOUND, behind), 'structure')).toMatchObject({
      ...{ verdict: 'corrupt', reason: 'trailing-bytes', offset: SOUND.length },
    });
  });
});

describe('without a checksum', () => {
  const file = resealed(SOUND, 'zero checksum');

  test.for(FAULTS)('$name is found as often as it was before', (fault) => {
    const [structure, deep] = [rateOf(fault, file, 'structure'), rateOf(fault, file, 'deep')];

    const [leastOfStructure, leastOfDeep] = FOUND_WITHOUT_CHECKSUM[fault.name] ?? FOUND_BY_DEFAULT;
    expect(structure).toBeGreaterThanOrEqual(leastOfStructure);
    expect(deep).toBeGreaterThanOrEqual(Math.max(structure, leastOfDeep));
  });

  test('nothing is ever verified', () => {
    const dice = openDice(3);
    const verdicts = FAULTS.map((fault) => judge(fault.inject(file, dice), 'deep').verdict);

    expect(judge(file, 'deep')).toMatchObject({ verdict: 'unproven', reason: 'no-checksum' });
    expect(verdicts).not.toContain('verified');
  });
});

describe('the files of two shards', () => {
  const [low, high] = [[0, 8_191] as const, [8_192, 16_383] as const];
  const files = [low, high].map((slots, seed) => ({
    slots,
    file: writeRandomRdb({ seed, bytes: 100_000, slots }).file,
  }));
  const ofShard = ([first, last]: readonly [number, number], file: Uint8Array, level: ContentLevel) =>
    judgeWithEngine(file, { level, size: file.length, slots: [{ first, last }] });

  test('are verified where they belong', () => {
    for (const { slots, file } of files) {
      expect(ofShard(slots, file, 'structure')).toMatchObject({ verdict: 'verified' });
      expect(ofShard(slots, file, 'deep')).toMatchObject({ verdict: 'verified' });
    }
  });

  test('swapped are found from level structure on', () => {
    for (const { slots, file } of files) {
      const other = slots === low ? high : low;

      expect(ofShard(other, file, 'checksum').verdict).toBe('verified');
      expect(ofShard(other, file, 'structure').verdict).toBe('corrupt');
      expect(ofShard(other, file, 'deep').verdict).toBe('corrupt');
    }
  });

  test('glued into one are found: each key of the other shard is counted', () => {
    const [a, b] = files.map(({ file }) => file);
    if (a === undefined || b === undefined) throw new Error('two files');
    const glued = resealed(Uint8Array.from([...a.subarray(0, -9), ...b.subarray(b.indexOf(0xfe))]));

    expect(judge(glued, 'structure').verdict).toBe('verified');
    const keysOf = (file: Uint8Array) => judge(file, 'structure').databases[0]?.keys ?? 0;
    const [keysOfA, keysOfB] = [keysOf(a), keysOf(b)];
    expect(keysOfA).not.toBe(keysOfB);
    for (const [slots, own, others] of [
      [low, keysOfA, keysOfB],
      [high, keysOfB, keysOfA],
    ] as const) {
      expect(ofShard(slots, glued, 'structure')).toMatchObject({
        ...(others > own
          ? { verdict: 'corrupt', reason: 'wrong-shard' }
          : { verdict: 'unproven', reason: 'stray-keys' }),
        strayKeys: others,
      });
    }
  });
});

function judge(file: Uint8Array, level: ContentLevel): RdbReport {
  return judgeWithEngine(file, { level, size: file.length });
}

/** How many of a hundred faults of a kind are found. */
function rateOf(fault: Fault, file: Uint8Array, level: ContentLevel): number {
  const dice = openDice(1);
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { verdict } = judge(fault.inject(file, dice), level);
    if (verdict === 'corrupt' || verdict === 'unsupported') found += 1;
  }
  return (100 * found) / TRIALS;
}
