import { describe, expect, test } from 'vitest';
import { manifestKeysFor, movesFrom } from '../../src/cli/verify/manifest-place';

describe('the keys of a manifest', () => {
  test.each([
    ['nightly', ['nightly.manifest.json']],
    ['daily/nightly', ['daily/nightly.manifest.json']],
    ['Nightly', ['Nightly.manifest.json', 'nightly.manifest.json']],
    [
      'Moved/Backups/Nightly',
      [
        'Moved/Backups/Nightly.manifest.json',
        'Moved/Backups/nightly.manifest.json',
        'Moved/backups/nightly.manifest.json',
        'moved/backups/nightly.manifest.json',
      ],
    ],
  ])('of %s: as it is spelled, and in lower case from any folder on', (name, keys) => {
    expect(manifestKeysFor(name)).toEqual(keys);
  });
});

describe('the objects of a manifest are', () => {
  test.each([
    ['bucket', 'backups/nightly', ['Backups/Nightly-0001.rdb']],
    ['bucket', 'moved/backups/nightly', ['moved/Backups/Nightly-0001.rdb', 'moved/backups/Nightly-0001.rdb']],
    ['bucket', 'moved/nightly', ['moved/Nightly-0001.rdb']],
    ['bucket', 'nightly', ['Nightly-0001.rdb']],
    ['folder', 'backups/nightly', ['Backups/Nightly-0001.rdb', 'backups/Nightly-0001.rdb']],
    ['folder', '/a/Backups/nightly', ['/a/Backups/Nightly-0001.rdb']],
    ['folder', './other', ['./Nightly-0001.rdb']],
  ] as const)('in a %s, where it is %s.manifest.json: %j', (place, name, keys) => {
    const moves = movesFrom(place, 'Backups/Nightly', `${name}.manifest.json`);

    expect(moves.map((move) => move('Backups/Nightly-0001.rdb'))).toEqual(keys);
  });
});
