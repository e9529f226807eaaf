import type { Cluster, ClusterConfiguration, ShardDetail } from '@aws-sdk/client-memorydb';
import { type Tags, type TagsInput, toTags } from './tags';

/** What a simulated cluster may be given. */
export interface ClusterOptions {
  /** Number of shards. @default 1 */
  readonly shards?: number;
  /** `redis` or `valkey`. @default 'redis' */
  readonly engine?: string;
  /** @default '7.1', or '7.3' for valkey */
  readonly engineVersion?: string;
  /** @default 'db.r6g.large', or 'db.r6gd.xlarge' with data tiering */
  readonly nodeType?: string;
  /** Whether part of the data lives on disks. @default false */
  readonly dataTiering?: boolean;
  /** @default none */
  readonly tags?: TagsInput;
}

/** A cluster as the simulator keeps it. */
export interface ClusterRecord {
  readonly name: string;
  readonly arn: string;
  readonly shards: number;
  readonly engine: string;
  readonly engineVersion: string;
  readonly nodeType: string;
  readonly dataTiering: boolean;
  tags: Tags;
}

const slotCount = 16_384;
const maintenanceWindow = 'wed:03:00-wed:04:00';
const snapshotWindow = '03:15-04:15';

/** Makes a cluster; throws a TypeError when it cannot have that many shards. */
export function createCluster(name: string, arn: string, options: ClusterOptions): ClusterRecord {
  const { shards = 1, engine = 'redis', dataTiering = false } = options;
  if (!Number.isInteger(shards) || shards < 1 || shards > 500) {
    throw new TypeError(`cluster ${name}: shards must be a whole number from 1 to 500, not ${shards}`);
  }
  return {
    name,
    arn,
    shards,
    engine,
    engineVersion: options.engineVersion ?? (engine === 'valkey' ? '7.3' : '7.1'),
    nodeType: options.nodeType ?? (dataTiering ? 'db.r6gd.xlarge' : 'db.r6g.large'),
    dataTiering,
    tags: toTags(options.tags),
  };
}

/** The cluster's configuration as a snapshot of it tells, without shards. */
export function describeConfiguration(cluster: ClusterRecord): ClusterConfiguration {
  return {
    Name: cluster.name,
    Description: ' ',
    NodeType: cluster.nodeType,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    MaintenanceWindow: maintenanceWindow,
    Port: 6379,
    ParameterGroupName: nameParameterGroup(cluster),
    SubnetGroupName: 'default',
    VpcId: 'vpc-0123456789abcdef0',
    SnapshotRetentionLimit: 1,
    SnapshotWindow: snapshotWindow,
    NumShards: cluster.shards,
  };
}

/** The shards that a snapshot holds; their size and time are known only once the snapshot is taken. */
export function describeShardDetails(cluster: ClusterRecord, takenAt: Date | undefined): ShardDetail[] {
  return listShards(cluster).map(({ name, slots }) => ({
    Name: name,
    Configuration: { Slots: slots, ReplicaCount: 1 },
    ...(takenAt && { Size: '11 MB', SnapshotCreationTime: takenAt }),
  }));
}

/** The cluster as DescribeClusters tells. */
export function describeCluster(cluster: ClusterRecord, withShards: boolean): Cluster {
  const address = `clustercfg.${cluster.name}.abcdef.memorydb.${cluster.arn.split(':')[3] ?? ''}.amazonaws.com`;
  return {
    Name: cluster.name,
    Description: ' ',
    Status: 'available',
    NumberOfShards: cluster.shards,
    ...(withShards && {
      Shards: listShards(cluster).map(({ name, slots }) => ({ Name: name, Status: 'available', Slots: slots })),
    }),
    AvailabilityMode: 'multiaz',
    ClusterEndpoint: { Address: address, Port: 6379 },
    NodeType: cluster.nodeType,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    ParameterGroupName: nameParameterGroup(cluster),
    ParameterGroupStatus: 'in-sync',
    SubnetGroupName: 'default',
    TLSEnabled: true,
    ARN: cluster.arn,
    SnapshotRetentionLimit: 1,
    MaintenanceWindow: maintenanceWindow,
    SnapshotWindow: snapshotWindow,
    ACLName: 'open-access',
    AutoMinorVersionUpgrade: true,
    DataTiering: cluster.dataTiering ? 'true' : 'false',
  };
}

function nameParameterGroup({ engine, engineVersion }: ClusterRecord): string {
  return `default.memorydb-${engine}${engineVersion.split('.')[0] ?? ''}`;
}

function listShards({ shards }: ClusterRecord): { name: string; slots: string }[] {
  return Array.from({ length: shards }, (_, index) => ({
    name: String(index + 1).padStart(4, '0'),
    slots: `${findFirstSlot(index, shards)}-${findFirstSlot(index + 1, shards) - 1}`,
  }));
}

/** Slots are shared out as `redis-cli --cluster create` does: three shards get 0-5460, 5461-10922, 10923-16383. */
function findFirstSlot(index: number, shards: number): number {
  return Math.round((slotCount * index) / shards);
}
