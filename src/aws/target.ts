import type { OwnershipTag, SnapshotRecord } from '../contract/job';
import type { MemoryDBClients } from './clients';
import { classifyFault } from './faults';
import { judgeOwnership, type Ownership } from './ownership';
import { describeSnapshot, listTags } from './snapshots';
import { done, type Verdict } from './verdict';

/** What is there under the target's name, and whose it is. */
export type TargetLook = { readonly found: 'nothing' } | { readonly found: Ownership; readonly record: SnapshotRecord };

/** Looks at the target's record and reads its tags: two calls at most. */
export async function lookAtTarget(
  clients: MemoryDBClients,
  target: string,
  expected: OwnershipTag,
  signal?: AbortSignal
): Promise<TargetLook> {
  const record = await describeSnapshot(clients, target, signal);
  return record === undefined ? { found: 'nothing' } : identify(clients, record, expected, signal);
}

/** Reads the tags of a record and tells whose it is. Tags that may not be read leave it open. */
export async function identify(
  clients: MemoryDBClients,
  record: SnapshotRecord,
  expected: OwnershipTag,
  signal?: AbortSignal
): Promise<{ readonly found: Ownership; readonly record: SnapshotRecord }> {
  try {
    const tags = await listTags(clients, record.ARN, signal);
    return { found: judgeOwnership(expected, tags, record.Status), record };
  } catch (err) {
    if (classifyFault(err).kind === 'access') return { found: 'unreadable', record };
    throw err;
  }
}

/** Free, or ours to adopt (its record), or taken; a target that may be ours is waited for. */
export function judgeTarget(target: string, look: TargetLook): Verdict<SnapshotRecord | undefined> {
  if (look.found === 'nothing') return done(undefined);
  const status = look.record.Status;
  switch (look.found) {
    case 'ours':
      return status === 'deleting' ? leavingTarget(target) : done(look.record);
    case 'unreadable':
      return {
        verdict: 'wait',
        pace: 'state',
        reason: 'OwnerUnknown',
        message: `${target} is there (${status}), and its tags cannot be read`,
        hint: "It may be this job's copy. If this lasts, grant the worker memorydb:ListTags on the snapshot.",
        status,
      };
    case 'another request':
      return {
        verdict: 'final',
        type: 'RequestMismatch',
        message: `${target} is this job's copy, but another request made it`,
        hint: 'Run the job with the request of that copy, choose another TargetSnapshotName, or delete the copy.',
        status,
      };
    case 'another source':
      return {
        verdict: 'final',
        type: 'RequestMismatch',
        message: `${target} is this job's copy of an earlier snapshot, which had the source's name`,
        hint: 'The source was deleted and made again. Choose another TargetSnapshotName, or delete the old copy.',
        status,
      };
    case 'foreign':
      return {
        verdict: 'final',
        type: 'SnapshotAlreadyExistsFault',
        message: `a snapshot ${target} is there (${status}) and is not this job's copy`,
        hint: 'Choose another TargetSnapshotName, or delete that snapshot.',
        status,
      };
  }
}

function leavingTarget(target: string): Verdict<never> {
  return {
    verdict: 'wait',
    pace: 'state',
    reason: 'SnapshotAlreadyExistsFault',
    message: `this job's earlier copy ${target} is being deleted`,
    hint: 'Nothing to do: the job waits until the name is free.',
    status: 'deleting',
  };
}
