import { WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  finalFailure,
  findSnapshotFailure,
  isSnapshotFailure,
  SnapshotFailureTypes,
  type SnapshotFailureDetails,
} from '../../src/contract/failures';

const DETAILS: SnapshotFailureDetails = { phase: 'starting', source: 'nightly', target: 'nightly-copy', hint: 'Wait.' };
const QUOTA = finalFailure('SnapshotQuotaExceededFault', 'too many', DETAILS);

const inActivity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'memorydbStartCopy', '1', 'NON_RETRYABLE_FAILURE', 'worker', cause);
const inChild = (cause: Error) =>
  new ChildWorkflowFailure(
    'default',
    { workflowId: 'job', runId: 'run' },
    'copyMemoryDBSnapshot',
    'NON_RETRYABLE_FAILURE',
    cause
  );
const inWorkflow = (cause: Error) =>
  new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');

describe("a job's failure", () => {
  test('is final, and tells its details', () => {
    expect(QUOTA).toMatchObject({
      type: 'SnapshotQuotaExceededFault',
      message: 'too many',
      nonRetryable: true,
      details: [DETAILS],
    });
    expect(QUOTA.category).toBeUndefined();
  });

  test.for<readonly [where: string, err: Error]>([
    ['by itself', QUOTA],
    ['in an activity', inActivity(QUOTA)],
    ['in a child workflow', inChild(QUOTA)],
    ['in a workflow', inWorkflow(QUOTA)],
    ['in a child of a workflow', inWorkflow(inChild(QUOTA))],
    ['in an activity of a child of a child of a workflow', inWorkflow(inChild(inChild(inActivity(QUOTA))))],
    ['in an error of a user', new Error('backup failed', { cause: inChild(QUOTA) })],
    ['in a failure of a user', ApplicationFailure.create({ type: 'BackupFailed', cause: inChild(QUOTA) })],
    ['after the wire', overTheWire(inChild(inActivity(QUOTA)))],
  ])('is found %s', ([, err]) => {
    expect(findSnapshotFailure(err)).toMatchObject({ type: 'SnapshotQuotaExceededFault', details: [DETAILS] });
    expect(isSnapshotFailure(err)).toBe(true);
    expect(isSnapshotFailure(err, 'SnapshotQuotaExceededFault')).toBe(true);
    expect(isSnapshotFailure(err, 'SnapshotNotFoundFault')).toBe(false);
  });

  test('is the outermost one where one of ours caused another', () => {
    const lost = Object.assign(finalFailure('PatienceExhausted', 'waited long', DETAILS), {
      cause: inActivity(QUOTA),
    });

    expect(findSnapshotFailure(inWorkflow(lost))?.type).toBe('PatienceExhausted');
  });

  test.for<readonly [what: string, err: unknown]>([
    ['a failure of a user', ApplicationFailure.create({ type: 'SnapshotVanished', message: 'mine' })],
    [
      'a failure of a user with details',
      ApplicationFailure.create({ type: 'SnapshotVanished', details: [{ phase: 'x' }] }),
    ],
    ['a failure of a user with text for details', ApplicationFailure.create({ type: 'X', details: ['phase hint'] })],
    ['a failure of a user with null for details', ApplicationFailure.create({ type: 'X', details: [null] })],
    ['a failure without a type', ApplicationFailure.create({ details: [DETAILS] })],
    ['a cancellation', inWorkflow(new CancelledFailure('kept: nightly-copy goes on without the job'))],
    ['an error that looks alike', Object.assign(new Error('x'), { type: 'SnapshotVanished', details: [DETAILS] })],
    ['an error that causes itself', circle()],
    ['no error', 'SnapshotVanished'],
    ['nothing', undefined],
  ])('is not %s', ([, err]) => {
    expect(findSnapshotFailure(err)).toBeUndefined();
    expect(isSnapshotFailure(err)).toBe(false);
  });
});

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 3_000,
});

test('a failure is well-formed, without control characters and short, whatever its parts are', () => {
  const details = fc.record({
    phase: fc.constant('starting' as const),
    hint: anyText,
    source: anyText,
    target: anyText,
    bucket: anyText,
    status: anyText,
    requestId: anyText,
    lastAnswer: anyText,
  });
  fc.assert(
    fc.property(anyText, anyText, details, (type, message, given) => {
      const failure = finalFailure(type, message, given);

      for (const text of textsOf(failure)) {
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }
      expect(Buffer.byteLength(failure.message)).toBeLessThanOrEqual(2_000);
      expect(Buffer.byteLength(JSON.stringify(failure.details))).toBeLessThanOrEqual(8_192);
      expect(failure.stack?.isWellFormed()).toBe(true);
    })
  );
});

test('the longest names that a request may hold are told whole', () => {
  const longest = { ...DETAILS, source: 'ä'.repeat(255), target: 'ä'.repeat(505), bucket: 'b'.repeat(255) };

  expect(finalFailure('ExportIncomplete', 'x', longest).details).toEqual([longest]);
});

function textsOf(failure: ApplicationFailure): string[] {
  const texts = Object.values<unknown>({ ...(failure.details?.[0] as SnapshotFailureDetails) });
  return [failure.message, failure.type, ...texts].filter((text) => typeof text === 'string');
}

test('our failure types are called what they are', () => {
  for (const [name, type] of Object.entries(SnapshotFailureTypes)) expect(type).toBe(name);
});

/** As a client gets it: what was no data is gone. */
function overTheWire(err: Error): Error {
  const converter = new DefaultFailureConverter();
  return converter.failureToError(converter.errorToFailure(err, defaultPayloadConverter), defaultPayloadConverter);
}

function circle(): Error {
  const err = new Error('round');
  err.cause = err;
  return err;
}
