import type { SnapshotRecord } from '../../src/contract/job';

const CREATED = '2026-11-23T03:15:00.000Z';

/** A snapshot of two shards that is available, with what a test wants otherwise. */
export function snapshotRecord(
  changes: Partial<SnapshotRecord> & { readonly createdAt?: readonly (string | undefined)[] } = {}
): SnapshotRecord {
  const { createdAt = [CREATED, CREATED], ...fields } = changes;
  const name = fields.Name ?? 'nightly';
  return {
    Name: name,
    ARN: `arn:aws:memorydb:us-east-1:123456789012:snapshot/${name}`,
    Status: 'available',
    Source: 'manual',
    ClusterConfiguration: {
      Name: 'prod',
      NumShards: createdAt.length,
      Shards: createdAt.map((time, i) => ({
        Name: `000${i + 1}`,
        ...(time !== undefined && { SnapshotCreationTime: time }),
      })),
    },
    ...fields,
  };
}
