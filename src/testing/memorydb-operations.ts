import { exportSnapshot } from './exports';
import { describeClusters, describeSnapshots } from './memorydb-reads';
import { listResourceTags, tagResource, untagResource } from './memorydb-tags';
import type { InputOf, OperationName, OutputOf } from './memorydb-wire';
import { Refusal } from './refusal';
import { readBucket, readKey, readName, readNewName } from './request-rules';
import { createSnapshotData } from './snapshot-data';
import { requireStatus } from './snapshot-state';
import { type SnapshotRecord, describeSnapshot } from './snapshots';
import type { State } from './state';
import { inheritTags, readTags } from './tags';

/** An operation of the simulated service at the time `now`; throws a Refusal when it says no. */
type Operation<O extends OperationName> = (
  input: InputOf<O>,
  state: State,
  now: number
) => OutputOf<O> | Promise<OutputOf<O>>;

/** What each operation does. */
export const operations: { readonly [O in OperationName]: Operation<O> } = {
  CopySnapshot: copySnapshot,
  CreateSnapshot: createSnapshot,
  DeleteSnapshot: deleteSnapshot,
  DescribeClusters: describeClusters,
  DescribeSnapshots: describeSnapshots,
  ListTags: listResourceTags,
  TagResource: tagResource,
  UntagResource: untagResource,
};

function copySnapshot(
  input: InputOf<'CopySnapshot'>,
  state: State,
  now: number
): OutputOf<'CopySnapshot'> | Promise<OutputOf<'CopySnapshot'>> {
  const sourceName = readName(input.SourceSnapshotName, 'SourceSnapshotName');
  const targetName = readName(input.TargetSnapshotName, 'TargetSnapshotName');
  const kmsKey = readKey(input.KmsKeyId);
  const requestTags = readTags(input.Tags);
  const bucket = readBucket(input.TargetBucket);
  if (bucket !== undefined) {
    const target = input.TargetSnapshotName ?? targetName;
    return exportSnapshot({ sourceName, target, bucket, kmsKey }, state, now);
  }

  const source = state.getSnapshot(sourceName, now);
  requireStatus(source, now, ['available']);
  requireFree(targetName, state, now);
  readNewName(targetName, 'TargetSnapshotName', state.settings);
  state.quotas.check(source.cluster.name, now, state.settings.quota);

  const { copyTakes, copyStatus, copyEnds, sourceBusyWhileCopying } = state.settings;
  const since = { ms: now };
  const copy: SnapshotRecord = {
    ...beginSnapshot(targetName, state, now),
    cluster: source.cluster,
    data: source.data,
    kmsKeyArn: kmsKey === undefined ? source.kmsKeyArn : state.formatKeyArn(kmsKey),
    takenAt: source.takenAt,
    making: { since, forMs: copyTakes, interim: copyStatus, ends: copyEnds },
    tags: requestTags.size > 0 ? requestTags : inheritTags(source.tags),
  };
  state.putSnapshot(copy);
  if (sourceBusyWhileCopying) source.busy = { since, forMs: copyTakes, status: 'copying' };
  return { Snapshot: describeSnapshot(copy, now, { status: copyStatus }) };
}

function createSnapshot(input: InputOf<'CreateSnapshot'>, state: State, now: number): OutputOf<'CreateSnapshot'> {
  const clusterName = readName(input.ClusterName, 'ClusterName');
  const name = readName(input.SnapshotName, 'SnapshotName');
  const kmsKey = readKey(input.KmsKeyId);
  const tags = readTags(input.Tags);

  const cluster = state.getCluster(clusterName);
  requireFree(name, state, now);
  readNewName(name, 'SnapshotName', state.settings);
  state.quotas.check(cluster.name, now, state.settings.quota);

  const snapshot: SnapshotRecord = {
    ...beginSnapshot(name, state, now),
    cluster,
    data: createSnapshotData(name, {}),
    kmsKeyArn: kmsKey === undefined ? undefined : state.formatKeyArn(kmsKey),
    takenAt: { ms: now },
    making: { since: { ms: now }, forMs: state.settings.createTakes, interim: 'creating', ends: 'available' },
    tags,
  };
  state.putSnapshot(snapshot);
  return { Snapshot: describeSnapshot(snapshot, now, { status: 'creating' }) };
}

/** Only `available` and `failed` snapshots can be deleted, says AWS's own Kubernetes controller. */
function deleteSnapshot(input: InputOf<'DeleteSnapshot'>, state: State, now: number): OutputOf<'DeleteSnapshot'> {
  const snapshot = state.getSnapshot(readName(input.SnapshotName, 'SnapshotName'), now);
  requireStatus(snapshot, now, ['available', 'failed']);
  snapshot.deleting = { since: { ms: now }, forMs: state.settings.deleteTakes };
  snapshot.forcedStatus = undefined;
  return { Snapshot: describeSnapshot(snapshot, now) };
}

type Beginning = Pick<SnapshotRecord, 'name' | 'arn' | 'source' | 'createdAt' | 'hidden' | 'tagsHidden'>;

function beginSnapshot(name: string, state: State, now: number): Beginning {
  const { visibleAfter, tagsVisibleAfter, tagsUntilVisible } = state.settings;
  const since = { ms: now };
  return {
    name,
    arn: state.formatArn('snapshot', name),
    source: 'manual',
    createdAt: since,
    hidden: { since, forMs: visibleAfter },
    tagsHidden: { since, forMs: tagsVisibleAfter, answer: tagsUntilVisible },
  };
}

function requireFree(name: string, state: State, now: number): void {
  if (!state.findSnapshot(name, now)) return;
  throw new Refusal('SnapshotAlreadyExistsFault', `A snapshot with the name ${name} already exists.`);
}
