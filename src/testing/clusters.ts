import type { Cluster, ClusterConfiguration, ShardDetail } from '@aws-sdk/client-memorydb';
import { type SlotRanges, parseSlots } from './keys-for-slot';
import { type OptionRules, checkOptions, flag, readElsewhere, text, texts } from './option-rules';
import { type Tags, type TagsInput, toTags } from './tags';

/** What a simulated cluster may be given. */
export interface ClusterOptions {
  /** Number of shards, or their names: after a resharding there are gaps, as in `['0001', '0003']`. @default 1 */
  readonly shards?: number | readonly string[];
  /** The slots of each shard, such as `0-5460,7000`. @default shared out evenly */
  readonly slots?: readonly string[];
  /** Whether ShowDetail tells the shards. @default true */
  readonly shardDetail?: boolean;
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

const optionRules: OptionRules<ClusterOptions> = {
  shards: {
    allows: (shards) => typeof shards === 'number' || texts.allows(shards),
    use: 'a number or a list of names',
  },
  slots: texts,
  shardDetail: flag,
  engine: text,
  engineVersion: text,
  nodeType: text,
  dataTiering: flag,
  tags: readElsewhere,
};

/** A shard: its name is an id, not a number. */
export interface ShardRecord {
  readonly name: string;
  readonly slots: string;
  readonly ranges: SlotRanges;
}

/** A cluster as the simulator keeps it. */
export interface ClusterRecord {
  readonly name: string;
  readonly arn: string;
  readonly shards: readonly ShardRecord[];
  readonly shardDetail: boolean;
  readonly engine: string;
  readonly engineVersion: string;
  readonly nodeType: string;
  readonly dataTiering: boolean;
  tags: Tags;
}

const slotCount = 16_384;
const maintenanceWindow = 'wed:03:00-wed:04:00';
const snapshotWindow = '03:15-04:15';

/** Makes a cluster; throws a TypeError when it cannot have such shards, or is given what there is not. */
export function createCluster(name: string, arn: string, options: ClusterOptions): ClusterRecord {
  checkOptions('addCluster()', options, optionRules);
  const { engine = 'redis', dataTiering = false, shardDetail = true } = options;
  return {
    name,
    arn,
    shards: createShards(name, options),
    shardDetail,
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
    NumShards: cluster.shards.length,
  };
}

/** The shards that a snapshot holds; their size and time are known only once the snapshot is taken. */
export function describeShardDetails(cluster: ClusterRecord, size: string, takenAt: Date | undefined): ShardDetail[] {
  return cluster.shards.map(({ name, slots }) => ({
    Name: name,
    Configuration: { Slots: slots, ReplicaCount: 1 },
    ...(takenAt && { Size: size, SnapshotCreationTime: takenAt }),
  }));
}

/** The cluster as DescribeClusters tells. */
export function describeCluster(cluster: ClusterRecord, withShards: boolean): Cluster {
  const address = `clustercfg.${cluster.name}.abcdef.memorydb.${cluster.arn.split(':')[3] ?? ''}.amazonaws.com`;
  return {
    Name: cluster.name,
    Description: ' ',
    Status: 'available',
    NumberOfShards: cluster.shards.length,
    ...(withShards && {
      Shards: cluster.shards.map(({ name, slots }) => ({ Name: name, Status: 'available', Slots: slots })),
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

function createShards(cluster: string, { shards = 1, slots }: ClusterOptions): ShardRecord[] {
  const names = typeof shards === 'number' ? nameShards(cluster, shards) : shards;
  if (names.length < 1 || names.length > 500 || new Set(names).size < names.length) {
    throw new TypeError(`cluster ${cluster}: shards must be 1 to 500 different names, not ${names.join(', ')}`);
  }
  if (slots && slots.length !== names.length) {
    throw new TypeError(`cluster ${cluster}: slots must be one text for each of ${names.length} shards`);
  }
  return names.map((name, index) => {
    const [first, last] = [findFirstSlot(index, names.length), findFirstSlot(index + 1, names.length) - 1];
    const text = slots?.[index] ?? `${first}-${last}`;
    return { name, slots: text, ranges: parseSlots(text) };
  });
}

function nameShards(cluster: string, count: number): string[] {
  if (!Number.isInteger(count) || count < 1 || count > 500) {
    throw new TypeError(`cluster ${cluster}: shards must be a whole number from 1 to 500, not ${count}`);
  }
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(4, '0'));
}

/** Slots are shared out as `redis-cli --cluster create` does: three shards get 0-5460, 5461-10922, 10923-16383. */
function findFirstSlot(index: number, shards: number): number {
  return Math.round((slotCount * index) / shards);
}
