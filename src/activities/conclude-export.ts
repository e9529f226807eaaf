import { lookAtExport, taken } from '../aws/export-look';
import { judgeKnown, judgeProof } from '../aws/export-proof';
import { agrees, claimOf, completeManifest, disprove, withSentAt, type Manifest } from '../aws/manifest';
import type { Verdict } from '../aws/verdict';
import { writeManifest } from '../aws/write-manifest';
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
    if (found !== undefined && found.manifest?.job !== plan.ownership.jobHash) {
      settle(taken(`${manifestKey} was replaced by somebody else`));
    }
    const now = new Date(attempt.info.currentAttemptScheduledTimestampMs).toISOString();
    const claim = found?.manifest ?? withSentAt(claimOf(plan, now), now);
    const write = (manifest: Manifest) => ask(() => writeManifest(bucket, manifestKey, manifest, found));
    const proof = judgeProof(plan, seen, judged);
    // The claim remembers it: a run after this one ends the same way, at once.
    const corrupt = judged.filter(({ verdict, reason }) => verdict === 'corrupt' && reason !== 'replaced');
    if (corrupt.length > 0) await write(disprove(claim, { corrupt }));
    const objects = settle(proof);
    settle(judgeKnown(claim, seen));
    if (agrees(claim, objects)) return;
    const etag = await write(completeManifest(claim, objects, now));
    if (etag === undefined) settle(taken(`${manifestKey} was replaced while it was completed`));
  });
}
