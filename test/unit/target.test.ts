import { describe, expect, test } from 'vitest';
import type { Ownership } from '../../src/aws/ownership';
import { judgeTarget } from '../../src/aws/target';
import { snapshotRecord } from './sample-records';

const TARGET = 'prod-copy';
const record = (status: string) => snapshotRecord({ Name: TARGET, Status: status });

describe('what is there under the target’s name', () => {
  test('is free when there is nothing', () => {
    expect(judgeTarget(TARGET, { found: 'nothing' })).toEqual({ verdict: 'done', value: undefined });
  });

  test.for(['available', 'creating', 'failed', 'something new'])('is ours to adopt while it is %s', (status) => {
    const ours = record(status);

    expect(judgeTarget(TARGET, { found: 'ours', record: ours })).toEqual({ verdict: 'done', value: ours });
  });

  test('is waited for while our earlier copy is being deleted', () => {
    expect(judgeTarget(TARGET, { found: 'ours', record: record('deleting') })).toMatchObject({
      verdict: 'wait',
      pace: 'state',
      status: 'deleting',
    });
  });

  test.for<readonly [found: Ownership, verdict: object]>([
    ['unreadable', { verdict: 'wait', pace: 'state', hint: expect.stringContaining('memorydb:ListTags') as string }],
    ['another request', { verdict: 'final', type: 'RequestMismatch' }],
    ['another source', { verdict: 'final', type: 'RequestMismatch' }],
    ['foreign', { verdict: 'final', type: 'SnapshotAlreadyExistsFault' }],
  ])('is, when %s, named with its status and what to do', ([found, verdict]) => {
    expect(judgeTarget(TARGET, { found, record: record('available') })).toMatchObject({
      ...verdict,
      message: expect.stringContaining(TARGET) as string,
      status: 'available',
    });
  });
});
