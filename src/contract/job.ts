import type { Duration } from '@temporalio/common';
import type { ExportResult, PlannedObject, VerifyLevel } from './export';

/** A cost-allocation tag. A value of `null` is the same as the empty string. */
export interface Tag {
  readonly Key: string;
  readonly Value?: string | null;
}

/**
 * What AWS calls a CopySnapshot request, field by field (API version 2021-01-01).
 * Names are compared in lower case, because MemoryDB stores them so.
 */
export interface CopySnapshotRequest {
  readonly SourceSnapshotName: string;
  readonly TargetSnapshotName: string;
  /** Given = an export to this bucket. At most 255 characters of `A-Za-z0-9._-`. */
  readonly TargetBucket?: string | null;
  /** The key to encrypt the copy with: an ARN or an id, at most 2,048 characters. @default the source's key */
  readonly KmsKeyId?: string | null;
  /** At most 200 entries in a request and 49 tags of yours on a copy. @default the source's tags */
  readonly Tags?: readonly Tag[] | null;
}

/** What happens to a copy when its job is cancelled: `keep` stops waiting, `delete` removes what this run started. */
export type OnCancel = 'keep' | 'delete';

/** How long each phase may wait before the job fails with `PatienceExhausted`. Milliseconds, or a string like `'26h'`. */
export interface Patience {
  /** Until the copy is accepted: quotas, busy sources, throttling. @default '26h' (a snapshot quota clears within 24 h) */
  readonly start?: Duration;
  /** From acceptance until the copy is available. @default '24h' */
  readonly copy?: Duration;
}

/** The input of `copyMemoryDBSnapshot`. */
export interface CopySnapshotInput {
  readonly request: CopySnapshotRequest;
  /** How far the objects of an export are read. @default 'structure' */
  readonly verify?: VerifyLevel;
  /**
   * Whether an export fails where an object is not proven wrong, but not proven right either: `unproven` and
   * `unsupported`. For the levels that read every byte. @default false
   */
  readonly requireVerified?: boolean;
  /** @default 'keep' */
  readonly onCancel?: OnCancel;
  readonly patience?: Patience;
}

/** The input of a job that copies inside MemoryDB: the same, without a bucket. */
export interface PlainCopyInput extends CopySnapshotInput {
  readonly request: CopySnapshotRequest & { readonly TargetBucket?: null };
}

/** The input of `exportMemoryDBSnapshot`: the same, with a bucket. */
export interface ExportSnapshotInput extends CopySnapshotInput {
  readonly request: CopySnapshotRequest & { readonly TargetBucket: string };
}

/** One shard of a snapshot, as `DescribeSnapshots` with `ShowDetail` tells it. */
export interface SnapshotShard {
  readonly Name: string;
  /** Slot ranges, for example `0-5461`. */
  readonly Slots?: string;
  /** Free text with a unit, for example `11 MB`. */
  readonly Size?: string;
  /** ISO 8601. */
  readonly SnapshotCreationTime?: string;
}

/** A snapshot's record in MemoryDB: AWS's field names, times as ISO 8601 strings. */
export interface SnapshotRecord {
  readonly Name: string;
  readonly ARN: string;
  /** An open set: `creating`, `available`, `copying`, `exporting`, `restoring`, `deleting`, `failed`, and what AWS adds. */
  readonly Status: string;
  /** `manual` or `automated`; a copy is `manual`. */
  readonly Source?: string;
  readonly KmsKeyId?: string;
  /** `true` or `false`, as text. */
  readonly DataTiering?: string;
  readonly ClusterConfiguration?: {
    readonly Name?: string;
    readonly NodeType?: string;
    readonly Engine?: string;
    readonly EngineVersion?: string;
    readonly NumShards?: number;
    readonly Shards?: readonly SnapshotShard[];
  };
}

/** The result of a copy: the target record is available and this job's own. */
export interface CopyResult {
  readonly kind: 'copy';
  /** True when the copy was found and proven ours, instead of being answered to a send of this run. */
  readonly adopted: boolean;
  readonly snapshot: SnapshotRecord;
}

/** The result of `copyMemoryDBSnapshot`. */
export type CopySnapshotResult = CopyResult | ExportResult;

/** The result of a job with this input: with a bucket it exports. Either, where the type does not tell. */
export type ResultOf<Input extends CopySnapshotInput> = Input extends ExportSnapshotInput
  ? ExportResult
  : Input extends PlainCopyInput
    ? CopyResult
    : CopySnapshotResult;

/** What the job decided before it asked AWS for anything: all later steps read this and nothing else. */
export type JobPlan = CopyPlan | ExportPlan;

/** An export, as it is going to be asked for. */
export interface ExportPlan {
  readonly kind: 'export';
  readonly source: string;
  readonly target: string;
  readonly bucket: string;
  /** The account that must own the bucket. */
  readonly bucketOwner: string;
  readonly manifestKey: string;
  /** One for each object that makes the export whole. */
  readonly shards: readonly PlannedObject[];
  readonly tags: readonly TagPair[];
  /** Its `sourceHash` is the manifest's where the source was gone at inspection. */
  readonly ownership: OwnershipTag;
  readonly sourceArn: string;
  /** ISO 8601: when the last shard was snapshotted. */
  readonly sourceCreatedAt?: string;
  readonly level: VerifyLevel;
  /** Absent = false. */
  readonly requireVerified?: true;
  readonly patience: { readonly startMs: number; readonly copyMs: number };
  readonly onCancel: OnCancel;
  /** Whether our claim was there when this run began: what it covers is never deleted by a cancel. */
  readonly targetExisted: boolean;
}

/** A copy, as it is going to be asked for. */
export interface CopyPlan {
  readonly kind: 'copy';
  readonly source: string;
  readonly target: string;
  readonly kmsKeyId?: string;
  /** Every tag the copy will carry, the ownership tag last. */
  readonly tags: readonly TagPair[];
  readonly ownership: OwnershipTag;
  /** Whether something of that name was there when this run began. It is never deleted by a cancel. */
  readonly targetExisted: boolean;
  /** Milliseconds. `startMs` is what the inspection left of it. */
  readonly patience: { readonly startMs: number; readonly copyMs: number };
  readonly onCancel: OnCancel;
}

/** A tag as it is sent: both parts are strings. */
export interface TagPair {
  readonly Key: string;
  readonly Value: string;
}

/** The tag that proves whose copy it is; its value is `v1:<jobHash>:<requestHash>:<sourceHash>`. */
export interface OwnershipTag {
  readonly key: string;
  readonly jobHash: string;
  readonly requestHash: string;
  /** Absent when the source was gone at inspection: it is not compared then. */
  readonly sourceHash?: string;
}

/** The copy was accepted by MemoryDB. */
export interface StartedCopy {
  readonly adopted: boolean;
  /** Absent when AWS left it out of its answer. */
  readonly arn?: string;
}

/** What a cancelled job left behind. */
export type CancelOutcome = 'nothing was started' | 'kept' | 'deleted' | 'delete marker';

/** What `discardCopy` did, in words for people. */
export interface Discarded {
  readonly outcome: CancelOutcome;
  readonly detail: string;
}

/** The phases of a job, in order; an export is `exporting` and not `copying`. `cancelling` and the closed ones follow any. */
export type JobPhase =
  | 'inspecting'
  | 'starting'
  | 'copying'
  | 'exporting'
  | 'verifying'
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'cancelled';

/** The answer to the `progress` query. Poll counts and last answers are in the pending activity: see `watch`. */
export interface JobProgress {
  readonly phase: JobPhase;
  /** ISO 8601, the workflow's clock. */
  readonly since: string;
  readonly kind: 'copy' | 'export';
  readonly source: string;
  readonly target: string;
  readonly bucket?: string;
  /** What is waited for, in words. Absent once the job is closed. */
  readonly waitingFor?: string;
  readonly adopted?: boolean;
  /** Of an export, from the time on when its objects are looked at. */
  readonly shardsVerified?: ShardsVerified;
  readonly cancelled?: Discarded;
}

/** How many objects of an export were looked at, whatever was found. */
export interface ShardsVerified {
  readonly count: number;
  readonly of: number;
}

/** Which snapshot of a cluster `latestSnapshot` looks for. */
export interface LatestSnapshotQuery {
  readonly cluster: string;
  /** @default 'any' */
  readonly kind?: 'automatic' | 'manual' | 'any';
  /** Older ones do not count. @default any age */
  readonly maxAge?: Duration;
}
