import type { OwnershipTag, SnapshotRecord, TagPair } from '../contract/job';
import { hashOf } from '../request-hash';

/** The tag that marks a copy as a job's own. */
export const DEFAULT_TAG_KEY = 'temporal-memorydb-snapshots/job';

const VERSION = 'v1';

/** What a look at the target's name can find. */
export type Ownership =
  | 'ours'
  | 'another request' // ours, but of a request that differs
  | 'another source' // ours, but made from an earlier state of the source
  | 'unreadable' // it may be ours: its tags cannot be read yet
  | 'foreign';

/** 16 hex digits for a job: the same workflow id in the same namespace is the same job, whichever run it is. */
export function jobHash(owner: string, workflowId: string): string {
  return hashOf('job', owner, workflowId);
}

/**
 * 16 hex digits for the state of a source: its ARN and when each shard was snapshotted, so that a source that was
 * deleted and made again under the same name is another source.
 */
export function sourceHash(source: SnapshotRecord): string {
  const shards = source.ClusterConfiguration?.Shards ?? [];
  return hashOf('source', source.ARN, ...shards.map((s) => `${s.Name}=${s.SnapshotCreationTime ?? ''}`).sort());
}

/** The ownership tag as it is sent. A source that is gone has no hash, and is not compared. */
export function ownershipTag(ownership: OwnershipTag): TagPair {
  const { key, jobHash: job, requestHash: request, sourceHash: source } = ownership;
  return { Key: key, Value: [VERSION, job, request, source ?? ''].join(':') };
}

/**
 * Whose snapshot is it?
 *
 * @param tags the snapshot's tags, or undefined when they could not be read
 * @param status the snapshot's status: one that is still `creating` may get its tags later
 */
export function judgeOwnership(
  expected: OwnershipTag,
  tags: readonly TagPair[] | undefined,
  status: string
): Ownership {
  if (tags === undefined) return 'unreadable';
  const value = tags.find(({ Key }) => Key === expected.key)?.Value;
  if (value === undefined) return status === 'creating' ? 'unreadable' : 'foreign';
  const [version, job, request, source] = value.split(':');
  if (version !== VERSION || job !== expected.jobHash) return 'foreign';
  if (request !== expected.requestHash) return 'another request';
  return expected.sourceHash && source && source !== expected.sourceHash ? 'another source' : 'ours';
}
