import { openMemoryDB, openS3, type MemoryDBOption, type S3Option } from '../aws/clients';
import { DEFAULT_TAG_KEY } from '../aws/ownership';
import { activityType, type RegisteredActivities, type SnapshotActivities } from '../contract/activities';
import { readManifestEncryption, type ManifestEncryption } from '../contract/manifest-encryption';
import { DEFAULT_PACES, type Paces } from '../contract/pacing';
import { refuseProblems } from '../contract/request';
import { readVerification, type VerificationOptions } from '../contract/verification';
import { awaitCopy } from './await-copy';
import { awaitExport } from './await-export';
import { concludeExport } from './conclude-export';
import { discardCopy } from './discard-copy';
import { discardExport } from './discard-export';
import { findLatest } from './find-latest';
import { inspectExport } from './inspect-export';
import { inspectSource } from './inspect-source';
import { createLimiter } from './limiter';
import { withSafeErrors } from './safe-error';
import type { Setting } from './setting';
import { startCopy } from './start-copy';
import { startExport } from './start-export';
import { verifyObject } from './verify-object';

/** How the activities reach AWS. Every option may be left out. */
export interface SnapshotActivitiesOptions {
  /** A `MemoryDBClient`, or the configuration of one. @default the AWS SDK's default chain for region and credentials */
  readonly memorydb?: MemoryDBOption;
  /** An `S3Client`, or the configuration of one: for exports. @default the AWS SDK's default chain */
  readonly s3?: S3Option;
  /** The buckets that exports may go to. @default whatever the credentials allow */
  readonly allowedBuckets?: readonly string[];
  /** The account that must own the bucket of an export. @default the account of the source */
  readonly bucketOwner?: string;
  /** How S3 encrypts the manifest of an export, where the bucket demands that a write says so. @default the bucket's own */
  readonly manifestEncryption?: ManifestEncryption;
  /** Together with the workflow id it makes a job; two owners never adopt each other's copies. @default the Temporal namespace */
  readonly owner?: string;
  /** The key of the tag that proves whose copy it is. @default 'temporal-memorydb-snapshots/job' */
  readonly tagKey?: string;
  /** How often AWS is asked. @default DEFAULT_PACES; brisker ones are for demos and tests on a real clock */
  readonly paces?: Partial<Paces>;
  /** How much of the worker the verification of exports may take. @default 4 objects at once, 3 ranges of 8 MiB of each */
  readonly verification?: VerificationOptions;
}

/** The activities, and what closes their connections. */
export interface SnapshotActivityRoom {
  /** To be spread into `Worker.create({ activities })`. */
  readonly activities: RegisteredActivities;
  /** Closes the connections that were opened here; a client that was handed in stays open. */
  readonly close: () => void;
}

/**
 * Makes the activities for a worker that does without the plugin.
 *
 * @throws RangeError where `verification` is out of bounds, TypeError where `manifestEncryption` is none
 */
export function createSnapshotActivities(options: SnapshotActivitiesOptions = {}): SnapshotActivityRoom {
  const verification = readVerification(options.verification);
  const memorydb = openMemoryDB(options.memorydb);
  const s3 = openS3(options.s3, {
    reads: verification.objectsAtOnce * verification.rangesInFlight,
    like: memorydb.reads,
  });
  const setting: Setting = {
    memorydb,
    s3: s3.s3,
    allowedBuckets: options.allowedBuckets,
    bucketOwner: options.bucketOwner,
    manifestEncryption: readManifestEncryption(options.manifestEncryption),
    paces: { ...DEFAULT_PACES, ...options.paces },
    verification,
    turns: createLimiter(verification.objectsAtOnce),
    tagKey: options.tagKey ?? DEFAULT_TAG_KEY,
    owner: options.owner,
  };
  return {
    activities: register(implement(setting)),
    close() {
      memorydb.close();
      s3.close();
    },
  };
}

function implement(setting: Setting): SnapshotActivities {
  return {
    async inspectSource(input) {
      refuseProblems(input);
      return input.request.TargetBucket == null ? inspectSource(setting, input) : inspectExport(setting, input);
    },
    startCopy: (plan) => (plan.kind === 'copy' ? startCopy(setting, plan) : startExport(setting, plan)),
    awaitCopy: (plan, started, round) =>
      plan.kind === 'copy' ? awaitCopy(setting, plan, started) : awaitExport(setting, plan, round),
    verifyObject: (check) => verifyObject(setting, check),
    concludeExport: (plan, objects) => concludeExport(setting, plan, objects),
    discardCopy: (plan, started, etags) =>
      plan.kind === 'copy' ? discardCopy(setting, plan, started) : discardExport(setting, plan, started, etags),
    findLatest: (query) => findLatest(setting, query),
  };
}

function register(activities: SnapshotActivities): RegisteredActivities {
  const named = Object.entries<(...args: never[]) => Promise<unknown>>({ ...activities }).map(([name, activity]) => [
    activityType(name as keyof SnapshotActivities),
    withSafeErrors(activity),
  ]);
  return Object.fromEntries(named) as RegisteredActivities;
}
