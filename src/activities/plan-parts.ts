import type { Info } from '@temporalio/activity';
import { jobHash } from '../aws/ownership';
import type { CopySnapshotInput, OwnershipTag } from '../contract/job';
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

/**
 * What makes a copy or an export this job's own.
 *
 * @param sourceHash undefined = the source is gone: it is not compared
 */
export function ownershipOf(
  { owner, tagKey }: Setting,
  info: Info,
  { request }: CopySnapshotInput,
  sourceHash: string | undefined
): OwnershipTag {
  const workflowId = info.workflowExecution?.workflowId ?? info.activityId;
  return {
    key: tagKey,
    jobHash: jobHash(owner ?? info.namespace, workflowId),
    requestHash: requestHash(request),
    ...(sourceHash !== undefined && { sourceHash }),
  };
}
