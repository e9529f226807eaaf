import { classifyFault } from '../aws/faults';
import { judgeExportTarget, lookAtExport, taken, type Claim, type ExportLook } from '../aws/export-look';
import { nameSome } from '../aws/export-progress';
import { judgeFault } from '../aws/judge-fault';
import { claimOf, formatManifest } from '../aws/manifest';
import { GRACE_MS } from '../aws/snapshot-status';
import { describeSnapshot, sendCopy } from '../aws/snapshots';
import { judgeBusySource } from '../aws/source';
import type { Verdict } from '../aws/verdict';
import { writeOnce } from '../aws/write-once';
import type { ExportPlan, StartedCopy } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';
import { mayShowUp } from './may-show-up';

const EXPORTING: readonly string[] = ['exporting', 'copying'];

/**
 * CopySnapshot with a bucket, exactly once. An export has no token, no target record and no tag on its objects: a claim
 * beside them, written before the first send, is what makes them ours.
 */
export async function startExport(setting: Setting, plan: ExportPlan): Promise<StartedCopy> {
  return runAttempt(async (attempt) => {
    const { source, target } = plan;
    const subject: Subject = { phase: 'starting', source, target, bucket: plan.bucket };
    const bucket = bucketOf(setting, plan);
    const { memory } = attempt;
    const maybeSentMs = memory?.maybeSentMs;
    // A refusal counts only when it comes from the attempt right before: a kill can swallow what an attempt remembers.
    const surelyUnsent =
      !plan.targetExisted &&
      (attempt.info.attempt === 1 || (memory?.attempt === attempt.info.attempt - 1 && maybeSentMs === undefined));
    const acceptance = surelyUnsent ? 'none' : 'possible';
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);
    const look = () => askingS3(() => lookAtExport(bucket, plan), acceptance, plan.bucket, attempt, subject, setting);

    const claimKeys = async (): Promise<StartedCopy | undefined> => {
      const before = await look();
      const claim = settle(judgeExportTarget(plan, before, plan.ownership));
      if (before.seen.length > 0) {
        return settle(judgeKeysThere(before, claim, surelyUnsent && attempt.info.attempt > 1));
      }
      if (claim === undefined) {
        const startedAt = new Date(attempt.info.currentAttemptScheduledTimestampMs).toISOString();
        const text = formatManifest(claimOf(plan, startedAt));
        const write = () => writeOnce(bucket, plan.manifestKey, text, { IfNoneMatch: '*' });
        const etag = await askingS3(write, acceptance, plan.bucket, attempt, subject, setting);
        // Somebody was quicker; perhaps another attempt of ours.
        if (etag === undefined) settle(judgeExportTarget(plan, await look(), plan.ownership));
      }
      attempt.throwIfCancelled();
      return undefined;
    };

    // Before anything else: heartbeats after the first one are held back for seconds, and a kill swallows them.
    attempt.remember({ maybeSentMs: attempt.elapsedMs });
    const there = await claimKeys().catch((err: unknown) => {
      attempt.remember({ maybeSentMs });
      throw err;
    });
    if (there) return there;
    try {
      await sendCopy(setting.memorydb, plan);
      return { adopted: plan.targetExisted };
    } catch (err) {
      const fault = classifyFault(err);
      if (fault.kind === 'trouble' || fault.kind === 'unknown') return settle(judgeFault(fault, 'possible'));

      attempt.remember({ maybeSentMs });
      if (fault.kind === 'state') {
        const read = () => describeSnapshot(setting.memorydb, source);
        const record = await asking(read, acceptance, attempt, subject, setting.paces);
        // Ours may be running: go on, and let the keys prove it.
        if (!surelyUnsent && record !== undefined && EXPORTING.includes(record.Status)) return { adopted: true };
        return settle(judgeBusySource(source, record));
      }
      // "already contains an object with key": perhaps our own objects.
      if (!surelyUnsent && (await look()).seen.length > 0) return { adopted: true };
      const verdict = judgeFault(fault, acceptance);
      const recentlySent = maybeSentMs !== undefined && attempt.elapsedMs - maybeSentMs < GRACE_MS;
      return settle(recentlySent ? mayShowUp(target, verdict) : verdict);
    }
  });
}

/** Keys that appeared while every send was refused are somebody else's, whatever our claim says. */
function judgeKeysThere({ seen }: ExportLook, claim: Claim | undefined, unsent: boolean): Verdict<StartedCopy> {
  if (claim === undefined || unsent) {
    return taken(`${nameSome(seen.map(({ key }) => key))} appeared while every request of this job was refused`);
  }
  return { verdict: 'done', value: { adopted: true } };
}
