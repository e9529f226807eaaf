import { classifyFault } from '../aws/faults';
import { judgeExportTarget, lookAtExport, taken, type Claim } from '../aws/export-look';
import { nameSome } from '../aws/export-progress';
import { judgeFault, type Acceptance } from '../aws/judge-fault';
import { claimOf, keepUnknown, lastSentMs, mayHaveSent, withSentAt, type Manifest } from '../aws/manifest';
import { tryPersistently } from '../aws/try-persistently';
import { GRACE_MS } from '../aws/snapshot-status';
import { describeSnapshot, sendCopy } from '../aws/snapshots';
import { isExporting, judgeBusySource } from '../aws/source';
import { done, type Verdict, type Wait } from '../aws/verdict';
import { writeManifest } from '../aws/write-manifest';
import type { SeenObject } from '../contract/export';
import type { ExportPlan, StartedCopy } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import { mayShowUp } from './may-show-up';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/**
 * CopySnapshot with a bucket, exactly once. An export has no token, no target record and no tag on its objects: a claim
 * beside them is what makes them ours. It says `sentAt` before every send, and again what it said before when the send
 * was refused: whoever reads it knows whether objects can be this job's, after a kill, a cancel, or in a later run.
 */
export async function startExport(setting: Setting, plan: ExportPlan): Promise<StartedCopy> {
  return runAttempt(async (attempt) => {
    const { source, target, manifestKey } = plan;
    const subject: Subject = { phase: 'starting', source, target, bucket: plan.bucket };
    const bucket = bucketOf(setting, plan);
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);
    const ask = <T>(call: () => Promise<T>, acceptance: Acceptance) =>
      askingS3(call, acceptance, plan.bucket, attempt, subject, setting);
    const look = () => ask(() => lookAtExport(bucket, plan), 'possible');
    const put = (manifest: Manifest, over: Claim | undefined) => writeManifest(bucket, manifestKey, manifest, over);
    /** A send was refused: the claim says again what it said before. What an attempt cannot tell it, the next one does. */
    const takeBack = async (told: Claim, sentAt: string | undefined): Promise<Claim> => {
      const manifest = withSentAt(told.manifest, sentAt);
      try {
        const etag = await ask(() => tryPersistently(bucket.s3, {}, () => put(manifest, told)), 'possible');
        return etag === undefined ? settle<never>(overtaken(manifestKey)) : { manifest, etag };
      } catch (err) {
        attempt.remember({ refused: { sentAt: told.manifest.sentAt, before: sentAt } });
        throw err;
      }
    };

    const before = await look();
    let claim = settle(judgeExportTarget(plan, before, plan.ownership));
    const { refused } = attempt.memory ?? {};
    if (claim && refused && claim.manifest.sentAt === refused.sentAt) claim = await takeBack(claim, refused.before);
    const maybeSent = claim !== undefined && mayHaveSent(claim.manifest);
    if (before.seen.length > 0) return settle(maybeSent ? done({ adopted: true }) : appeared(before.seen));
    const acceptance = maybeSent ? 'possible' : 'none';

    const nowMs = attempt.info.scheduledTimestampMs + attempt.elapsedMs;
    const now = new Date(nowMs).toISOString();
    // What an earlier run knew of objects that are gone is not of those to come.
    const { startedAt = now, sentAt } = claim?.manifest ?? {};
    const anew = keepUnknown(claimOf(plan, startedAt), claim && { ...claim.manifest, objects: [] });
    const unsent = withSentAt(anew, sentAt);
    const sending = withSentAt(unsent, now);
    const etag = await ask(() => put(sending, claim), acceptance);
    if (etag === undefined) {
      settle(judgeExportTarget(plan, await look(), plan.ownership));
      return settle(overtaken(manifestKey));
    }
    try {
      attempt.throwIfCancelled();
      await sendCopy(setting.memorydb, plan);
      return { adopted: plan.targetExisted };
    } catch (err) {
      const fault = classifyFault(err);
      if (fault.kind === 'trouble' || fault.kind === 'unknown') return settle(judgeFault(fault, 'possible'));

      await takeBack({ manifest: sending, etag }, unsent.sentAt);
      attempt.throwIfCancelled();
      if (fault.kind === 'state') {
        const read = () => describeSnapshot(setting.memorydb, source);
        const record = await asking(read, acceptance, attempt, subject, setting.paces);
        // Ours may be running: go on, and let the keys prove it.
        if (maybeSent && isExporting(record)) return { adopted: true };
        return settle(judgeBusySource(source, record));
      }
      // "already contains an object with key": perhaps our own objects.
      if (maybeSent && (await look()).seen.length > 0) return { adopted: true };
      const verdict = judgeFault(fault, acceptance, plan.sourceArn.split(':')[3]);
      const recentlySent = nowMs - lastSentMs(unsent) < GRACE_MS;
      return settle(recentlySent ? mayShowUp(target, verdict) : verdict);
    }
  });
}

/** Keys that appeared while every send was refused are somebody else's, whatever our claim says. */
function appeared(seen: readonly SeenObject[]): Verdict<never> {
  return taken(`${nameSome(seen.map(({ key }) => key))} appeared while every request of this job was refused`);
}

/** Another attempt of this job was quicker with the claim; perhaps it is still at work. */
function overtaken(manifestKey: string): Wait {
  return {
    verdict: 'wait',
    pace: 'throttled',
    reason: 'PreconditionFailed',
    message: `${manifestKey} was written by another attempt of this job in the meantime`,
    hint: 'Nothing to do: the job looks again.',
  };
}
