import type { ClusterArgument, SnapshotArgument } from './arguments';

/** What a simulator begins with. */
export interface Stage {
  readonly clusters: readonly ClusterArgument[];
  readonly snapshots: readonly { readonly name: string; readonly cluster: string }[];
}

/** Arguments that do not fit together, or not this machine. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

const sample: ClusterArgument = { name: 'prod', shards: 3 };

/** Puts clusters and snapshots together; a cluster that only a snapshot names has one shard. Throws ArgumentError. */
export function planStage(
  clusters: readonly ClusterArgument[] = [],
  snapshots: readonly SnapshotArgument[] | undefined,
  nowMs: number
): Stage {
  const named = clusters.length > 0 || snapshots?.some(({ cluster }) => cluster !== undefined) ? clusters : [sample];
  if (!snapshots) {
    return {
      clusters: named,
      snapshots: named.map(({ name }) => ({ name: nameAutomatic(name, nowMs), cluster: name })),
    };
  }
  const only = named.length === 1 ? named[0]?.name : undefined;
  const placed = snapshots.map(({ name, cluster = only }) => {
    if (cluster !== undefined) return { name, cluster };
    throw new ArgumentError(`option '--snapshot' argument '${name}' is of no cluster: say which, ${name}=CLUSTER`);
  });
  const missing = new Set(
    placed.map(({ cluster }) => cluster).filter((name) => !named.some((known) => known.name === name))
  );
  return { clusters: [...named, ...[...missing].map((name) => ({ name, shards: 1 }))], snapshots: placed };
}

/** AWS's own name for an automatic snapshot: the cluster and the minute, in UTC. */
function nameAutomatic(cluster: string, nowMs: number): string {
  const minute = new Date(nowMs).toISOString().slice(0, 16);
  return `automatic.${cluster}-${minute.replace(/[T:]/g, '-')}`;
}
