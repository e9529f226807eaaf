import {
  CopySnapshotCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  ListTagsCommand,
  type Snapshot,
} from '@aws-sdk/client-memorydb';
import type { JobPlan, SnapshotRecord, TagPair } from '../contract/job';
import { BadAnswer } from './common-faults';
import { classifyFault } from './faults';
import type { MemoryDBClients } from './clients';

/** Sends the one CopySnapshot, of a copy or of an export. It gets no abort signal: a cancelled send may be accepted all the same. */
export async function sendCopy({ sends }: MemoryDBClients, plan: JobPlan): Promise<SnapshotRecord | undefined> {
  const { Snapshot: snapshot } = await sends.send(
    new CopySnapshotCommand({
      SourceSnapshotName: plan.source,
      TargetSnapshotName: plan.target,
      ...(plan.kind === 'export'
        ? { TargetBucket: plan.bucket }
        : plan.kmsKeyId !== undefined && { KmsKeyId: plan.kmsKeyId }),
      ...(plan.tags.length > 0 && { Tags: plan.tags.map((tag) => ({ ...tag })) }),
    })
  );
  return snapshot && toRecord(snapshot);
}

/** A snapshot with its shards, or undefined when there is none of that name. */
export async function describeSnapshot(
  { reads }: MemoryDBClients,
  name: string,
  signal?: AbortSignal
): Promise<SnapshotRecord | undefined> {
  try {
    const { Snapshots: found } = await reads.send(
      new DescribeSnapshotsCommand({ SnapshotName: name, ShowDetail: true }),
      withSignal(signal)
    );
    return found?.[0] && toRecord(found[0]);
  } catch (err) {
    if (classifyFault(err).kind === 'missing') return undefined;
    throw err;
  }
}

/** All snapshots of a cluster, page by page. */
export async function listSnapshots(
  { reads }: MemoryDBClients,
  cluster: string,
  signal?: AbortSignal
): Promise<SnapshotRecord[]> {
  const records: SnapshotRecord[] = [];
  const tokens = new Set<string>();
  for (let token: string | undefined; ;) {
    const { Snapshots: page = [], NextToken } = await reads.send(
      new DescribeSnapshotsCommand({ ClusterName: cluster, ShowDetail: true, ...(token && { NextToken: token }) }),
      withSignal(signal)
    );
    records.push(...page.map(toRecord));
    token = NextToken || undefined;
    if (token === undefined) return records;
    if (tokens.has(token)) throw new BadAnswer(`the list of ${cluster}'s snapshots goes on with the same token again`);
    tokens.add(token);
  }
}

/** A snapshot's tags, a missing value as the empty string; undefined when there is no such snapshot (yet). */
export async function listTags(
  { reads }: MemoryDBClients,
  arn: string,
  signal?: AbortSignal
): Promise<TagPair[] | undefined> {
  try {
    const { TagList: tags } = await reads.send(new ListTagsCommand({ ResourceArn: arn }), withSignal(signal));
    return (tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [{ Key, Value: Value ?? '' }]));
  } catch (err) {
    if (classifyFault(err).kind === 'missing') return undefined;
    throw err;
  }
}

/** Asks for the deletion of a snapshot; one that is gone already is deleted enough. */
export async function deleteSnapshot({ reads }: MemoryDBClients, name: string): Promise<void> {
  try {
    await reads.send(new DeleteSnapshotCommand({ SnapshotName: name }));
  } catch (err) {
    if (classifyFault(err).kind !== 'missing') throw err;
  }
}

function withSignal(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

/** AWS's record as JSON-safe data; what AWS leaves out stays out. */
function toRecord(snapshot: Snapshot): SnapshotRecord {
  const { ClusterConfiguration: config } = snapshot;
  return dropUndefined({
    Name: snapshot.Name ?? '',
    ARN: snapshot.ARN ?? '',
    Status: snapshot.Status ?? 'unknown',
    Source: snapshot.Source,
    KmsKeyId: snapshot.KmsKeyId,
    DataTiering: snapshot.DataTiering,
    ClusterConfiguration:
      config &&
      dropUndefined({
        Name: config.Name,
        NodeType: config.NodeType,
        Engine: config.Engine,
        EngineVersion: config.EngineVersion,
        NumShards: config.NumShards,
        Shards: config.Shards?.map((shard) =>
          dropUndefined({
            Name: shard.Name ?? '',
            Slots: shard.Configuration?.Slots,
            Size: shard.Size,
            SnapshotCreationTime: shard.SnapshotCreationTime?.toISOString(),
          })
        ),
      }),
  });
}

type Present<T> = { [Field in keyof T as undefined extends T[Field] ? never : Field]: T[Field] } & {
  [Field in keyof T as undefined extends T[Field] ? Field : never]?: Exclude<T[Field], undefined>;
};

function dropUndefined<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
