import type { SnapshotFailureType } from '../contract/failures';
import type { PaceName } from '../contract/pacing';

/** Waiting cannot help. */
export interface Final {
  readonly verdict: 'final';
  readonly type: SnapshotFailureType;
  readonly message: string;
  readonly hint: string;
  readonly status?: string;
  readonly requestId?: string;
}

/** Not yet: look again, at this pace. */
export interface Wait {
  readonly verdict: 'wait';
  readonly pace: PaceName;
  /** Why, in one word: an AWS error name, or ours. */
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
  readonly status?: string;
  readonly requestId?: string;
}

/** What was asked for is there. */
export interface Done<T> {
  readonly verdict: 'done';
  readonly value: T;
}

/** Every answer of AWS becomes one of these. */
export type Verdict<T> = Done<T> | Wait | Final;

/** The value, as a verdict. */
export function done<T>(value: T): Done<T> {
  return { verdict: 'done', value };
}
