import type { BucketRecord } from './buckets';
import type { ClusterRecord } from './clusters';
import type { ForeignExports } from './foreign-exports';
import { Quotas } from './quotas';
import { Refusal } from './refusal';
import { defaultSettings } from './settings';
import { type SnapshotRecord, isGone } from './snapshots';

/** Everything that the simulated service remembers. Names are kept and found in lower case, as MemoryDB does. */
export class State {
  readonly quotas = new Quotas();
  settings = defaultSettings;
  /** Where exports go instead of the simulator's own buckets. */
  foreignExports: ForeignExports | undefined;
  readonly #clusters = new Map<string, ClusterRecord>();
  readonly #snapshots = new Map<string, SnapshotRecord>();
  readonly #buckets = new Map<string, BucketRecord>();

  constructor(
    readonly region: string,
    readonly accountId: string
  ) {}

  /** The ARN of a resource. */
  formatArn(kind: 'cluster' | 'snapshot', name: string): string {
    return `arn:aws:memorydb:${this.region}:${this.accountId}:${kind}/${name}`;
  }

  /** The ARN of a KMS key that was given as an ARN or an id: MemoryDB tells the ARN on every read. */
  formatKeyArn(key: string): string {
    if (key.startsWith('arn:')) return key;
    return `arn:aws:kms:${this.region}:${this.accountId}:${key.startsWith('alias/') ? key : `key/${key}`}`;
  }

  /** Keeps a cluster. */
  putCluster(cluster: ClusterRecord): void {
    this.#clusters.set(cluster.name, cluster);
  }

  /** The cluster of this name, if there is one. */
  findCluster(name: string): ClusterRecord | undefined {
    return this.#clusters.get(name.toLowerCase());
  }

  /** The cluster of this name; throws ClusterNotFoundFault when there is none. */
  getCluster(name: string): ClusterRecord {
    const cluster = this.findCluster(name);
    if (!cluster) throw new Refusal('ClusterNotFoundFault', `Cluster ${name.toLowerCase()} not found.`);
    return cluster;
  }

  /** All clusters in the order of their names. */
  listClusters(): ClusterRecord[] {
    return [...this.#clusters.values()].sort(byName);
  }

  /** Keeps a bucket. */
  putBucket(bucket: BucketRecord): void {
    this.#buckets.set(bucket.name, bucket);
  }

  /** The bucket of this name, if there is one. */
  findBucket(name: string): BucketRecord | undefined {
    return this.#buckets.get(name);
  }

  /** All buckets in the order of their names. */
  listBuckets(): BucketRecord[] {
    return [...this.#buckets.values()].sort(byName);
  }

  /** Keeps a snapshot, and counts it against its cluster's quota if it is a manual one. */
  putSnapshot(snapshot: SnapshotRecord): void {
    this.#snapshots.set(snapshot.name, snapshot);
    if (snapshot.source === 'manual') this.quotas.count(snapshot.cluster.name, snapshot.createdAt);
  }

  /** The snapshot of this name, visible or not; without a time also one that is gone by now. */
  findSnapshot(name: string, now?: number): SnapshotRecord | undefined {
    const snapshot = this.#snapshots.get(name.toLowerCase());
    return snapshot && now !== undefined && isGone(snapshot, now) ? undefined : snapshot;
  }

  /** The snapshot of this name; throws SnapshotNotFoundFault when there is none. */
  getSnapshot(name: string, now: number): SnapshotRecord {
    const snapshot = this.findSnapshot(name, now);
    if (!snapshot) throw createNotFound(name);
    return snapshot;
  }

  /** Forgets a snapshot at once. */
  removeSnapshot(name: string): void {
    this.#snapshots.delete(name.toLowerCase());
  }

  /** All snapshots in the order of their names. */
  listSnapshots(now: number): SnapshotRecord[] {
    return [...this.#snapshots.values()].filter((snapshot) => !isGone(snapshot, now)).sort(byName);
  }
}

/** The refusal that says a snapshot is not there. */
export function createNotFound(name: string): Refusal {
  return new Refusal('SnapshotNotFoundFault', `Snapshot ${name.toLowerCase()} not found.`);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
