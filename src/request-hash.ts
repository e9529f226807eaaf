import { createHash } from 'node:crypto';
import type { CopySnapshotRequest } from './contract/job';

/**
 * What makes two requests the same: 16 hex digits of SHA-256 over the canonical request. Names are lower-cased, tags
 * sorted by key, a null tag value is the empty string, absent fields are left out.
 */
export function requestHash(request: CopySnapshotRequest): string {
  return hash({
    SourceSnapshotName: request.SourceSnapshotName.toLowerCase(),
    // MemoryDB compares names of copies in lower case; S3 keeps the case of a key.
    TargetSnapshotName:
      request.TargetBucket == null ? request.TargetSnapshotName.toLowerCase() : request.TargetSnapshotName,
    TargetBucket: request.TargetBucket,
    KmsKeyId: request.KmsKeyId,
    Tags: canonicalTags(request),
  });
}

/** 16 hex digits that stand for a list of parts; parts cannot run into each other. */
export function hashOf(...parts: readonly string[]): string {
  return hash(parts);
}

function canonicalTags({ Tags: tags }: CopySnapshotRequest): readonly (readonly [string, string])[] | undefined {
  if (tags === undefined || tags === null || tags.length === 0) return undefined;
  return tags.map(({ Key, Value }) => [Key, Value ?? ''] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function hash(value: unknown): string {
  const canonical = JSON.stringify(value, (_key, part: unknown) => (part === null ? undefined : part));
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}
