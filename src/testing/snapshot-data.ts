import type { Content } from './contents';
import type { ClusterRecord, ShardRecord } from './clusters';
import { type OptionRules, flag, oneOf, readElsewhere } from './option-rules';
import { createRdbFile, leastSize } from './rdb-file';
import type { RdbVersion } from './rdb-writer';

/** What the files of a snapshot hold. */
export interface DataOptions {
  /** How large each shard's file is: bytes, or words such as `'11 MB'`. @default a few KB */
  readonly shardSize?: number | string;
  /** Small keys in each shard, of many kinds. @default 26 */
  readonly keysPerShard?: number;
  /** The RDB version. @default that of the cluster's engine: 9 for Redis 6.2, 10 for 7.0 and 7.1, 11 for Valkey */
  readonly rdbVersion?: RdbVersion;
  /** Whether files end in a checksum, or in zero as with `rdbchecksum no`. @default true */
  readonly rdbChecksum?: boolean;
}

/** The rules of those. */
export const dataRules: OptionRules<DataOptions> = {
  shardSize: readElsewhere,
  keysPerShard: readElsewhere,
  rdbVersion: oneOf(9, 10, 11),
  rdbChecksum: flag,
};

/** What a snapshot's files are made of. */
export interface SnapshotData {
  readonly seed: string;
  readonly size: number | undefined;
  /** The size of a shard as DescribeSnapshots tells it. */
  readonly sizeText: string;
  readonly keys: number;
  readonly version: RdbVersion | undefined;
  readonly checksum: boolean;
}

const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** Reads what a snapshot is to hold; throws a TypeError that names the option and its fault. */
export function createSnapshotData(seed: string, options: DataOptions): SnapshotData {
  const { shardSize, keysPerShard: keys = 26, rdbVersion, rdbChecksum = true } = options;
  const size = shardSize === undefined ? undefined : parseSize(shardSize);
  if (!Number.isInteger(keys) || keys < 0) throw new TypeError(`keysPerShard: ${keys} is no whole number from 0`);
  return { seed, size, sizeText: tellSize(size, shardSize), keys, version: rdbVersion, checksum: rdbChecksum };
}

/** The file of a shard, an RDB file of its keys alone. */
export function createShardFile(
  data: SnapshotData,
  cluster: ClusterRecord,
  shard: ShardRecord,
  takenAt: number
): Content {
  const { engine, engineVersion } = cluster;
  return createRdbFile({
    seed: `${data.seed} ${shard.name}`,
    slots: shard.ranges,
    version: data.version ?? tellVersion(engine, engineVersion),
    engine: [engine === 'valkey' ? 'valkey-ver' : 'redis-ver', `${engineVersion}.0`],
    takenAt,
    keys: data.keys,
    size: data.size,
    checksum: data.checksum,
  });
}

/** The version that the open engine of that version writes (`RDB_VERSION` in its rdb.h). */
function tellVersion(engine: string, engineVersion: string): RdbVersion {
  if (engine === 'valkey') return 11;
  return Number.parseFloat(engineVersion) < 7 ? 9 : 10;
}

function parseSize(size: number | string): number {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(size)) ?? [];
  const bytes = Math.round(Number(amount) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (bytes >= leastSize && Number.isSafeInteger(bytes)) return bytes;
  throw new TypeError(`shardSize: ${size} is no size from ${leastSize} bytes; use bytes, or words such as '11 MB'`);
}

function tellSize(size: number | undefined, given: number | string | undefined): string {
  if (typeof given === 'string') return given;
  return size === undefined ? '11 MB' : `${Math.max(1, Math.round(size / 2 ** 20))} MB`;
}
