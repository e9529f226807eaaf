import type { CopySnapshotRequest } from './job';

/** Longer targets are cut in an id: Temporal refuses ids over 1,000 characters. The hash still tells them apart. */
const MAX_TARGET_IN_ID = 200;

/** What a job does with its target, as ids and details name it. */
const COPY_KIND = 'memorydb-copy';

/**
 * The workflow id of a job that is started from outside a workflow: `memorydb-copy:<target>:<hash>`. The same request
 * gives the same id. It may hold `:` and `/`: encode it in a URL.
 *
 * @param requestHash 16 hex digits, made in Node (`requestHash`)
 */
export function jobId(request: CopySnapshotRequest, requestHash: string): string {
  return `${COPY_KIND}:${targetInId(request)}:${requestHash}`;
}

/** The workflow id of a job that runs as a child: stable over the parent's retries. */
export function childJobId(parentId: string, request: CopySnapshotRequest): string {
  return `${parentId}:${COPY_KIND}:${targetInId(request)}`;
}

/** A parent calls this before anything is checked: the child refuses what is wrong, the parent must not hang on it. */
function targetOf(request: Partial<CopySnapshotRequest> | undefined): string {
  return String(request?.TargetSnapshotName);
}

function targetInId(request: CopySnapshotRequest): string {
  return targetOf(request).toLowerCase().slice(0, MAX_TARGET_IN_ID);
}
