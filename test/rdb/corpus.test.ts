import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { describeWith } from '../support/temporal-servers';
import { DISPUTED } from './corpus/disputed';
import { HAND_WRITTEN } from './corpus/hand-written';
import { writeRandomRdb } from './corpus/random-rdb';
import { REFUSED } from './corpus/refused';
import { commit, readCorpus, RECIPES, writeAgain } from './corpus/written-by-redis';
import { checkWithRedis, judgeWithEngine, loadIntoRedis } from './judges';

const LEVELS = ['checksum', 'structure', 'deep'] as const;
const FOLDER = join(__dirname, 'corpus', 'files');

describe('the files that a server wrote', () => {
  test('are all there, and small', () => {
    const files = readdirSync(FOLDER);
    const sizes = files.map((file) => statSync(join(FOLDER, file)).size);

    expect(files.sort()).toEqual(RECIPES.map(({ name }) => `${name}.rdb`).sort());
    expect(Math.max(...sizes)).toBeLessThan(40_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(400_000);
  });
});

describeWith('redis-server', 'the files that a server wrote', () => {
  // With RDB_CORPUS=write this writes them again.
  test.for(RECIPES)('$name is what its recipe makes', async (recipe) => {
    const again = await writeAgain(recipe);
    if (process.env['RDB_CORPUS'] === 'write') commit(recipe.name, again);

    const [committed, made] = [await loadIntoRedis(readCorpus(recipe.name)), await loadIntoRedis(again)];

    expect(made.accepts).toBe(true);
    expect(committed).toEqual(made);
  });
});

describe('the engine', () => {
  test.for(HAND_WRITTEN)('accepts $name', ({ version, file, databases }) => {
    const proven = version < 5 ? { verdict: 'unproven', reason: 'no-checksum' } : { verdict: 'verified' };

    for (const level of ['structure', 'deep'] as const) {
      expect(judgeWithEngine(file, { level, size: file.length })).toMatchObject({ ...proven, version, databases });
    }
    expect(judgeWithEngine(file, { level: 'checksum', size: file.length })).toMatchObject({ ...proven, databases: [] });
  });

  test.for(DISPUTED)('accepts $name', ({ file, databases }) => {
    const report = judgeWithEngine(file, { level: 'deep', size: file.length });

    expect(report).toMatchObject({ verdict: 'verified', databases });
  });

  test.for(REFUSED)('does not verify $name from level $level on', ({ file, verdict, level }) => {
    const verdicts = LEVELS.map((each) => judgeWithEngine(file, { level: each, size: file.length }).verdict);

    const from = LEVELS.indexOf(level);
    expect(verdicts).toEqual(LEVELS.map((_, index) => (index < from ? 'verified' : verdict)));
  });

  test.for([10, 11, 12, 80])('counts the random keys of version %d', (version) => {
    const { file, databases } = writeRandomRdb({ seed: version, bytes: 50_000, version });

    expect(judgeWithEngine(file, { level: 'deep' })).toMatchObject({ verdict: 'verified', databases, warnings: [] });
  });

  test('warns of other counts than a file says of itself, and refuses them where that is asked for', () => {
    const other = HAND_WRITTEN.find(({ name }) => name.includes('other counts'))?.file ?? new Uint8Array();

    expect(judgeWithEngine(other, { level: 'structure' })).toMatchObject({
      verdict: 'verified',
      warnings: [
        { kind: 'keys', of: { db: 0 }, expected: 5, found: 1 },
        { kind: 'expires', of: { db: 0 }, expected: 5, found: 0 },
      ],
    });
    expect(judgeWithEngine(other, { level: 'structure', strict: true })).toMatchObject({
      verdict: 'corrupt',
      reason: 'count-mismatch',
    });
  });
});

describeWith('redis-server', 'a file of random keys and values', () => {
  test.for([1, 2, 3])('is sound to those who judge: seed %d', async (seed) => {
    const { file, databases } = writeRandomRdb({ seed, bytes: 300_000 });

    const [check, load] = [await checkWithRedis(file), await loadIntoRedis(file)];

    expect(check).toMatchObject({ accepts: true, keys: databases[0]?.keys, expires: databases[0]?.expires });
    expect(load).toEqual({ accepts: true, said: '', databases });
  });

  test('is the same for the same seed', () => {
    const options = { seed: 7, bytes: 20_000, slots: [0, 5_460] } as const;

    expect(writeRandomRdb(options)).toEqual(writeRandomRdb(options));
    expect(writeRandomRdb({ ...options, seed: 8 })).not.toEqual(writeRandomRdb(options));
  });
});
