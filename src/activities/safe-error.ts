import { ApplicationFailure, CancelledFailure, ensureApplicationFailure } from '@temporalio/common';
import { safeText } from '../contract/text';

/** In bytes. Together they stay under the 4 KB that the server keeps of a failure that is tried again. */
const MAX = { type: 200, message: 1_000, stack: 1_500, cause: 300 };

/** Causes of causes are dropped from here on. */
const MAX_CAUSES = 2;

/**
 * Makes an activity throw nothing that a worker cannot send: an error's text may come from AWS or the network, and a
 * lone surrogate in it ends the worker. A cancellation stays one; any other error is tried again, as ever.
 */
export function withSafeErrors<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toSafeError(error);
    }
  };
}

function toSafeError(error: unknown): Error {
  // Ours are made safe where they are made.
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof CancelledFailure) {
    return new CancelledFailure(safeText(error.message, MAX.message), [], safeCause(error.cause));
  }
  const { type, message, stack, cause } = ensureApplicationFailure(error);
  const safe = ApplicationFailure.retryable(safeText(message, MAX.message), safeText(type ?? 'Error', MAX.type));
  return Object.assign(safe, { stack: safeStack(stack ?? ''), cause: safeCause(cause) });
}

function safeCause(error: unknown, depth = 1): Error | undefined {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return undefined;
  const safe = new Error(safeText(error.message, MAX.cause), { cause: safeCause(error.cause, depth + 1) });
  return Object.assign(safe, { name: safeText(error.name, MAX.type), stack: '' });
}

/** The frames alone: the lines before them repeat the message. */
function safeStack(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  let safe = '';
  for (const frame of frames.map((line) => `${safeText(line, MAX.cause)}\n`)) {
    if (safe.length + frame.length > MAX.stack) break;
    safe += frame;
  }
  return safe;
}
