import { describeCluster } from './clusters';
import type { InputOf, OutputOf } from './memorydb-wire';
import { invalidValue } from './refusal';
import { readName } from './request-rules';
import { type SnapshotRecord, describeSnapshot, isWithin } from './snapshots';
import { type State, createNotFound } from './state';

/** The request filters by `system` and `user` what answers call `automated` and `manual`. */
const sources = new Map<string, SnapshotRecord['source']>([
  ['system', 'automated'],
  ['user', 'manual'],
]);
const maxPageSize = 100;

/** Lists snapshots; throws SnapshotNotFoundFault for an unknown name, while an unknown cluster has none. */
export function describeSnapshots(
  input: InputOf<'DescribeSnapshots'>,
  state: State,
  now: number
): OutputOf<'DescribeSnapshots'> {
  const { Source: filter, ShowDetail: withShards = false } = input;
  const name = readFilter(input.SnapshotName, 'SnapshotName');
  const cluster = readFilter(input.ClusterName, 'ClusterName');
  const source = filter === undefined ? undefined : sources.get(filter);
  if (filter !== undefined && source === undefined) {
    throw invalidValue(`The parameter Source must be system or user, not ${filter}.`);
  }
  const visible = state.listSnapshots(now).filter((snapshot) => !isWithin(snapshot.hidden, now));
  const named = name === undefined ? visible : visible.filter((snapshot) => snapshot.name === name);
  if (name !== undefined && named.length === 0) throw createNotFound(name);
  const found = named.filter(
    (snapshot) =>
      (cluster === undefined || snapshot.cluster.name === cluster) &&
      (source === undefined || snapshot.source === source)
  );
  const { page, nextToken } = takePage(found, input, state);
  return {
    ...(nextToken !== undefined && { NextToken: nextToken }),
    Snapshots: page.map((snapshot) => describeSnapshot(snapshot, now, { withShards })),
  };
}

/** Lists clusters; throws ClusterNotFoundFault for an unknown name. */
export function describeClusters(input: InputOf<'DescribeClusters'>, state: State): OutputOf<'DescribeClusters'> {
  const { ShowShardDetails: withShards = false } = input;
  const name = readFilter(input.ClusterName, 'ClusterName');
  const { page, nextToken } = takePage(
    name === undefined ? state.listClusters() : [state.getCluster(name)],
    input,
    state
  );
  return {
    ...(nextToken !== undefined && { NextToken: nextToken }),
    Clusters: page.map((cluster) => describeCluster(cluster, withShards)),
  };
}

function readFilter(name: string | undefined, member: string): string | undefined {
  return name === undefined ? undefined : readName(name, member);
}

interface Paging {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** A page starts after the name in the token, so that what comes and goes between pages moves nothing. */
function takePage<T extends { readonly name: string }>(
  found: readonly T[],
  { MaxResults: size, NextToken: token }: Paging,
  { settings }: State
): { page: T[]; nextToken: string | undefined } {
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= maxPageSize)) {
    throw invalidValue(`The parameter MaxResults must be a whole number from 1 to ${maxPageSize}, not ${size}.`);
  }
  const after = token === undefined ? '' : readToken(token);
  const rest = found.filter(({ name }) => name > after);
  const page = rest.slice(0, size ?? settings.pageSize);
  const last = page.at(-1);
  return { page, nextToken: last && page.length < rest.length ? writeToken(last.name) : undefined };
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:') || writeToken(text.slice(6)) !== token) {
    throw invalidValue('The parameter NextToken is not one that an earlier answer gave.');
  }
  return text.slice(6);
}
