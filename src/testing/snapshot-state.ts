import { Refusal } from './refusal';
import { type SnapshotRecord, isWithin, judgeStatus } from './snapshots';

/** Throws InvalidSnapshotStateFault unless the snapshot is in one of these statuses and not busy. */
export function requireStatus(snapshot: SnapshotRecord, now: number, statuses: readonly string[]): void {
  if (statuses.includes(judgeStatus(snapshot, now)) && !isWithin(snapshot.busy, now)) return;
  throw new Refusal('InvalidSnapshotStateFault', 'The snapshot is not in a valid state for the requested operation.');
}
