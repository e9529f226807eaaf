import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBusySource, judgeSource } from '../../src/aws/source';
import { snapshotRecord } from './sample-records';

const NAME = 'nightly';
const source = (status: string) => snapshotRecord({ Name: NAME, Status: status });

describe('a source, before AWS is asked for a copy', () => {
  test('that is not there is final', () => {
    expect(judgeSource(NAME, undefined)).toMatchObject({
      verdict: 'final',
      type: 'SnapshotNotFoundFault',
      message: 'there is no snapshot nightly',
    });
  });

  test.for([
    ['failed', 'final'],
    ['deleting', 'final'],
    ['creating', 'wait'],
    ['available', 'done'],
    ['copying', 'done'],
    ['exporting', 'done'],
    ['restoring', 'done'],
  ] as const)('that is %s is %s', ([status, verdict]) => {
    expect(judgeSource(NAME, source(status))).toMatchObject({ verdict });
  });

  test('of an unknown status is left to AWS to judge', () => {
    fc.assert(
      fc.property(fc.string(), (status) => {
        expect(judgeSource(NAME, source(status)).verdict).toBe('done');
      })
    );
  });
});

describe('a source that AWS refused to copy for its state', () => {
  test.for([
    ['failed', { verdict: 'final', type: 'InvalidSnapshotStateFault', status: 'failed' }],
    ['deleting', { verdict: 'final', type: 'InvalidSnapshotStateFault', status: 'deleting' }],
    ['creating', { verdict: 'wait', pace: 'state', reason: 'InvalidSnapshotStateFault', status: 'creating' }],
    ['exporting', { verdict: 'wait', pace: 'state', reason: 'InvalidSnapshotStateFault', status: 'exporting' }],
    // It was busy a moment ago.
    ['available', { verdict: 'wait', pace: 'state', reason: 'InvalidSnapshotStateFault', status: 'available' }],
    ['something new', { verdict: 'wait', pace: 'state' }],
  ] as const)('and that is %s', ([status, verdict]) => {
    expect(judgeBusySource(NAME, source(status))).toMatchObject(verdict);
  });

  test('and that is gone is final', () => {
    expect(judgeBusySource(NAME, undefined)).toMatchObject({ verdict: 'final', type: 'SnapshotNotFoundFault' });
  });
});
