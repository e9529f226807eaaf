import type { PlannedObject } from '../contract/export';
import type { OwnershipTag, SnapshotRecord } from '../contract/job';
import { readableSlots } from './export-slots';
import type { Manifest } from './manifest';
import { sourceHash } from './ownership';

/** What an export is made of: as the source tells it, or, where that is gone, the manifest of an earlier run. */
export interface ExportOrigin {
  readonly arn: string;
  /** See `sourceHash`. Absent where the manifest has none: then it is not compared. */
  readonly hash?: string;
  /** ISO 8601: when the last shard was snapshotted. */
  readonly createdAt?: string;
  /** One for each object that makes the export whole. */
  readonly shards: readonly PlannedObject[];
}

/** The origin of an export whose source is there. */
export function originOf(source: SnapshotRecord): ExportOrigin {
  const createdAt = source.ClusterConfiguration?.Shards?.map((shard) => shard.SnapshotCreationTime ?? '')
    .sort()
    .at(-1);
  return {
    arn: source.ARN,
    hash: sourceHash(source),
    ...(createdAt !== undefined && createdAt !== '' && { createdAt }),
    shards: planObjects(source),
  };
}

/**
 * The origin of an export that an earlier run of the same job, for the same request, put down in a manifest; undefined
 * where the manifest is none of those.
 *
 * @param expected with the source's hash where the source's record is still there: then it is compared
 */
export function originIn(manifest: Manifest, expected: OwnershipTag): ExportOrigin | undefined {
  const { job, request, source, objects } = manifest;
  if (job !== expected.jobHash || request !== expected.requestHash || objects.length === 0) return undefined;
  if (expected.sourceHash !== undefined && expected.sourceHash !== source.hash) return undefined;
  return {
    arn: source.arn,
    ...(source.hash !== '' && { hash: source.hash }),
    ...(source.createdAt !== undefined && { createdAt: source.createdAt }),
    shards: objects.map(({ shard, slots }) => ({ shard, ...(slots !== undefined && { slots }) })),
  };
}

/**
 * One object for each shard. Shard names may have gaps after resharding, so they are taken from the source; without
 * shard detail they are counted.
 */
function planObjects(source: SnapshotRecord): PlannedObject[] {
  const { Shards: shards = [], NumShards: count = 1 } = source.ClusterConfiguration ?? {};
  if (shards.length === 0) return Array.from({ length: count }, (_, i) => ({ shard: String(i + 1).padStart(4, '0') }));
  return shards.map(({ Name: shard, Slots: text }) => {
    const slots = readableSlots(text);
    return { shard, ...(slots !== undefined && { slots }) };
  });
}
