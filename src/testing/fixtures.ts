import { type BucketOptions, type BucketRecord, createBucket } from './buckets';
import { type Moment, parseDuration, parseMoment } from './clock';
import { type ClusterOptions, type ClusterRecord, createCluster } from './clusters';
import { beginExport, occupySource } from './exports';
import { checkOptions } from './option-rules';
import { type ElsewhereOptions, type SnapshotOptions, elsewhereRules, snapshotRules } from './simulator-options';
import { createSnapshotData } from './snapshot-data';
import type { SnapshotRecord } from './snapshots';
import type { State } from './state';
import { toTags } from './tags';

/** Adds a cluster that is simply there; throws a TypeError when it cannot be. */
export function addCluster(state: State, name: string, options: ClusterOptions): void {
  const key = readFixtureName(name);
  if (state.findCluster(key)) throw new TypeError(`there is a cluster ${key} already`);
  state.putCluster(createCluster(key, state.formatArn('cluster', key), options));
}

/** Adds a snapshot that is simply there; throws a TypeError when it cannot be. */
export function addSnapshot(state: State, name: string, options: SnapshotOptions, now: Moment): void {
  checkOptions('addSnapshot()', options, snapshotRules);
  const key = readFixtureName(name);
  const cluster = state.findCluster(options.cluster);
  if (!cluster) throw new TypeError(`no cluster ${options.cluster}: addCluster('${options.cluster}') comes first`);
  if (state.findSnapshot(key, now.ms)) throw new TypeError(`there is a snapshot ${key} already`);
  const createdAt = options.createdAt === undefined ? now : parseMoment(options.createdAt, 'createdAt');
  const forMs = parseDuration(options.availableAfter ?? 0, 'availableAfter');
  state.putSnapshot({
    name: key,
    arn: state.formatArn('snapshot', key),
    cluster,
    data: createSnapshotData(key, options),
    source: options.source ?? (key.startsWith('automatic.') ? 'automated' : 'manual'),
    kmsKeyArn: options.kmsKeyId === undefined ? undefined : state.formatKeyArn(options.kmsKeyId),
    createdAt,
    takenAt: createdAt,
    making: { since: now, forMs, interim: 'creating', ends: 'available' },
    hidden: { since: now, forMs: 0 },
    tagsHidden: { since: now, forMs: 0, answer: 'not-found' },
    tags: toTags(options.tags),
    forcedStatus: options.status,
  });
}

/** Adds a bucket; throws a TypeError when it cannot be. */
export function addBucket(state: State, name: string, options: BucketOptions, createdAt: Moment): void {
  if (state.foreignExports) throw new TypeError('exports go to another S3: buckets are made there');
  if (state.findBucket(name)) throw new TypeError(`there is a bucket ${name} already`);
  const { region, accountId } = state;
  state.putBucket(createBucket(name, options, { region, accountId, createdAt }));
}

/** Lets somebody else export a snapshot. */
export function exportElsewhere(state: State, source: SnapshotRecord, options: ElsewhereOptions, since: Moment): void {
  checkOptions('exportElsewhere()', options, elsewhereRules);
  const settings = { ...state.settings, exportTakes: parseDuration(options.for, 'for') };
  const { bucket, target = source.name } = options;
  if (bucket === undefined) occupySource(source, settings, since);
  else beginExport(source, { target, bucket: getBucket(state, bucket) }, settings, since);
}

/** The cluster of this name; throws a TypeError when there is none. */
export function getCluster(state: State, name: string): ClusterRecord {
  const cluster = state.findCluster(name);
  if (!cluster) throw new TypeError(`no cluster ${name}`);
  return cluster;
}

/** The snapshot of this name; throws a TypeError when there is none. */
export function getSnapshot(state: State, name: string, now: number): SnapshotRecord {
  const snapshot = state.findSnapshot(name, now);
  if (!snapshot) throw new TypeError(`no snapshot ${name}`);
  return snapshot;
}

/** The bucket of this name; throws a TypeError when there is none. */
export function getBucket(state: State, name: string): BucketRecord {
  const bucket = state.findBucket(name);
  if (!bucket) throw new TypeError(`no bucket ${name}: addBucket('${name}') comes first`);
  return bucket;
}

function readFixtureName(name: string): string {
  if (name.trim() === '') throw new TypeError('a name must not be blank');
  return name.toLowerCase();
}
