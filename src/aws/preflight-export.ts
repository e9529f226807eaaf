import type { SnapshotRecord } from '../contract/job';
import { done, type Verdict } from './verdict';

/** Can this source be exported? Returns a warning where AWS will probably say no. */
export function judgeExportSource(source: SnapshotRecord): Verdict<string | undefined> {
  if (source.DataTiering === 'true') {
    return refusal(
      `the source ${source.Name} is of a cluster with data tiering, which MemoryDB does not export`,
      'make a copy instead: leave TargetBucket out'
    );
  }
  return done(
    source.KmsKeyId === undefined
      ? undefined
      : `${source.Name} is encrypted with ${source.KmsKeyId}: MemoryDB exports no snapshots that a customer key encrypts. Copy it under the default key first.`
  );
}

/**
 * May and can the export go to this bucket?
 *
 * @param region of the source
 * @param bucketRegion undefined = not known (yet)
 */
export function judgeBucket(
  bucket: string,
  region: string,
  allowed: readonly string[] | undefined,
  bucketRegion: string | undefined
): Verdict<void> {
  if (allowed !== undefined && !allowed.includes(bucket)) {
    return refusal(
      `TargetBucket ${bucket} is not among the buckets that this worker allows`,
      `use one of ${allowed.join(', ')}`
    );
  }
  if (bucketRegion !== undefined && bucketRegion !== region) {
    return refusal(
      `TargetBucket ${bucket} is in ${bucketRegion}, and the source is in ${region}`,
      `choose a bucket in ${region}`
    );
  }
  return done(undefined);
}

function refusal(what: string, fix: string): Verdict<never> {
  return { verdict: 'final', type: 'InvalidRequest', message: `${what}: ${fix}`, hint: fix };
}
