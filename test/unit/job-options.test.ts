import { describe, expect, test } from 'vitest';
import type { CopySnapshotInput } from '../../src/contract/job';
import { differingOptions, readOptions } from '../../src/contract/job-options';

function optionsOf(options: Omit<CopySnapshotInput, 'request'>) {
  return readOptions({ request: { SourceSnapshotName: 'a', TargetSnapshotName: 'b' }, ...options });
}

describe('two jobs of the same request', () => {
  const DAY_AND_A_BIT = 93_600_000;

  test.for<readonly [what: string, options: Omit<CopySnapshotInput, 'request'>]>([
    ['with the defaults spelled out', { onCancel: 'keep', patience: { start: '26h', copy: '24h' } }],
    ['with the defaults in milliseconds', { patience: { start: DAY_AND_A_BIT, copy: 86_400_000 } }],
    ['with an empty patience', { patience: {} }],
    ['with the default level', { verify: 'structure', requireVerified: false }],
  ])('are the same %s', ([, options]) => {
    expect(differingOptions(optionsOf(options), optionsOf({}))).toEqual([]);
  });

  test.for<readonly [what: string, options: Omit<CopySnapshotInput, 'request'>]>([
    ['onCancel "keep" instead of "delete"', { onCancel: 'delete' }],
    ['verify "structure" instead of "header"', { verify: 'header' }],
    ['requireVerified false instead of true', { requireVerified: true }],
    ['patience.start 93600000 instead of 90000000', { patience: { start: '25h' } }],
    ['patience.copy 86400000 instead of 93600000', { patience: { copy: DAY_AND_A_BIT } }],
  ])('differ by %s', ([difference, options]) => {
    expect(differingOptions(optionsOf(options), optionsOf({}))).toEqual([difference]);
  });

  test('differ by what another version knew, and by what it did not', () => {
    const { verify, ...older } = optionsOf({});
    expect(verify).toBe('structure');
    expect(differingOptions(optionsOf({}), { ...older, jobKey: 'a' })).toEqual([
      'verify undefined instead of "structure"',
      'jobKey "a" instead of undefined',
    ]);
    expect(differingOptions(optionsOf({}), undefined)).toHaveLength(5);
  });
});
