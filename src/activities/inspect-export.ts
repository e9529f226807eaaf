import { log } from '@temporalio/activity';
import { readBucketRegion } from '../aws/bucket';
import { requestTags } from '../aws/copy-tags';
import { manifestKeyOf } from '../contract/export-keys';
import { judgeExportTarget, lookAtExport, recallManifest } from '../aws/export-look';
import { originIn, originOf, type ExportOrigin } from '../aws/export-origin';
import { incomplete } from '../aws/export-progress';
import { judgeKnown } from '../aws/export-proof';
import { sourceHash } from '../aws/ownership';
import { judgeBucketAllowed, judgeBucketRegion, judgeExportSource } from '../aws/preflight-export';
import { describeSnapshot } from '../aws/snapshots';
import { isExporting, judgeSource } from '../aws/source';
import { done, type Verdict } from '../aws/verdict';
import { DEFAULT_LEVEL } from '../contract/export';
import type { CopySnapshotInput, ExportPlan, SnapshotRecord } from '../contract/job';
import { patienceMs } from '../contract/request';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt, type Attempt } from './attempt';
import { ownershipOf, patienceLeft } from './plan-parts';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** Checks request, source, bucket and keys, and plans the export. Sends nothing that changes anything. */
export async function inspectExport(setting: Setting, input: CopySnapshotInput): Promise<ExportPlan> {
  return runAttempt(async (attempt) => {
    const { request } = input;
    const { SourceSnapshotName: source, TargetSnapshotName: target } = request;
    const name = request.TargetBucket ?? '';
    const manifestKey = manifestKeyOf(target);
    const subject: Subject = { phase: 'inspecting', source, target, bucket: name };
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);
    const askS3 = <T>(call: () => Promise<T>) => askingS3(call, 'none', name, attempt, subject, setting);

    settle(judgeBucketAllowed(name, setting.allowedBuckets));
    const describe = () => describeSnapshot(setting.memorydb, source, attempt.signal);
    const record = await asking(describe, 'none', attempt, subject, setting.paces);
    const judged = judgeSource(source, record);
    // A job that is run again proves again, even when its source is gone by now.
    const recalled =
      judged.verdict === 'final' ? await askS3(() => recallOrigin(setting, attempt, input, record)) : undefined;
    const origin = recalled ?? settle(readOrigin(settle(judged)));

    const [, , , region = '', account = ''] = origin.arn.split(':');
    const bucketOwner = setting.bucketOwner ?? account;
    const bucket = bucketOf(setting, { bucket: name, bucketOwner });
    settle(judgeBucketRegion(name, region, await askS3(() => readBucketRegion(bucket, attempt.signal))));

    const place = { target, manifestKey, shards: origin.shards };
    const ownership = ownershipOf(setting, attempt.info, input, origin.hash);
    const look = await askS3(() => lookAtExport(bucket, place, attempt.signal));
    const claim = settle(judgeExportTarget(place, look, ownership));
    // What an earlier run found wrong is so again, at once.
    if (claim) settle(judgeKnown(claim.manifest, look.seen));
    if (look.missing.length > 0) {
      if (claim?.manifest.missing && !isExporting(record)) settle(incomplete(look.missing, record?.Status));
      // Nobody can write them any more.
      if (recalled !== undefined) settle(judged);
    }

    return {
      kind: 'export',
      source,
      bucket: name,
      bucketOwner,
      ...place,
      tags: requestTags(request),
      ownership,
      sourceArn: origin.arn,
      ...(origin.createdAt !== undefined && { sourceCreatedAt: origin.createdAt }),
      level: input.verify ?? DEFAULT_LEVEL,
      ...(input.requireVerified === true && { requireVerified: true }),
      patience: { startMs: patienceLeft(input, attempt), copyMs: patienceMs(input, 'copy') },
      onCancel: input.onCancel ?? 'keep',
      targetExisted: claim !== undefined,
    };
  });
}

/** What the source tells of an export that can be made of it. */
function readOrigin(source: SnapshotRecord): Verdict<ExportOrigin> {
  const origin = originOf(source);
  const judged = judgeExportSource(source, origin.shards);
  if (judged.verdict !== 'done') return judged;
  for (const warning of judged.value) log.warn(warning, { source: source.Name });
  return done(origin);
}

/**
 * What the manifest of an earlier run tells of a source that is gone. The account that must own the bucket is known only
 * after that: until then, the hashes of the job and the request vouch for it.
 */
async function recallOrigin(
  setting: Setting,
  attempt: Attempt,
  input: CopySnapshotInput,
  source: SnapshotRecord | undefined
): Promise<ExportOrigin | undefined> {
  const { TargetSnapshotName: target, TargetBucket: name } = input.request;
  const bucket = { s3: setting.s3, name: name ?? '', owner: setting.bucketOwner };
  const manifest = await recallManifest(bucket, manifestKeyOf(target), attempt.signal);
  return manifest && originIn(manifest, ownershipOf(setting, attempt.info, input, source && sourceHash(source)));
}
