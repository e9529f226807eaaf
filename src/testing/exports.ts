import type { BucketRecord } from './buckets';
import type { Moment } from './clock';
import { listShardFiles } from './export-files';
import type { OutputOf } from './memorydb-wire';
import { storeObject } from './object-fixtures';
import { Refusal, invalidValue } from './refusal';
import type { Settings } from './settings';
import { requireStatus } from './snapshot-state';
import { type SnapshotRecord, describeSnapshot } from './snapshots';
import type { State } from './state';
import { isObject } from './stored-objects';

/** An export as CopySnapshot is asked for it. */
export interface ExportRequest {
  readonly sourceName: string;
  /** As it was sent: it is no snapshot's name, and its case may matter. */
  readonly target: string;
  readonly bucket: string;
  readonly kmsKey: string | undefined;
}

type Answer = OutputOf<'CopySnapshot'>;

/**
 * Exports a snapshot: its files appear in the bucket, the source is busy meanwhile, and no record of the target's name
 * is made. Throws what the service refuses, all of it before anything has begun.
 */
export function exportSnapshot(request: ExportRequest, state: State, now: number): Answer | Promise<Answer> {
  const { sourceName, target, bucket: bucketName, kmsKey } = request;
  if (kmsKey !== undefined) throw refuseKey();
  const source = state.getSnapshot(sourceName, now);
  requireStatus(source, now, ['available']);
  checkSource(source);
  const { foreignExports } = state;
  if (foreignExports) return foreignExports.export(source, { target, bucket: bucketName }, state, now);
  const bucket = checkBucket(bucketName, state);
  for (const { key } of listShardFiles(source, target, state.settings)) {
    if (isObject(bucket.objects.find(key, now))) throw refuseKeyTaken(bucketName, key);
  }
  beginExport(source, { target, bucket }, state.settings, { ms: now });
  return answerExport(source, state, now);
}

/** Lets an export begin, whoever asked for it: everything that it does later is laid down here. */
export function beginExport(
  source: SnapshotRecord,
  { target, bucket }: { readonly target: string; readonly bucket: BucketRecord },
  settings: Settings,
  since: Moment
): void {
  for (const { key, content, afterMs } of listShardFiles(source, target, settings)) {
    if (afterMs === Infinity) continue;
    storeObject(bucket, key, content(), { writing: 'multipart', hidden: { since, forMs: afterMs } });
  }
  occupySource(source, settings, since);
}

/** Keeps the source of an export busy. */
export function occupySource(source: SnapshotRecord, settings: Settings, since: Moment): void {
  const { exportTakes, exportStatus, exportEnds } = settings;
  source.busy = {
    since,
    forMs: exportTakes,
    status: exportStatus,
    ...(exportEnds !== 'available' && { ends: exportEnds }),
  };
}

/** What CopySnapshot answers to an export that has begun. */
export function answerExport(source: SnapshotRecord, { settings }: State, now: number): Answer {
  if (settings.exportAnswer === 'empty') return {};
  return { Snapshot: describeSnapshot(source, now, { status: settings.exportStatus }) };
}

/** The refusal of an export over an object that is there. */
export function refuseKeyTaken(bucket: string, key: string): Refusal {
  return invalidValue(`The S3 bucket ${bucket} already contains an object with key ${key}.`);
}

/** The refusal of a bucket that is not there. */
export function refuseNoBucket(bucket: string): Refusal {
  return invalidValue(`The S3 bucket ${bucket} does not exist.`);
}

function checkSource({ kmsKeyArn, cluster }: SnapshotRecord): void {
  if (kmsKeyArn !== undefined) throw refuseKey();
  if (cluster.dataTiering) {
    throw invalidValue('Exporting a snapshot to Amazon S3 is not supported for clusters using data tiering.');
  }
}

/** The service's words, which tools were told about a snapshot with a key of the customer's. */
function refuseKey(): Refusal {
  return new Refusal(
    'InvalidParameterCombinationException',
    'AWS Key Management Service Customer Managed CMK cannot be used for encrypting exported snapshots in S3. ' +
      'Please encrypt the exported snapshot file in S3 if necessary.'
  );
}

function checkBucket(name: string, state: State): BucketRecord {
  const bucket = state.findBucket(name);
  if (!bucket) throw refuseNoBucket(name);
  if (bucket.region !== state.region) throw invalidValue(`The S3 bucket ${name} is outside of the region.`);
  if (bucket.owner !== state.accountId) {
    throw invalidValue(`The S3 bucket ${name} is not owned by the authenticated user.`);
  }
  const { read, write, readAcp } = bucket.grants;
  const missing = !read ? 'READ' : !write ? 'WRITE' : !readAcp ? 'READ_ACP' : undefined;
  if (missing === undefined) return bucket;
  throw invalidValue(`MemoryDB has not been granted ${missing} permissions ${name} on the S3 Bucket.`);
}
