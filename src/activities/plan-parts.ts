import type { Info } from '@temporalio/activity';
import { jobHash, sourceHash } from '../aws/ownership';
import type { CopySnapshotInput, OwnershipTag, SnapshotRecord } from '../contract/job';
import { patienceMs } from '../contract/request';
import { requestHash } from '../request-hash';
import type { Attempt } from './attempt';
import type { Setting } from './setting';

/** However long the inspection took, the start gets this much, in milliseconds. */
const LEAST_PATIENCE_TO_START = 60_000;

/** What the inspection leaves of the patience to start, in milliseconds. */
export function patienceLeft(input: CopySnapshotInput, { elapsedMs }: Attempt): number {
  return Math.max(patienceMs(input, 'start') - elapsedMs, LEAST_PATIENCE_TO_START);
}

/** What makes a copy or an export this job's own. */
export function ownershipOf(
  { owner, tagKey }: Setting,
  info: Info,
  { request }: CopySnapshotInput,
  source: SnapshotRecord | undefined
): OwnershipTag {
  const workflowId = info.workflowExecution?.workflowId ?? info.activityId;
  return {
    key: tagKey,
    jobHash: jobHash(owner ?? info.namespace, workflowId),
    requestHash: requestHash(request),
    ...(source && { sourceHash: sourceHash(source) }),
  };
}
