import { openMemoryDB, openS3, requireRegion } from '../aws/clients';
import { DEFAULT_TAG_KEY } from '../aws/ownership';
import { activityType, type RegisteredActivities, type SnapshotActivities } from '../contract/activities';
import { fillPaces } from '../contract/pacing';
import { refuseProblems } from '../contract/request';
import { fillVerification } from '../contract/verification';
import { awaitCopy } from './await-copy';
import { awaitExport } from './await-export';
import { concludeExport } from './conclude-export';
import { discardCopy } from './discard-copy';
import { discardExport } from './discard-export';
import { findLatest } from './find-latest';
import { inspectExport } from './inspect-export';
import { inspectSource } from './inspect-source';
import { createLimiter } from './limiter';
import { checkOptions, type SnapshotActivitiesOptions } from './options';
import { withSafeErrors } from './safe-error';
import type { Setting } from './setting';
import { startCopy } from './start-copy';
import { startExport } from './start-export';
import { verifyObject } from './verify-object';

/**
 * The activities under their types, to be given to `Worker.create({ activities })` or spread into others. Disposing of
 * them closes the connections that were opened here; a client that was handed in stays open. What is spread or copied
 * from them cannot be disposed of.
 */
export interface ClosableActivities extends RegisteredActivities, AsyncDisposable {}

/** The activities with what a worker does before its first job and after its last. */
export interface OpenActivities {
  readonly activities: RegisteredActivities;
  /** @throws Error where no region is set for MemoryDB or S3 */
  readonly requireRegions: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Makes the activities for a worker that does without the plugin.
 *
 * @throws TypeError that names every option that cannot work, its value and the fix
 *
 * @example
 * ```ts
 * const activities = createSnapshotActivities({ memorydb: { region: 'eu-central-1' } });
 * const worker = await Worker.create({ taskQueue: 'memorydb-snapshots', workflowsPath, activities });
 * await worker.run().finally(() => closeSnapshotActivities(activities));
 * ```
 */
export function createSnapshotActivities(options: SnapshotActivitiesOptions = {}): ClosableActivities {
  checkOptions(options);
  const { activities, close } = openActivities(options);
  const dispose = () => {
    close();
    return Promise.resolve();
  };
  // Not enumerable: a worker would register it as an activity, and a spread would copy it.
  return Object.defineProperty(activities, Symbol.asyncDispose, { value: dispose }) as ClosableActivities;
}

/**
 * Closes the connections of activities, as disposing of them does.
 *
 * @throws TypeError for a copy of them
 */
export async function closeSnapshotActivities(activities: Partial<AsyncDisposable>): Promise<void> {
  const dispose = activities[Symbol.asyncDispose];
  if (dispose === undefined) {
    throw new TypeError('these activities cannot be closed: pass what createSnapshotActivities returned, and no copy');
  }
  await dispose.call(activities);
}

/** Makes the activities; the options are checked already. */
export function openActivities(options: SnapshotActivitiesOptions): OpenActivities {
  const verification = fillVerification(options.verification);
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
    manifestEncryption: options.manifestEncryption,
    paces: fillPaces(options.paces),
    verification,
    turns: createLimiter(verification.objectsAtOnce),
    tagKey: options.tagKey ?? DEFAULT_TAG_KEY,
    owner: options.owner,
  };
  return {
    activities: register(implement(setting)),
    async requireRegions() {
      await requireRegion('memorydb', memorydb.reads);
      await requireRegion('s3', s3.s3);
    },
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
