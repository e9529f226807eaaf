import type { Snapshot } from '@aws-sdk/client-memorydb';
import type { SnapshotData } from './snapshot-data';
import { type ClusterRecord, describeConfiguration, describeShardDetails } from './clusters';
import type { Moment } from './clock';
import type { Tags } from './tags';

/** A time of which the end is known: from a moment on, for so many milliseconds. */
export interface Spell {
  readonly since: Moment;
  readonly forMs: number;
}

/** A snapshot as the simulator keeps it: its status follows from the times in here, never from a timer. */
export interface SnapshotRecord {
  readonly name: string;
  readonly arn: string;
  readonly cluster: ClusterRecord;
  readonly source: 'manual' | 'automated';
  readonly kmsKeyArn: string | undefined;
  readonly createdAt: Moment;
  /** When the data was taken: a copy keeps its source's. */
  readonly takenAt: Moment;
  /** The making of it: `interim` while it lasts, `ends` afterwards. */
  readonly making: Spell & { readonly interim: string; readonly ends: string };
  readonly hidden: Spell;
  readonly tagsHidden: Spell & { readonly answer: 'not-found' | 'empty' };
  /** What its files hold: a copy's are its source's. */
  readonly data: SnapshotData;
  tags: Tags;
  forcedStatus?: string | undefined;
  /** `ends`: the status for ever after, where that is another than before. */
  busy?: Spell & { readonly status: string; readonly ends?: string };
  deleting?: Spell;
}

/** A snapshot as it stands on the server, seen by nobody's request. */
export interface SimulatedSnapshot {
  readonly name: string;
  readonly arn: string;
  readonly cluster: string;
  readonly status: string;
  readonly source: 'manual' | 'automated';
  /** In milliseconds since 1970. */
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  /** The ARN of the KMS key, if it has one of the customer's. */
  readonly kmsKeyId: string | undefined;
  /** Whether reads find it yet. */
  readonly visible: boolean;
}

/** Whether `now` lies within the spell. */
export function isWithin(spell: Spell | undefined, now: number): boolean {
  return spell !== undefined && now < spell.since.ms + spell.forMs;
}

/** Whether the snapshot was deleted and its time as `deleting` is over. */
export function isGone(snapshot: SnapshotRecord, now: number): boolean {
  return snapshot.deleting !== undefined && !isWithin(snapshot.deleting, now);
}

/** Whether the snapshot's data is taken. */
function isMade(snapshot: SnapshotRecord, now: number): boolean {
  return !isWithin(snapshot.making, now);
}

/** The snapshot's status at `now`. */
export function judgeStatus(snapshot: SnapshotRecord, now: number): string {
  if (snapshot.forcedStatus !== undefined) return snapshot.forcedStatus;
  if (snapshot.deleting) return 'deleting';
  if (!isMade(snapshot, now)) return snapshot.making.interim;
  if (snapshot.busy && isWithin(snapshot.busy, now)) return snapshot.busy.status;
  return snapshot.busy?.ends ?? snapshot.making.ends;
}

/** The snapshot as the service answers it; `status` where the answer runs ahead of the clock. */
export function describeSnapshot(
  snapshot: SnapshotRecord,
  now: number,
  { withShards = false, status = judgeStatus(snapshot, now) }: { withShards?: boolean; status?: string } = {}
): Snapshot {
  const takenAt = isMade(snapshot, now) ? new Date(snapshot.takenAt.ms) : undefined;
  return {
    Name: snapshot.name,
    Status: status,
    Source: snapshot.source,
    ...(snapshot.kmsKeyArn !== undefined && { KmsKeyId: snapshot.kmsKeyArn }),
    ARN: snapshot.arn,
    ClusterConfiguration: {
      ...describeConfiguration(snapshot.cluster),
      ...(withShards &&
        snapshot.cluster.shardDetail && {
          Shards: describeShardDetails(snapshot.cluster, snapshot.data.sizeText, takenAt),
        }),
    },
    DataTiering: snapshot.cluster.dataTiering ? 'true' : 'false',
  };
}

/** The snapshot as the simulator's owner sees it. */
export function inspectSnapshot(snapshot: SnapshotRecord, now: number): SimulatedSnapshot {
  return {
    name: snapshot.name,
    arn: snapshot.arn,
    cluster: snapshot.cluster.name,
    status: judgeStatus(snapshot, now),
    source: snapshot.source,
    createdAt: snapshot.createdAt.ms,
    tags: Object.fromEntries(snapshot.tags),
    kmsKeyId: snapshot.kmsKeyArn,
    visible: !isWithin(snapshot.hidden, now),
  };
}
