import { openMemoryDB, type MemoryDBOption } from '../aws/clients';
import { DEFAULT_TAG_KEY } from '../aws/ownership';
import { activityType, type RegisteredActivities, type SnapshotActivities } from '../contract/activities';
import { DEFAULT_PACES, type Paces } from '../contract/pacing';
import { awaitCopy } from './await-copy';
import { discardCopy } from './discard-copy';
import { findLatest } from './find-latest';
import { inspectSource } from './inspect-source';
import type { Setting } from './setting';
import { startCopy } from './start-copy';

/** How the activities reach AWS. Every option may be left out. */
export interface SnapshotActivitiesOptions {
  /** A `MemoryDBClient`, or the configuration of one. @default the AWS SDK's default chain for region and credentials */
  readonly memorydb?: MemoryDBOption;
  /** Together with the workflow id it makes a job; two owners never adopt each other's copies. @default the Temporal namespace */
  readonly owner?: string;
  /** The key of the tag that proves whose copy it is. @default 'temporal-memorydb-snapshots/job' */
  readonly tagKey?: string;
  /** How often AWS is asked. @default DEFAULT_PACES; brisker ones are for demos and tests on a real clock */
  readonly paces?: Partial<Paces>;
}

/** The activities, and what closes their connections. */
export interface SnapshotActivityRoom {
  /** To be spread into `Worker.create({ activities })`. */
  readonly activities: RegisteredActivities;
  /** Closes the connections that were opened here; a client that was handed in stays open. */
  close(): void;
}

/** Makes the activities for a worker that does without the plugin. */
export function createSnapshotActivities(options: SnapshotActivitiesOptions = {}): SnapshotActivityRoom {
  const memorydb = openMemoryDB(options.memorydb);
  const setting: Setting = {
    memorydb,
    paces: { ...DEFAULT_PACES, ...options.paces },
    tagKey: options.tagKey ?? DEFAULT_TAG_KEY,
    owner: options.owner,
  };
  return { activities: register(implement(setting)), close: () => memorydb.close() };
}

function implement(setting: Setting): SnapshotActivities {
  return {
    inspectSource: (input) => inspectSource(setting, input),
    startCopy: (plan) => startCopy(setting, plan),
    awaitCopy: (plan, started) => awaitCopy(setting, plan, started),
    discardCopy: (plan, started) => discardCopy(setting, plan, started),
    findLatest: (query) => findLatest(setting, query),
  };
}

function register(activities: SnapshotActivities): RegisteredActivities {
  const named = Object.entries(activities).map(([name, activity]) => [
    activityType(name as keyof SnapshotActivities),
    activity as unknown,
  ]);
  return Object.fromEntries(named) as RegisteredActivities;
}
