import type { CopySnapshotRequest } from './job';

/** Longer targets are cut in an id: Temporal refuses ids over 1,000 characters. The hash still tells them apart. */
const MAX_TARGET_IN_ID = 200;

/**
 * The workflow id of a job that is started from outside a workflow: `memorydb-copy:<target>:<hash>`, or
 * `memorydb-export:<bucket>:<target>:<hash>`. The same request gives the same id. It may hold `:` and `/`: encode it in a URL.
 *
 * @param requestHash 16 hex digits, made in Node (`requestHash`)
 */
export function jobId(request: CopySnapshotRequest, requestHash: string): string {
  return `${whatAndWhere(request)}:${requestHash}`;
}

/** The workflow id of a job that runs as a child: stable over the parent's retries. */
export function childJobId(parentId: string, request: CopySnapshotRequest): string {
  return `${parentId}:${whatAndWhere(request)}`;
}

/** A parent calls this before anything is checked: the child refuses what is wrong, the parent must not hang on it. */
function whatAndWhere(request: Partial<CopySnapshotRequest> | undefined): string {
  const target = String(request?.TargetSnapshotName);
  const bucket = request?.TargetBucket;
  // MemoryDB compares names of copies in lower case; S3 keeps the case of a key.
  return bucket == null
    ? `memorydb-copy:${target.toLowerCase().slice(0, MAX_TARGET_IN_ID)}`
    : `memorydb-export:${bucket}:${target.slice(0, MAX_TARGET_IN_ID)}`;
}
