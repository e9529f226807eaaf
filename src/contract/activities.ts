import type { EtagsByShard, JudgedObject, ObjectCheck, ObjectFacts, SeenExport } from './export';
import type {
  CopyResult,
  CopySnapshotInput,
  Discarded,
  ExportPlan,
  JobPlan,
  LatestSnapshotQuery,
  StartedCopy,
} from './job';

/** What the workflows ask of the outside world; `createSnapshotActivities` implements it. */
export interface SnapshotActivities {
  /** Look before we leap: everything that can be refused now is refused now. */
  inspectSource(input: CopySnapshotInput): Promise<JobPlan>;
  /** CopySnapshot, exactly once. */
  startCopy(plan: JobPlan): Promise<StartedCopy>;
  /** The wait: returns when the copy is available and ours, or when the objects of the export are there. */
  awaitCopy(plan: JobPlan, started: StartedCopy, round: number): Promise<CopyResult | SeenExport>;
  /** Looks at one object of an export. A corrupt one is a result: all of them are named in the end. */
  verifyObject(check: ObjectCheck): Promise<ObjectFacts>;
  /** Judges the whole set and completes the manifest. */
  concludeExport(plan: ExportPlan, objects: readonly JudgedObject[]): Promise<void>;
  /** After a cancel: find out what is left behind, and delete it where the plan says so and it is ours. */
  discardCopy(plan: JobPlan, started: StartedCopy | null, etags: EtagsByShard | null): Promise<Discarded>;
  /** The name of a cluster's newest available snapshot. */
  findLatest(query: LatestSnapshotQuery): Promise<string>;
}

/** Keeps our activity types apart from a user's own: `startCopy` is registered as `memorydbStartCopy`. */
export const ACTIVITY_PREFIX = 'memorydb';

/** The activities under the names that Temporal knows them by. */
export type RegisteredActivities = {
  [Name in keyof SnapshotActivities as `${typeof ACTIVITY_PREFIX}${Capitalize<Name>}`]: SnapshotActivities[Name];
};

/** The activity type that an activity is registered as. */
export function activityType<Name extends keyof SnapshotActivities>(
  name: Name
): `${typeof ACTIVITY_PREFIX}${Capitalize<Name>}` {
  return `${ACTIVITY_PREFIX}${capitalize(name)}`;
}

function capitalize<Text extends string>(text: Text): Capitalize<Text> {
  return (text.charAt(0).toUpperCase() + text.slice(1)) as Capitalize<Text>;
}
