import ms from 'ms';
import { expect, test } from 'vitest';
import { DEFAULT_LEVEL, READS_CONTENT } from '../../src/contract/export';
import { CopySnapshotErrors, SnapshotFailureTypes } from '../../src/contract/failures';
import { DEFAULT_PACES } from '../../src/contract/pacing';
import { VERIFICATION_BOUNDS } from '../../src/contract/verification';
import { DEFAULT_PATIENCE_MS } from '../../src/contract/request';
import { REASONS } from '../../src/rdb';
import { readmeTable, readReadme } from '../support/readme';

test('the failure table names every type, once', () => {
  const types = readmeTable('type').map(([type]) => type);

  expect(types).toEqual([...Object.keys(CopySnapshotErrors), ...Object.keys(SnapshotFailureTypes)]);
});

test('the table of paces is the code', () => {
  const rows = readmeTable('pace').map(([pace = '', , floor = '', share = '', ceiling = '']) => [
    pace,
    {
      floorMs: ms(floor as ms.StringValue),
      share: Number.parseFloat(share) / 100,
      ceilingMs: ms(ceiling as ms.StringValue),
    },
  ]);

  expect(Object.fromEntries(rows)).toEqual(DEFAULT_PACES);
});

test('the defaults of the patience are the code', () => {
  const defaults = new Map(readmeTable('field').map(([field, , value]) => [field, value]));
  const duration = (field: string) => ms((defaults.get(field) ?? '').replaceAll("'", '') as ms.StringValue);

  expect({ start: duration('patience.start'), copy: duration('patience.copy') }).toEqual(DEFAULT_PATIENCE_MS);
});

test('the table of levels is the code, and so is the default', () => {
  const levels = readmeTable('level').map(([level, reads]) => [level, reads === 'every byte']);
  const [, , usual] = readmeTable('field').find(([field]) => field === 'verify') ?? [];

  expect(Object.fromEntries(levels)).toEqual(READS_CONTENT);
  expect(usual).toBe(`'${DEFAULT_LEVEL}'`);
});

test('the table of verdicts names those of the reasons, and the one that needs none', () => {
  const verdicts = readmeTable('verdict').map(([verdict]) => verdict);

  expect(verdicts).toEqual(['verified', ...new Set(Object.values(REASONS).map(({ verdict }) => verdict))]);
});

test('the bounds of the verification are the code', () => {
  const { objectsAtOnce, rangesInFlight, rangeBytes } = VERIFICATION_BOUNDS;
  const defaults = new Map(readmeTable('variable').map(([variable, , value]) => [variable, Number(value)]));
  const memory = objectsAtOnce.usual * (rangesInFlight.usual * (rangeBytes.usual >> 20) + 2);

  expect(defaults.get('SNAPSHOTS_VERIFY_OBJECTS')).toBe(objectsAtOnce.usual);
  expect(defaults.get('SNAPSHOTS_VERIFY_RANGES')).toBe(rangesInFlight.usual);
  expect(defaults.get('SNAPSHOTS_VERIFY_RANGE_MIB')).toBe(rangeBytes.usual >> 20);
  expect(readReadme()).toContain(` ${memory} MiB unless option`);
});

test('the README links to files that are there', async () => {
  const { existsSync } = await import('node:fs');
  const links = [...readReadme().matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(link))).toEqual([]);
  expect(links).toContain('CONTRIBUTING.md');
});
