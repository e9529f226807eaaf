import { requestTags } from '../aws/copy-tags';
import { lookAtExport, judgeExportTarget } from '../aws/export-look';
import { manifestKeyOf, planObjects } from '../aws/export-keys';
import { incomplete } from '../aws/export-progress';
import { readBucketRegion } from '../aws/bucket';
import { judgeBucket, judgeExportSource } from '../aws/preflight-export';
import { describeSnapshot } from '../aws/snapshots';
import { judgeSource } from '../aws/source';
import type { Verdict } from '../aws/verdict';
import type { CopySnapshotInput, ExportPlan } from '../contract/job';
import { patienceMs } from '../contract/request';
import { log } from '@temporalio/activity';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import { ownershipOf, patienceLeft } from './plan-parts';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** Checks request, source, bucket and keys, and plans the export. Sends nothing that changes anything. */
export async function inspectExport(setting: Setting, input: CopySnapshotInput): Promise<ExportPlan> {
  return runAttempt(async (attempt) => {
    const { request } = input;
    const { SourceSnapshotName: source, TargetSnapshotName: target } = request;
    const name = request.TargetBucket ?? '';
    const subject: Subject = { phase: 'inspecting', source, target, bucket: name };
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);
    const askS3 = <T>(call: () => Promise<T>) => askingS3(call, 'none', name, attempt, subject, setting);

    const described = await asking(
      () => describeSnapshot(setting.memorydb, source, attempt.signal),
      'none',
      attempt,
      subject,
      setting.paces
    );
    const record = settle(judgeSource(source, described));
    const warning = settle(judgeExportSource(record));
    if (warning !== undefined) log.warn(warning, { source });
    const [, , , region = '', account = ''] = record.ARN.split(':');
    const bucketOwner = setting.bucketOwner ?? account;
    const bucket = bucketOf(setting, { bucket: name, bucketOwner });
    settle(judgeBucket(name, region, setting.allowedBuckets, undefined));
    const bucketRegion = await askS3(() => readBucketRegion(bucket, attempt.signal));
    settle(judgeBucket(name, region, setting.allowedBuckets, bucketRegion));

    const ownership = ownershipOf(setting, attempt.info, input, record);
    const place = { target, manifestKey: manifestKeyOf(target), shards: planObjects(target, record) };
    const look = await askS3(() => lookAtExport(bucket, place, attempt.signal));
    const claim = settle(judgeExportTarget(place, look, ownership));
    // A run that ended so before ends so again, at once.
    if (claim?.manifest.missing && look.missing.length > 0) settle(incomplete(look.missing, record.Status));

    const createdAt = record.ClusterConfiguration?.Shards?.map((shard) => shard.SnapshotCreationTime ?? '')
      .sort()
      .at(-1);
    return {
      kind: 'export',
      source,
      bucket: name,
      bucketOwner,
      ...place,
      tags: requestTags(request),
      ownership,
      sourceArn: record.ARN,
      ...(createdAt !== undefined && createdAt !== '' && { sourceCreatedAt: createdAt }),
      level: input.verify ?? 'header',
      patience: { startMs: patienceLeft(input, attempt), copyMs: patienceMs(input, 'copy') },
      onCancel: input.onCancel ?? 'keep',
      targetExisted: claim !== undefined,
    };
  });
}
