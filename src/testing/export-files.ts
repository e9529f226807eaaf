import type { Content } from './contents';
import type { Settings } from './settings';
import { createShardFile } from './snapshot-data';
import type { SnapshotRecord } from './snapshots';

/** A shard's file in an export to come. */
export interface ExportFile {
  readonly key: string;
  readonly content: () => Content;
  /** How long after the beginning it appears, in milliseconds; Infinity: never. */
  readonly afterMs: number;
}

/** The files of an export, one for each shard, in the order of the shards. */
export function listShardFiles(source: SnapshotRecord, target: string, settings: Settings): ExportFile[] {
  const { cluster, data, takenAt } = source;
  const name = settings.exportKeys === 'lower-case' ? target.toLowerCase() : target;
  return cluster.shards.map((shard, index) => ({
    key: `${name}-${shard.name}.rdb`,
    content: () => createShardFile(data, cluster, shard, takenAt.ms),
    afterMs: judgeDelay(shard.name, index, cluster.shards.length, settings),
  }));
}

function judgeDelay(shard: string, index: number, count: number, settings: Settings): number {
  const { exportTakes, exportOrder, exportLoses, exportLate } = settings;
  if (exportLoses === 'all' || exportLoses.includes(shard)) return Infinity;
  const late = typeof exportLate === 'number' ? exportLate : (exportLate[shard] ?? 0);
  if (late > 0) return exportTakes + late;
  if (exportOrder === 'together') return exportTakes;
  return (exportTakes * (exportOrder === 'ascending' ? index + 1 : count - index)) / count;
}
