import { formatDuration } from '../contract/duration';
import type { LatestSnapshotQuery, SnapshotRecord } from '../contract/job';
import { done, type Verdict } from './verdict';

const KINDS = { automatic: 'automated', manual: 'manual' } as const;

/**
 * A snapshot in one of these is not available and will not be again, or is not whole yet. In any other status it is
 * busy, for example `exporting` or `copying`: it is as whole as before, and a job waits until it is available again.
 */
const UNUSABLE: readonly string[] = ['creating', 'failed', 'deleting'];

/**
 * The newest snapshot of a cluster that is available, or will be again, by when its shards were snapshotted.
 *
 * @param maxAgeMs older ones do not count
 */
export function judgeLatest(
  { cluster, kind = 'any', maxAge }: LatestSnapshotQuery,
  records: readonly SnapshotRecord[],
  nowMs: number,
  maxAgeMs: number | undefined
): Verdict<string> {
  const candidates = records
    .filter((record) => !UNUSABLE.includes(record.Status))
    .filter((record) => kind === 'any' || record.Source === KINDS[kind])
    .map((record) => ({ name: record.Name, at: createdAtMs(record) }))
    .filter(({ at }) => maxAgeMs === undefined || at >= nowMs - maxAgeMs)
    .sort((a, b) => b.at - a.at);
  const [newest] = candidates;
  if (newest !== undefined) return done(newest.name);
  const wanted = `${kind === 'any' ? '' : `${kind} `}snapshot${maxAgeMs === undefined ? '' : ` of the last ${describeAge(maxAge, maxAgeMs)}`}`;
  return {
    verdict: 'final',
    type: 'SnapshotNotFoundFault',
    message: `the cluster ${cluster} has no available ${wanted}; seen: ${describeSeen(records)}`,
    hint: "Check the cluster's name and region, and its snapshot retention; a snapshot that is still creating does not count.",
  };
}

/** As the caller wrote it. */
function describeAge(maxAge: LatestSnapshotQuery['maxAge'], maxAgeMs: number): string {
  return typeof maxAge === 'string' ? maxAge : formatDuration(maxAgeMs);
}

/** When the last of its shards was snapshotted, in milliseconds; 0 when AWS does not tell. */
function createdAtMs(record: SnapshotRecord): number {
  const times = record.ClusterConfiguration?.Shards?.map((shard) => Date.parse(shard.SnapshotCreationTime ?? ''));
  return Math.max(0, ...(times ?? []).filter((time) => !Number.isNaN(time)));
}

function describeSeen(records: readonly SnapshotRecord[]): string {
  if (records.length === 0) return 'no snapshot at all';
  const shown = records.slice(0, 10).map(({ Name, Status, Source }) => `${Name} (${Source ?? 'unknown'}, ${Status})`);
  return shown.join(', ') + (records.length > shown.length ? `, and ${records.length - shown.length} more` : '');
}
