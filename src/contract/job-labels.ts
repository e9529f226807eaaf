import type { Fields } from './request-problem';
import { safeText } from './text';

/** Memo key of what a job is about, of hashes of its input, and of who started it. */
export const JOB_MEMO = 'memorydbSnapshotsJob';

/** Memo key of what a cancelled job left behind: Temporal drops the details of a cancellation. */
export const OUTCOME_MEMO = 'memorydbSnapshots';

/** What a job is about, in plain words: part of its memo. */
export interface JobLabels {
  readonly kind: 'copy' | 'export';
  readonly source: string;
  readonly target: string;
  readonly bucket?: string;
}

/** Reads the labels from a request that is not checked yet. */
export function labelsOf({
  SourceSnapshotName: source,
  TargetSnapshotName: target,
  TargetBucket: bucket,
}: Fields): JobLabels {
  const names = { source: labelOf(source), target: labelOf(target) };
  return bucket == null ? { kind: 'copy', ...names } : { kind: 'export', ...names, bucket: labelOf(bucket) };
}

/** What Temporal's user interfaces show of a summary. Bytes. */
export const MAX_SUMMARY = 200;

/** The labels as one line: `copy a to b`, `export a to s3://bucket/b`. */
export function summaryOf({ kind, source, target, bucket }: JobLabels): string {
  return safeText(`${kind} ${source} to ${bucket === undefined ? target : `s3://${bucket}/${target}`}`, MAX_SUMMARY);
}

function labelOf(value: unknown): string {
  return typeof value === 'string' ? safeText(value) : '';
}
