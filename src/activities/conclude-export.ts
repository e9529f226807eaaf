import { lookAtExport, taken } from '../aws/export-look';
import { judgeProof } from '../aws/export-proof';
import { agrees, claimOf, completeManifest, formatManifest } from '../aws/manifest';
import type { Verdict } from '../aws/verdict';
import { writeOnce } from '../aws/write-once';
import type { JudgedObject } from '../contract/export';
import type { ExportPlan } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { valueOf, type Subject } from './wait-or-fail';

/** Judges the whole set, and puts the final manifest in the place of the claim. */
export async function concludeExport(
  setting: Setting,
  plan: ExportPlan,
  judged: readonly JudgedObject[]
): Promise<void> {
  return runAttempt(async (attempt) => {
    const { bucket: name, manifestKey } = plan;
    const subject: Subject = { phase: 'verifying', source: plan.source, target: plan.target, bucket: name };
    const bucket = bucketOf(setting, plan);
    const ask = <T>(call: () => Promise<T>) => askingS3(call, 'possible', name, attempt, subject, setting);
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);

    const { found, seen } = await ask(() => lookAtExport(bucket, plan, attempt.signal));
    const objects = settle(judgeProof(plan, seen, judged));
    if (found !== undefined && found.manifest?.job !== plan.ownership.jobHash) {
      settle(taken(`${manifestKey} was replaced by somebody else`));
    }
    const now = new Date(attempt.info.currentAttemptScheduledTimestampMs).toISOString();
    const claim = found?.manifest ?? claimOf(plan, now);
    if (agrees(claim, objects)) return;
    const text = formatManifest(completeManifest(claim, objects, now));
    const condition = found === undefined ? ({ IfNoneMatch: '*' } as const) : { IfMatch: found.etag };
    const etag = await ask(() => writeOnce(bucket, manifestKey, text, condition));
    if (etag === undefined) settle(taken(`${manifestKey} was replaced while it was completed`));
  });
}
