import { keyOf } from '../contract/export-keys';
import { addLook, incomplete, isBusy, judgeExport } from '../aws/export-progress';
import { listExpected, lookAtExport } from '../aws/export-look';
import { disprove } from '../aws/manifest';
import { addSighting } from '../aws/snapshot-status';
import { describeSnapshot } from '../aws/snapshots';
import { writeManifest } from '../aws/write-manifest';
import type { BriefObject, SeenExport, SeenObject } from '../contract/export';
import type { ExportPlan } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt, type Attempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** One look at the keys and the source. The server repeats it until all keys are there, or none will come. */
export async function awaitExport(setting: Setting, plan: ExportPlan, round: number): Promise<SeenExport> {
  return runAttempt(async (attempt) => {
    const { source, target, bucket: name } = plan;
    const subject: Subject = { phase: 'exporting', source, target, bucket: name };
    const bucket = bucketOf(setting, plan);
    const list = () => listExpected(bucket, plan, attempt.signal);
    const describe = () => describeSnapshot(setting.memorydb, source, attempt.signal);

    // The source first: keys that are missing after it was available again were not written in between.
    const record = await asking(describe, 'possible', attempt, subject, setting.paces);
    const keys = await askingS3(list, 'possible', name, attempt, subject, setting);
    const { memory, elapsedMs } = attempt;
    const absence = addSighting(memory?.sightings ?? { seen: true }, record !== undefined, elapsedMs);
    const keysSeen = addLook(memory?.keysSeen, keys.seen.length, elapsedMs, isBusy(record, absence, elapsedMs));
    attempt.remember({ keysSeen, sightings: absence.missing && absence });
    const verdict = judgeExport(target, record, keys, keysSeen, elapsedMs);
    if (verdict.verdict === 'final') await noteMissing(setting, plan, keys.missing, attempt, subject);
    const found = valueOf(verdict, attempt, subject, setting.paces);
    if (found !== 'again')
      return { kind: 'export seen', objects: found.whole.map((object) => tellBriefly(target, object)) };
    if (round < ROUNDS) return { kind: 'again' };
    await noteMissing(setting, plan, keys.missing, attempt, subject);
    return valueOf(incomplete(keys.missing, record?.Status), attempt, subject, setting.paces);
  });
}

function tellBriefly(target: string, { key, ...object }: SeenObject): BriefObject {
  return key === keyOf(target, object.shard) ? object : { ...object, key };
}

/** How often the request is sent when no key appears. */
const ROUNDS = 3;

/** The claim remembers how it ended: a run after this one ends the same way, at once. */
async function noteMissing(
  setting: Setting,
  plan: ExportPlan,
  missing: readonly string[],
  attempt: Attempt,
  subject: Subject
): Promise<void> {
  const bucket = bucketOf(setting, plan);
  await askingS3(
    async () => {
      const { found } = await lookAtExport(bucket, plan);
      if (found?.manifest?.job !== plan.ownership.jobHash) return;
      await writeManifest(bucket, plan.manifestKey, disprove(found.manifest, { missing }), found);
    },
    'possible',
    plan.bucket,
    attempt,
    subject,
    setting
  );
}
