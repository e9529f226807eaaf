import { expect, test } from 'vitest';

import { type Finding, SLOT_COUNT } from '../../src/rdb';
import { describeWith } from '../support/temporal-servers';
import { findOtherwise, NEWEST, versionOf } from './as-redis-reads';
import { openDice } from './corpus/dice';
import { DISPUTED } from './corpus/disputed';
import { HAND_WRITTEN } from './corpus/hand-written';
import { mutate } from './corpus/mutate';
import { A_KEY } from './corpus/one-record';
import { writeRandomRdb } from './corpus/random-rdb';
import { REFUSED } from './corpus/refused';
import { database, writeRdb } from './corpus/write-rdb';
import { readCorpus, RECIPES } from './corpus/written-by-redis';
import { type Accepted, DIFFERENCES, MORE_LENIENT } from './differences';
import {
  checkWithRedis,
  type CheckJudgement,
  hasMiscountedStream,
  judgeWithEngine,
  loadIntoRedis,
  startsInCluster,
} from './judges';

const SOUND = [
  ...RECIPES.map(({ name }) => ({ name: `the committed file ${name}`, file: readCorpus(name) })),
  ...HAND_WRITTEN.filter(({ version }) => version <= NEWEST),
  ...[1, 2, 3, 4].map((seed) => ({ name: `random file ${seed}`, file: writeRandomRdb({ seed, bytes: 100_000 }).file })),
];
const FILES = [...SOUND, ...DISPUTED, ...REFUSED];

const CHANGED = 300;

describeWith('redis-server', 'redis-check-rdb, a loading server and the engine', () => {
  test.for(FILES)('agree on $name', async ({ name, file }) => {
    const check = await checkWithRedis(file);
    const load = await loadIntoRedis(file, '--sanitize-dump-payload', 'yes');
    const engine = judgeWithEngine(file, { level: 'deep', size: file.length });

    const isAccepted = engine.verdict === 'verified' || engine.reason === 'no-checksum';
    const accepted: Accepted = { check: check.accepts, load: load.accepts, engine: isAccepted };
    const agreed: Accepted = { check: check.accepts, load: check.accepts, engine: check.accepts };
    const difference = DIFFERENCES.find(({ of }) => of.includes(name));
    expect(difference ?? agreed, difference?.because).toMatchObject(accepted);
    if (check.accepts && !isAccepted) expect(await findUnlisted(file)).toBeUndefined();
    if (!isAccepted) return;
    const found = engine.databases.filter(({ keys }) => keys > 0);
    expect(check.keys).toBe(found.reduce((sum, { keys }) => sum + keys, 0));
    expect(check.expires).toBe(found.reduce((sum, { expires }) => sum + expires, 0));
    if (load.accepts) expect(load.databases).toEqual(found);
  });

  test.for([0, 3])('agree on a shard of a cluster with its keys in database %d', async (db) => {
    const file = writeRdb([database(db, 1), A_KEY]);
    const accepts = await startsInCluster(file);
    const ofShard = judgeWithEngine(file, { level: 'structure', slots: [{ first: 0, last: SLOT_COUNT - 1 }] });

    expect(accepts).toBe(db === 0);
    expect(ofShard).toMatchObject(accepts ? { verdict: 'verified' } : { reason: 'other-database' });
    expect(judgeWithEngine(file, { level: 'structure' }).verdict).toBe('verified');
  });

  test('differ only where the table says so, and it has no other rows', () => {
    const names = FILES.map(({ name }) => name);

    expect(DIFFERENCES.flatMap(({ of }) => of).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test(`agree on ${CHANGED} changed files, but for a few reasons`, async () => {
    const sources = SOUND.map(({ file }) => file).filter(({ length }) => length < 12_000);
    const agreed = { accepted: 0, refused: 0 };
    for (let seed = 0; seed < CHANGED; seed += 1) {
      const file = mutate(sources, openDice(seed), 1);
      if (versionOf(file) > NEWEST) continue;
      const check = await checkWithRedis(file);
      const { verdict, reason, databases } = judgeWithEngine(file, { level: 'deep', size: file.length });
      const isAccepted = verdict === 'verified' || reason === 'no-checksum';

      if (isAccepted && check.accepts) {
        expect(
          databases.reduce((sum, { keys }) => sum + keys, 0),
          `seed ${seed}`
        ).toBe(check.keys);
        agreed.accepted += 1;
      } else if (isAccepted) expect(isListed(check), `seed ${seed}: ${check.said}`).toBe(true);
      else if (check.accepts) expect(await findUnlisted(file), `seed ${seed}`).toBeUndefined();
      else agreed.refused += 1;
    }

    expect(agreed.accepted).toBeGreaterThan(CHANGED / 20);
    expect(agreed.refused).toBeGreaterThan(CHANGED / 2);
  });
});

/** Whether the reason for which redis-check-rdb refuses is one for which the engine does not. */
function isListed({ said }: CheckJudgement): boolean {
  return Object.keys(MORE_LENIENT).some((reason) => said.includes(` -> ${reason}`));
}

/** What the engine has against a file beyond what it reads in another way than Redis. */
async function findUnlisted(file: Uint8Array): Promise<Finding | undefined> {
  const found = findOtherwise(file);
  const isOfCount = found?.reason === 'invalid-value' || found?.reason === 'stream-length';
  // Redis takes the length of a stream as it is.
  return isOfCount && (await hasMiscountedStream(file)) ? undefined : found;
}
