import { InvalidArgumentError } from 'commander';
import type { Duration } from '../../testing';

/** A cluster named on the command line. */
export interface ClusterArgument {
  readonly name: string;
  readonly shards: number;
}

/** A snapshot named on the command line, of the cluster that is named or told by its own name. */
export interface SnapshotArgument {
  readonly name: string;
  readonly cluster: string | undefined;
}

/** A port; throws InvalidArgumentError, as all of these do, with the fix. */
export function readPort(text: string): number {
  return readCount(text, 0, 65_535, 'a port is a whole number from 0 (any free one) to 65535');
}

/** A quota of snapshots. */
export function readQuota(text: string): number {
  return readCount(text, 0, 1_000_000, 'a quota is a whole number from 0');
}

/** A duration with its unit. */
export function readDuration(text: string): Duration {
  if (isDuration(text)) return text;
  throw new InvalidArgumentError('a duration is a number and its unit, such as 500ms, 30s, 5m or 4h');
}

/** The size of a file, with its unit. */
export function readSize(text: string): string {
  if (/^\d+(\.\d+)? ?[KMG]B$/i.test(text)) return text;
  throw new InvalidArgumentError('a size is a number and its unit, such as 64KB, 11MB or 1GB');
}

/** An address. */
export function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('an endpoint looks like http://127.0.0.1:5000');
}

/** One more bucket. */
export function collectBucket(text: string, before: readonly string[] = []): string[] {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)) {
    throw new InvalidArgumentError('a bucket has 3 to 63 lower-case letters, digits, dots and hyphens');
  }
  if (before.includes(text)) throw new InvalidArgumentError(`bucket ${text} is given twice; name each once`);
  return [...before, text];
}

/** An AWS account. */
export function readAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('an account has 12 digits, such as 123456789012');
  return text;
}

/** An AWS region. */
export function readRegion(text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(text)) throw new InvalidArgumentError('a region looks like us-east-1');
  return text;
}

/** One more cluster, `NAME` or `NAME:SHARDS`. */
export function collectCluster(text: string, before: readonly ClusterArgument[] = []): ClusterArgument[] {
  const [, name, shards = '1'] = /^([A-Za-z][A-Za-z0-9-]*)(?::(\d+))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('a cluster is NAME or NAME:SHARDS, such as prod:3');
  if (before.some((cluster) => cluster.name === name.toLowerCase())) {
    throw new InvalidArgumentError(`cluster ${name} is given twice; name each once`);
  }
  const count = readCount(shards, 1, 500, 'a cluster has 1 to 500 shards');
  return [...before, { name: name.toLowerCase(), shards: count }];
}

/** One more snapshot, `NAME` or `NAME=CLUSTER`; `automatic.*` tells its cluster by itself. */
export function collectSnapshot(text: string, before: readonly SnapshotArgument[] = []): SnapshotArgument[] {
  const [, name, cluster] = /^([^=\s]+)(?:=([A-Za-z][A-Za-z0-9-]*))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('a snapshot is NAME or NAME=CLUSTER, such as nightly=prod');
  if (before.some((snapshot) => snapshot.name === name.toLowerCase())) {
    throw new InvalidArgumentError(`snapshot ${name} is given twice; name each once`);
  }
  const told = /^automatic\.(.+)-\d{4}(?:-\d{2}){4}$/i.exec(name)?.[1];
  return [...before, { name: name.toLowerCase(), cluster: (cluster ?? told)?.toLowerCase() }];
}

function readCount(text: string, least: number, most: number, fix: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= least && count <= most)) throw new InvalidArgumentError(fix);
  return count;
}

function isDuration(text: string): text is Extract<Duration, string> {
  return /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text);
}
