import { lookAtExport, taken } from '../aws/export-look';
import { nameSome } from '../aws/export-progress';
import { judgeSlots } from '../aws/export-slots';
import { agrees, completeManifest, formatManifest, claimOf } from '../aws/manifest';
import { writeOnce } from '../aws/write-once';
import type { Final } from '../aws/verdict';
import type { ExportedObject, ExportPlan, ExportResult, StartedCopy } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { valueOf, type Subject } from './wait-or-fail';

/** Judges the whole set, and puts the final manifest in the place of the claim. */
export async function concludeExport(
  setting: Setting,
  plan: ExportPlan,
  started: StartedCopy,
  objects: readonly ExportedObject[]
): Promise<ExportResult> {
  return runAttempt(async (attempt) => {
    const { bucket: name, manifestKey } = plan;
    const subject: Subject = { phase: 'verifying', source: plan.source, target: plan.target, bucket: name };
    const bucket = bucketOf(setting, plan);
    const ask = <T>(call: () => Promise<T>) => askingS3(call, 'possible', name, attempt, subject, setting);
    const end = (verdict: Final): never => valueOf(verdict, attempt, subject, setting.paces);

    const corrupt = objects.filter(({ verdict }) => verdict === 'corrupt');
    if (corrupt.length > 0)
      end(verificationFailed(corrupt.map(({ key, reason }) => `${key} (${reason ?? 'corrupt'})`)));
    const slots = judgeSlots(plan.shards);
    if (slots !== undefined) end(verificationFailed([slots]));

    const look = await ask(() => lookAtExport(bucket, plan, attempt.signal));
    const replaced = objects.filter(
      ({ key, etag }) => !look.seen.some((seen) => seen.key === key && seen.etag === etag)
    );
    if (replaced.length > 0)
      end(verificationFailed(replaced.map(({ key }) => `${key} (replaced since it was looked at)`)));
    const { found } = look;
    if (found !== undefined && found.manifest?.job !== plan.ownership.jobHash) {
      end(taken(`${manifestKey} was replaced by somebody else`));
    }
    const now = new Date(attempt.info.currentAttemptScheduledTimestampMs).toISOString();
    const claim = found?.manifest ?? claimOf(plan, now);
    if (!agrees(claim, objects)) {
      const text = formatManifest(completeManifest(claim, objects, now));
      const condition = found === undefined ? ({ IfNoneMatch: '*' } as const) : { IfMatch: found.etag };
      const etag = await ask(() => writeOnce(bucket, manifestKey, text, condition));
      if (etag === undefined) end(taken(`${manifestKey} was replaced while it was completed`));
    }
    return { kind: 'export', adopted: started.adopted, bucket: name, manifestKey, objects };
  });
}

function verificationFailed(what: readonly string[]): Final {
  return {
    verdict: 'final',
    type: 'ExportVerificationFailed',
    message: `the export is not whole: ${nameSome(what)}`,
    hint: 'Remove the objects and the manifest, or choose another TargetSnapshotName, and run the job again; a job never deletes to make room.',
  };
}
