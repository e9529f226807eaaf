import { GRACE_MS } from '../aws/snapshot-status';
import { deleteSnapshot } from '../aws/snapshots';
import { lookAtTarget } from '../aws/target';
import type { Wait } from '../aws/verdict';
import type { CopyPlan, Discarded, StartedCopy } from '../contract/job';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** MemoryDB deletes a snapshot only in one of these. */
const DELETABLE: readonly string[] = ['available', 'failed'];

/**
 * After a cancel: finds out what is left behind, and deletes it where the plan says so. Only what is proven ours and
 * was not there when the run began is deleted.
 *
 * @param started null = nobody knows whether a send was accepted: a record may still show up
 */
export async function discardCopy(setting: Setting, plan: CopyPlan, started: StartedCopy | null): Promise<Discarded> {
  const { target, onCancel } = plan;
  return runAttempt(async (attempt) => {
    const subject: Subject = { phase: 'cancelling', source: plan.source, target };
    const ask = <T>(call: () => Promise<T>) => asking(call, 'possible', attempt, subject, setting.paces);
    const waitFor = (what: Pick<Wait, 'reason' | 'message'>, status?: string) =>
      valueOf<never>(
        { verdict: 'wait', pace: 'poll', hint: 'Nothing to do.', ...what, ...(status && { status }) },
        attempt,
        subject,
        setting.paces
      );

    const look = await ask(() => lookAtTarget(setting.memorydb, target, plan.ownership));
    const seen = attempt.memory?.sightings?.seen ?? false;
    if (look.found === 'nothing') {
      if (seen) return { outcome: 'deleted', detail: `the copy ${target} was deleted` };
      if (onCancel === 'delete' && attempt.elapsedMs < GRACE_MS) {
        return waitFor({ reason: 'SnapshotNotVisible', message: `${target} may still show up` });
      }
      return {
        outcome: 'nothing was started',
        detail: `there is no snapshot ${target}; a send whose answer was lost may still bring it`,
      };
    }
    const { found, record } = look;
    if (found !== 'ours' && found !== 'unreadable') {
      return started === null
        ? { outcome: 'nothing was started', detail: `the snapshot ${target} is not this job's` }
        : { outcome: 'kept', detail: `the snapshot that is now called ${target} is not this job's` };
    }
    if (plan.targetExisted) return { outcome: 'kept', detail: `${target} is older than this run` };
    if (onCancel === 'keep') return { outcome: 'kept', detail: `${target} is ${record.Status}` };
    if (found === 'unreadable') {
      return waitFor({ reason: 'OwnerUnknown', message: `the tags of ${target} cannot be read` }, record.Status);
    }
    attempt.remember({ sightings: { seen: true } });
    if (record.Status === 'deleting') return { outcome: 'deleted', detail: `the copy ${target} is being deleted` };
    if (!DELETABLE.includes(record.Status)) {
      return waitFor({ reason: 'SnapshotNotReady', message: `${target} is ${record.Status}` }, record.Status);
    }
    await ask(() => deleteSnapshot(setting.memorydb, target));
    return { outcome: 'deleted', detail: `the copy ${target} was deleted` };
  });
}
