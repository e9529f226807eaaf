import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { JobPhase } from './job';
import { show } from './request-problem';
import { safeText, utf8Length } from './text';

/** `ApplicationFailure.type` of failures that are ours; where AWS refused, the type is AWS's own error name. */
export const SnapshotFailureTypes = {
  /** The request itself cannot work: the message names the field, the value and the fix. Nothing was sent. */
  InvalidRequest: 'InvalidRequest',
  /** The target, or the running job, is ours but belongs to another request or to an earlier state of the source. */
  RequestMismatch: 'RequestMismatch',
  /** The keys of the export are there and are not this job's. */
  ExportTargetTaken: 'ExportTargetTaken',
  /** MemoryDB ended the export, and objects are missing: the message names them. */
  ExportIncomplete: 'ExportIncomplete',
  /** An object of the export is proven wrong: the message names it. */
  ExportVerificationFailed: 'ExportVerificationFailed',
  /** MemoryDB ended the copy as `failed`. It tells no cause. */
  SnapshotCopyFailed: 'SnapshotCopyFailed',
  /** The copy was accepted, and is not there any more. */
  SnapshotVanished: 'SnapshotVanished',
  /** An operator completed an activity by hand, with something else than its result. */
  InvalidResult: 'InvalidResult',
  /** A phase waited as long as its patience allows. */
  PatienceExhausted: 'PatienceExhausted',
} as const;

/** The eight errors that CopySnapshot declares. */
export const CopySnapshotErrors = {
  InvalidParameterCombinationException: 'InvalidParameterCombinationException',
  InvalidParameterValueException: 'InvalidParameterValueException',
  InvalidSnapshotStateFault: 'InvalidSnapshotStateFault',
  ServiceLinkedRoleNotFoundFault: 'ServiceLinkedRoleNotFoundFault',
  SnapshotAlreadyExistsFault: 'SnapshotAlreadyExistsFault',
  SnapshotNotFoundFault: 'SnapshotNotFoundFault',
  SnapshotQuotaExceededFault: 'SnapshotQuotaExceededFault',
  TagQuotaPerResourceExceeded: 'TagQuotaPerResourceExceeded',
} as const;

/** Why a job failed: one of ours, one of CopySnapshot's eight, or another AWS error name. */
export type SnapshotFailureType =
  keyof typeof SnapshotFailureTypes | keyof typeof CopySnapshotErrors | (string & Record<never, never>);

/** `ApplicationFailure.details[0]` of every failure of a job. */
export interface SnapshotFailureDetails {
  readonly phase: JobPhase;
  readonly source?: string;
  readonly target?: string;
  readonly bucket?: string;
  /** The last status that was seen. */
  readonly status?: string;
  /** What to do next. */
  readonly hint: string;
  /** AWS's id of the refused request, for a support case. */
  readonly requestId?: string;
  /** What AWS answered last, of a phase that waits or waited. */
  readonly lastAnswer?: string;
  /** Milliseconds until the next look, of a failure that is tried again. */
  readonly nextLookMs?: number;
  /** How long the phase waited, in milliseconds, and which limit ended it (`PatienceExhausted` only). */
  readonly waitedMs?: number;
  readonly limit?: string;
}

/** A failure of a job, as a parent workflow, a client or another caller reads it. */
export type SnapshotFailure = ApplicationFailure & {
  readonly type: string;
  readonly details: readonly [SnapshotFailureDetails, ...unknown[]];
};

/** A failure that waiting cannot cure. It carries no category: it is worth an alert. */
export function finalFailure(
  type: SnapshotFailureType,
  message: string,
  details: SnapshotFailureDetails
): ApplicationFailure {
  return ApplicationFailure.create({ ...safeFailure(type, message, details), nonRetryable: true });
}

/** Of an error's name. Bytes. */
const MAX_TYPE = 200;

/** Bytes of JSON. */
const MAX_DETAILS = 8_000;

/** Of each text in the details: the first one at which all of them fit. */
const TEXT_BYTES = [1_024, 300, 50] as const;

/** The parts of a failure, well-formed, escaped and bounded, because a failure that is too long loses its type. */
export function safeFailure(
  type: string,
  message: string,
  details: SnapshotFailureDetails,
  max: { readonly message?: number; readonly details?: number } = {}
): { type: string; message: string; details: [SnapshotFailureDetails] } {
  const fitting = TEXT_BYTES.map((bytes) => safeDetails(details, bytes)).find(
    (safe) => utf8Length(JSON.stringify(safe)) <= (max.details ?? MAX_DETAILS)
  );
  return {
    type: safeText(type, MAX_TYPE),
    message: safeText(message, max.message),
    details: [fitting ?? { phase: details.phase, hint: safeText(details.hint, MAX_TYPE) }],
  };
}

function safeDetails(details: SnapshotFailureDetails, maxBytes: number): SnapshotFailureDetails {
  const safe = Object.entries<unknown>({ ...details }).map(([key, value]) => [key, safeValue(value, maxBytes)]);
  return Object.fromEntries(safe) as SnapshotFailureDetails;
}

function safeValue(value: unknown, maxBytes: number): unknown {
  if (typeof value === 'string') return safeText(value, maxBytes);
  return typeof value === 'object' && value !== null ? show(value) : value;
}

/**
 * Digs through the wrappers that Temporal puts around a failure (WorkflowFailedError, ChildWorkflowFailure,
 * ActivityFailure) and tells whether a snapshot job failed for `type`, or for any reason of its own. Works in the
 * workflow sandbox, in a client and in a Nexus caller.
 *
 * @example
 * ```ts
 * try {
 *   await runSnapshotJob({ request });
 * } catch (error) {
 *   if (isSnapshotFailure(error, 'SnapshotAlreadyExistsFault')) return 'the name is taken';
 *   throw error;
 * }
 * ```
 */
export function isSnapshotFailure(err: unknown, type?: SnapshotFailureType): boolean {
  const failure = findSnapshotFailure(err);
  return failure !== undefined && (type === undefined || failure.type === type);
}

/** The job's own failure inside `err`, or undefined when there is none. */
export function findSnapshotFailure(err: unknown): SnapshotFailure | undefined {
  return causesOf(err).find(isJobFailure);
}

/**
 * Tells whether a job ended because it was cancelled: that is no snapshot failure. `leftBehind()` says what it left.
 * Works in the workflow sandbox and in a client.
 */
export function isSnapshotCancelled(err: unknown): boolean {
  return !isSnapshotFailure(err) && causesOf(err).some((cause) => cause instanceof CancelledFailure);
}

function causesOf(err: unknown): Error[] {
  const causes: Error[] = [];
  for (let e: unknown = err; e instanceof Error && causes.length < 20; e = e.cause) causes.push(e);
  return causes;
}

function isJobFailure(err: Error): err is SnapshotFailure {
  if (!(err instanceof ApplicationFailure) || typeof err.type !== 'string') return false;
  const [details] = err.details ?? [];
  return typeof details === 'object' && details !== null && 'phase' in details && 'hint' in details;
}
