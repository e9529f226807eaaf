import { expect, test } from 'vitest';

import { describeWith } from '../support/temporal-servers';
import { openDice } from './corpus/dice';
import { HAND_WRITTEN } from './corpus/hand-written';
import { mutate } from './corpus/mutate';
import { writeRandomRdb } from './corpus/random-rdb';
import { REFUSED } from './corpus/refused';
import { readCorpus, RECIPES } from './corpus/written-by-redis';
import { checkWithRedis, type CheckJudgement, judgeWithEngine, loadIntoRedis } from './judges';

/** The newest version that Debian's Redis reads. */
const NEWEST = 10;

const SOUND = [
  ...RECIPES.map(({ name }) => ({ name: `the committed file ${name}`, file: readCorpus(name) })),
  ...HAND_WRITTEN.filter(({ version }) => version <= NEWEST),
  ...[1, 2, 3, 4].map((seed) => ({ name: `random file ${seed}`, file: writeRandomRdb({ seed, bytes: 100_000 }).file })),
];
const FILES = [...SOUND, ...REFUSED];

/** Where the judges do not agree: what each of them says, and why we say what we say. */
const DIFFERENCES: Readonly<Record<string, { check: boolean; load: boolean; engine: boolean; because: string }>> = {
  'bytes behind its end': {
    check: true,
    load: true,
    engine: false,
    because: 'Redis stops at the end; an object that is longer than its file is not what was written',
  },
  'another file behind its end': {
    check: true,
    load: true,
    engine: false,
    because: 'the same',
  },
  'the base of an append-only file': {
    check: true,
    load: true,
    engine: false,
    because: 'sound, but only a part of the data: what was written since is in the log',
  },
  [`REDIS0010 with a value of a module`]: {
    check: true,
    load: false,
    engine: true,
    because: 'a server needs the module; what it wrote can be walked without',
  },
  [`REDIS0010 with what a module keeps beside the data`]: {
    check: true,
    load: false,
    engine: true,
    because: 'the same',
  },
  'an item of a module of a kind that is not known': {
    check: true,
    load: false,
    engine: false,
    because: 'redis-check-rdb walks on as if such an item had no content',
  },
  'a score of a text that begins with a number': {
    check: true,
    load: true,
    engine: false,
    because: 'Redis reads as much of it as is a number; none ever wrote more',
  },
  'a stream with a listpack of another count': {
    check: true,
    load: true,
    engine: false,
    because: 'Redis does not count the elements there; what it writes has the right number',
  },
};

/** Where redis-check-rdb accepts a changed file that the engine does not, by what the engine says of it. */
const STRICTER: Readonly<Record<string, string>> = {
  'invalid-version': 'Redis reads the digits of a version up to the first that is none',
  'invalid-length': 'where a length has to be, Redis reads the mark of an encoding as a length of six bits',
  'unknown-type': 'an item of a module of a kind that there is not is walked over as if it had no content',
  'append-only-file': 'sound, but only a part of the data',
  'trailing-bytes': 'Redis stops at the end',
};

/** Where the engine accepts a changed file that redis-check-rdb does not, by what that says of it. */
const MORE_LENIENT: Readonly<Record<string, string>> = {
  'Duplicate set members detected': 'an element twice in a collection of any size: to know that takes its memory',
  'Duplicate hash fields detected': 'the same',
  'Duplicate zset fields detected': 'the same',
};

const CHANGED = 250;

describeWith('redis-server', 'redis-check-rdb, a loading server and the engine', () => {
  test.for(FILES)('agree on $name', async ({ name, file }) => {
    const check = await checkWithRedis(file);
    const load = await loadIntoRedis(file, '--sanitize-dump-payload', 'yes');
    const engine = judgeWithEngine(file, { level: 'deep', size: file.length });

    const isAccepted = engine.verdict === 'verified' || engine.reason === 'no-checksum';
    const { because, ...expected } = DIFFERENCES[name] ?? {
      check: check.accepts,
      load: check.accepts,
      engine: check.accepts,
    };
    expect({ check: check.accepts, load: load.accepts, engine: isAccepted }, because).toEqual(expected);
    if (!isAccepted) return;
    const found = engine.databases.filter(({ keys }) => keys > 0);
    expect(check.keys).toBe(found.reduce((sum, { keys }) => sum + keys, 0));
    expect(check.expires).toBe(found.reduce((sum, { expires }) => sum + expires, 0));
    if (load.accepts) expect(load.databases).toEqual(found);
  });

  test('differ only where the table says so, and it has no other rows', () => {
    const names = FILES.map(({ name }) => name);

    expect(Object.keys(DIFFERENCES).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test(`agree on ${CHANGED} changed files, but for a few reasons`, async () => {
    const sources = SOUND.map(({ file }) => file).filter(({ length }) => length < 12_000);
    const agreed = { accepted: 0, refused: 0 };
    for (let seed = 0; seed < CHANGED; seed += 1) {
      const file = mutate(sources, openDice(seed), 1);
      const check = await checkWithRedis(file);
      const { verdict, reason, databases } = judgeWithEngine(file, { level: 'deep', size: file.length });
      const isAccepted = verdict === 'verified' || reason === 'no-checksum';

      if (isAccepted && check.accepts) {
        expect(
          databases.reduce((sum, { keys }) => sum + keys, 0),
          `seed ${seed}`
        ).toBe(check.keys);
        agreed.accepted += 1;
      } else if (isAccepted) expect(Object.keys(MORE_LENIENT), `seed ${seed}`).toContain(refusalOf(check));
      else if (check.accepts) expect(Object.keys(STRICTER), `seed ${seed}`).toContain(reason);
      else agreed.refused += 1;
    }

    expect(agreed.accepted).toBeGreaterThan(CHANGED / 20);
    expect(agreed.refused).toBeGreaterThan(CHANGED / 2);
  });
});

/** Why redis-check-rdb refuses, without where. */
function refusalOf({ said }: CheckJudgement): string | undefined {
  return /Internal error in RDB reading .* -> ([^\n]*)/.exec(said)?.[1];
}
