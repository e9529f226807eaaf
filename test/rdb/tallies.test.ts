import { describe, expect, test } from 'vitest';

import { VALUE_TYPES } from '../../src/rdb/record-walks';
import { openTallies, type Tallies } from '../../src/rdb/tallies';

const [STRING, HASH, EXPIRES] = [VALUE_TYPES.indexOf('string'), VALUE_TYPES.indexOf('hash'), VALUE_TYPES.length];
const open = (from?: ReturnType<Tallies['state']>) => openTallies(() => undefined, from);

/** Counts one more, as the walk does for each key. */
function countOne({ fresh }: Tallies, what: number): void {
  fresh[what] = (fresh[what] ?? 0) + 1;
}

describe('more keys than 2^31', () => {
  test.for([2 ** 31, 2 ** 32, 2 ** 53 - 1])('%d are counted, without anybody asking on the way', (many) => {
    const tallies = open();
    tallies.expectDatabase(many, many - 1);
    tallies.fresh[STRING] = many - 1;
    tallies.fresh[EXPIRES] = many - 2;

    countOne(tallies, STRING);
    countOne(tallies, EXPIRES);
    tallies.close(9);

    expect(tallies.databases).toEqual([{ db: 0, keys: many, expires: many - 1, types: { string: many } }]);
    expect(tallies.warnings).toEqual([]);
  });

  test('are so in a state and in the scan that goes on from it', () => {
    const [first, many] = [open(), 2 ** 31];
    first.expectSlot(5, many + 1, 1, 9);
    first.fresh[HASH] = many;
    const second = open(JSON.parse(JSON.stringify(first.state())) as ReturnType<Tallies['state']>);

    countOne(second, HASH);
    countOne(second, EXPIRES);
    second.close(9);

    expect(second.databases).toEqual([{ db: 0, keys: many + 1, expires: 1, types: { hash: many + 1 } }]);
    expect(second.warnings).toEqual([]);
  });
});

test('a database that is selected again goes on, and one without a key is not told of', () => {
  const tallies = open();
  countOne(tallies, STRING);
  for (const db of [1, 1, 2, 0]) tallies.select(db, 9);
  countOne(tallies, HASH);
  countOne(tallies, EXPIRES);

  expect(tallies.databases).toEqual([{ db: 0, keys: 2, expires: 1, types: { string: 1, hash: 1 } }]);
});
