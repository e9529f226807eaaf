import { ApplicationFailure, CancelledFailure, Context, heartbeat, type Info } from '@temporalio/activity';
import type { KeysSeen } from '../aws/export-progress';
import type { Sightings } from '../aws/snapshot-status';
import type { ScanState } from '../rdb';

/**
 * What one attempt tells the next, in the heartbeat details: they stay until they are overwritten. Nothing may depend
 * on them being there, because a kill can swallow them. Milliseconds since the activity was scheduled, on the server's
 * clock.
 */
export interface AttemptMemory {
  readonly attempt: number;
  readonly elapsedMs: number;
  /** What this attempt asked the server to wait. */
  readonly delayMs: number;
  /** When the last CopySnapshot that may have been accepted was sent; absent = none was. */
  readonly maybeSentMs?: number;
  readonly sightings?: Sightings;
  readonly keysSeen?: KeysSeen;
  /** The send of that time was refused, and the claim could not be told: it is to say again what it said before. */
  readonly refused?: { readonly sentAt: string | undefined; readonly before: string | undefined };
  /** Absent = no byte was read. Under 1 KB. */
  readonly scan?: ScanCheckpoint;
}

/** Where the scan of an object stands: of another object, or another version of it, nothing goes on. */
export interface ScanCheckpoint {
  readonly etag: string;
  readonly size: number;
  readonly state: ScanState;
}

/** The attempt that runs now, as far as the decisions of an activity depend on it. */
export interface Attempt {
  readonly info: Info;
  /** How long the activity has lasted, in milliseconds of the server's clock. */
  readonly elapsedMs: number;
  /** How long it may last in all; absent when nothing bounds it. */
  readonly patienceMs?: number;
  /** What an earlier attempt left, if that arrived. */
  readonly memory: AttemptMemory | undefined;
  /** Aborted on a cancel: for reads only. */
  readonly signal: AbortSignal;
  /** Keeps something for the next attempts; what they know already is not told again. */
  remember(part: { readonly [Field in keyof AttemptMemory]?: AttemptMemory[Field] | undefined }): void;
  /** Tells where a scan stands: from now on in each report, and once more when the attempt fails. */
  followScan(where: () => ScanCheckpoint): void;
  /** Notes how long the server is asked to wait: once, and from then on only where it does not tell itself. */
  noteDelay(delayMs: number): void;
  /** Throws when the workflow was cancelled. */
  throwIfCancelled(): void;
}

/**
 * How often an attempt that takes long reports, in milliseconds: this is how it learns of a cancel. An attempt is
 * usually over by then, and costs no heartbeat: on Temporal Cloud each of them is a billable action.
 */
const BEAT_EVERY = 1_000;

/** Runs one attempt: reports while it runs, and turns an aborted read into the cancellation that it is. */
export async function runAttempt<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const { info } = context;
  const memory = readMemory(info.heartbeatDetails);
  const elapsedMs = elapsed(info, memory);
  let next: AttemptMemory = { ...memory, attempt: info.attempt, elapsedMs, delayMs: 0 };
  let whereScanStands: (() => ScanCheckpoint) | undefined;
  const beat = () => {
    if (whereScanStands) next = { ...next, scan: whereScanStands() };
    heartbeat(next);
  };
  const attempt: Attempt = {
    info,
    elapsedMs,
    ...(info.scheduleToCloseTimeoutMs > 0 && { patienceMs: info.scheduleToCloseTimeoutMs }),
    memory,
    signal: context.cancellationSignal,
    remember(part) {
      const known = JSON.stringify(next);
      next = { ...next, ...(part as Partial<AttemptMemory>) };
      if (JSON.stringify(next) !== known) beat();
    },
    followScan(where) {
      whereScanStands = where;
    },
    noteDelay(delayMs) {
      next = { ...next, delayMs };
      if (info.attempt === 1 || toldElapsed(info) < knownElapsed(memory)) beat();
    },
    throwIfCancelled() {
      if (isCancelled(context)) throw new CancelledFailure('the job was cancelled');
    },
  };
  const beats = setInterval(beat, BEAT_EVERY);
  try {
    return await work(attempt);
  } catch (err) {
    // What was read need not be read again, by whoever goes on.
    if (whereScanStands) beat();
    // After a cancel nothing may end as a failure that is tried again; what was started is returned, not thrown.
    attempt.throwIfCancelled();
    // What the signal ended, and not we, was a read: here that is a worker shutting down, and no answer of AWS.
    if (attempt.signal.aborted && err instanceof Error && !(err instanceof ApplicationFailure))
      throw new CancelledFailure('the worker shuts down', [], err);
    throw err;
  } finally {
    clearInterval(beats);
  }
}

/** A worker that shuts down cancels its attempts too; only the workflow's own cancel ends the job. */
function isCancelled(context: Context): boolean {
  return context.cancellationSignal.aborted && context.cancellationDetails?.cancelRequested !== false;
}

/**
 * The server's clock, not the worker's: under time skipping they differ. Real servers tell the elapsed time exactly. The
 * time-skipping server tells when the attempt before was scheduled, so that what that attempt knew is worth more.
 */
function elapsed(info: Info, memory: AttemptMemory | undefined): number {
  return Math.max(toldElapsed(info), knownElapsed(memory));
}

function toldElapsed({ currentAttemptScheduledTimestampMs: now, scheduledTimestampMs: begun }: Info): number {
  return Math.max(now - begun, 0);
}

function knownElapsed(memory: AttemptMemory | undefined): number {
  return memory ? memory.elapsedMs + memory.delayMs : 0;
}

function readMemory(details: unknown): AttemptMemory | undefined {
  return isMemory(details) ? details : undefined;
}

function isMemory(details: unknown): details is AttemptMemory {
  return (
    typeof details === 'object' &&
    details !== null &&
    'elapsedMs' in details &&
    typeof details.elapsedMs === 'number' &&
    'delayMs' in details &&
    typeof details.delayMs === 'number'
  );
}
