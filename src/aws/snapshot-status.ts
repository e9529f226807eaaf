import type { SnapshotRecord } from '../contract/job';
import { done, type Verdict } from './verdict';

/** Right after the copy the record may not be visible yet. */
export const GRACE_MS = 2 * 60_000;

/** A record is gone when it was missed this often, over at least this long: one look alone may be mistaken. */
export const GONE = { looks: 3, overMs: 15_000 };

/** What earlier looks saw; times are milliseconds since the phase began, on the server's clock. */
export interface Sightings {
  readonly seen: boolean;
  /** Looks in a row that did not find it, and when the first of them was. */
  readonly missing?: { readonly looks: number; readonly sinceMs: number };
}

/** The sightings with one more look added. */
export function addSighting(before: Sightings, found: boolean, elapsedMs: number): Sightings {
  if (found) return { seen: true };
  const { looks, sinceMs } = before.missing ?? { looks: 0, sinceMs: elapsedMs };
  return { seen: before.seen, missing: { looks: looks + 1, sinceMs } };
}

/**
 * What the target's record says about the copy. The status is an open set: what nobody has heard of is waited for.
 *
 * @param sightings with this look added
 */
export function judgeCopy(
  target: string,
  record: SnapshotRecord | undefined,
  sightings: Sightings,
  elapsedMs: number
): Verdict<SnapshotRecord> {
  if (record === undefined) return judgeMissing(target, sightings, elapsedMs);
  const status = record.Status;
  if (status === 'available') return done(record);
  if (status === 'failed') {
    return {
      verdict: 'final',
      type: 'SnapshotCopyFailed',
      message: `MemoryDB ended the copy ${target} as failed`,
      hint: 'MemoryDB tells no cause. Delete the failed snapshot and run the job again; if a KMS key is used, check its grants.',
      status,
    };
  }
  return {
    verdict: 'wait',
    pace: 'poll',
    reason: 'SnapshotNotReady',
    message: `${target} is ${status}`,
    hint: 'Nothing to do: the job looks again.',
    status,
  };
}

/** Whether it was missed so often that it is gone. */
export function isGone({ missing }: Sightings, elapsedMs: number): boolean {
  return missing !== undefined && missing.looks >= GONE.looks && elapsedMs - missing.sinceMs >= GONE.overMs;
}

function judgeMissing(target: string, sightings: Sightings, elapsedMs: number): Verdict<never> {
  const { seen } = sightings;
  // Whether it was seen is forgotten with a lost heartbeat: then the looks start over, however late it is.
  const gone = isGone(sightings, elapsedMs) && (seen || elapsedMs >= GRACE_MS);
  if (!gone) {
    return {
      verdict: 'wait',
      pace: 'poll',
      reason: 'SnapshotNotVisible',
      message: `${target} is not visible${seen ? ' any more' : ' yet'}`,
      hint: 'Nothing to do: the job looks again.',
    };
  }
  return {
    verdict: 'final',
    type: 'SnapshotVanished',
    message: seen ? `${target} was there and is gone` : `${target} was accepted and never showed up`,
    hint: 'Somebody may have deleted it: look in CloudTrail for DeleteSnapshot, then run the job again.',
  };
}
