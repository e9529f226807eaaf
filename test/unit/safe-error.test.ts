import {
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withSafeErrors } from '../../src/activities/safe-error';
import { finalFailure } from '../../src/contract/failures';

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 3_000,
});

/** An error as the AWS SDK makes it from an answer: name, message and stack come from the network. */
const anyError = fc
  .record({ name: anyText, message: anyText, stack: anyText, causes: fc.array(anyText, { maxLength: 5 }) })
  .map(({ name, message, stack, causes }) => {
    const cause = causes.reduce<Error | undefined>((inner, text) => new Error(text, { cause: inner }), undefined);
    return Object.assign(new Error(message, { cause }), { name, stack: `${stack}\n    at ${stack} (${stack})` });
  });

describe('an activity throws', () => {
  test('what its own decisions threw, as it is', async () => {
    const failure = finalFailure('SnapshotVanished', 'gone', { phase: 'copying', hint: 'Look.' });

    expect(await errorOf(failure)).toBe(failure);
  });

  test('an error that nobody expected as a failure that is tried again, under its class and with its frames', async () => {
    const error = new RangeError('too deep', { cause: new Error('why') });

    const thrown = await errorOf(error);

    expect(thrown).toBeInstanceOf(ApplicationFailure);
    expect(thrown).toMatchObject({ type: 'RangeError', message: 'too deep', nonRetryable: false });
    expect(thrown.stack).toMatch(/^ {4}at /);
    expect(thrown.cause).toMatchObject({ message: 'why' });
  });

  test('a cancellation as a cancellation, with a cause that can be sent', async () => {
    const cause = Object.assign(new Error('a\ud83d'), { name: 'Abort\ud83d', stack: 'a\ud83d' });

    const thrown = await errorOf(new CancelledFailure('the worker shuts down', [], cause));

    expect(thrown).toBeInstanceOf(CancelledFailure);
    expect(thrown).toMatchObject({
      message: 'the worker shuts down',
      cause: { name: 'Abort\\u{d83d}', message: 'a\\u{d83d}', stack: '' },
    });
  });

  test.for([undefined, null, 'a\ud83d', 7, {}, { message: 'a\ud83d', stack: 'a\ud83d', name: 'a\ud83d' }])(
    'a failure for what is no error: %j',
    async (thing) => {
      const thrown = await errorOf(thing);

      expect(thrown).toBeInstanceOf(ApplicationFailure);
      expect(thrown.message.isWellFormed()).toBe(true);
    }
  );

  test('nothing that cannot be sent, or that the server does not keep whole', async () => {
    await fc.assert(
      fc.asyncProperty(anyError, fc.boolean(), async (error, cancelled) => {
        const thrown = await errorOf(cancelled ? new CancelledFailure(error.message, [], error) : error);

        const sent = JSON.stringify(new DefaultFailureConverter().errorToFailure(thrown, defaultPayloadConverter));
        for (const text of textsOf(thrown)) expect(text.isWellFormed()).toBe(true);
        // JSON is longer than protobuf.
        expect(Buffer.byteLength(sent)).toBeLessThanOrEqual(4_096);
      })
    );
  });
});

async function errorOf(thrown: unknown): Promise<Error> {
  const activity = withSafeErrors(() => Promise.reject(thrown as Error));
  return activity().then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error as Error
  );
}

function textsOf(error: Error): string[] {
  const type = error instanceof ApplicationFailure ? [error.type ?? ''] : [error.name];
  const own = [...type, error.message, error.stack ?? ''];
  return error.cause instanceof Error ? [...own, ...textsOf(error.cause)] : own;
}
