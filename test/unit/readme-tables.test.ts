import ms from 'ms';
import { expect, test } from 'vitest';
import { CopySnapshotErrors, SnapshotFailureTypes } from '../../src/contract/failures';
import { DEFAULT_PACES } from '../../src/contract/pacing';
import { DEFAULT_PATIENCE_MS } from '../../src/contract/request';
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

test('the README links to files that are there', async () => {
  const { existsSync } = await import('node:fs');
  const links = [...readReadme().matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(link))).toEqual([]);
  expect(links).toContain('CONTRIBUTING.md');
});
