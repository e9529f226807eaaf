import type { PlannedObject } from '../contract/export';
import type { SnapshotRecord } from '../contract/job';
import { findSlotFault } from './export-slots';
import { done, type Verdict } from './verdict';

/**
 * Can this source be exported? Returns warnings where AWS will probably say no, or less can be proven.
 *
 * @param shards of the source, as they were planned
 */
export function judgeExportSource(
  source: SnapshotRecord,
  shards: readonly PlannedObject[]
): Verdict<readonly string[]> {
  if (source.DataTiering === 'true') {
    return refusal(
      `the source ${source.Name} is of a cluster with data tiering, which MemoryDB does not export`,
      'make a copy instead: leave TargetBucket out'
    );
  }
  const slotFault = findSlotFault(shards);
  if (slotFault !== undefined) {
    return refusal(
      `the shards of the source ${source.Name} make no whole: ${slotFault}`,
      'take another snapshot of the cluster, and export that one'
    );
  }
  const unread = (source.ClusterConfiguration?.Shards ?? []).filter(
    ({ Slots: text }, i) => text !== undefined && shards[i]?.slots === undefined
  );
  return done([
    ...(source.KmsKeyId === undefined
      ? []
      : [
          `${source.Name} is encrypted with ${source.KmsKeyId}: MemoryDB exports no snapshots that a customer key encrypts. Copy it under the default key first.`,
        ]),
    ...(unread.length === 0
      ? []
      : [`${source.Name} lists slots that cannot be read: whether its shards make a whole is not judged.`]),
  ]);
}

/** Does this worker allow the bucket? */
export function judgeBucketAllowed(bucket: string, allowed: readonly string[] | undefined): Verdict<void> {
  if (allowed === undefined || allowed.includes(bucket)) return done(undefined);
  return refusal(
    `TargetBucket ${bucket} is not among the buckets that this worker allows`,
    `use one of ${allowed.join(', ')}`
  );
}

/**
 * Is the bucket where MemoryDB exports to?
 *
 * @param region of the source
 * @param bucketRegion undefined = S3 does not tell
 */
export function judgeBucketRegion(bucket: string, region: string, bucketRegion: string | undefined): Verdict<void> {
  if (bucketRegion === undefined || bucketRegion === region) return done(undefined);
  return refusal(
    `TargetBucket ${bucket} is in ${bucketRegion}, and the source is in ${region}`,
    `choose a bucket in ${region}`
  );
}

function refusal(what: string, fix: string): Verdict<never> {
  return { verdict: 'final', type: 'InvalidRequest', message: `${what}: ${fix}`, hint: fix };
}
