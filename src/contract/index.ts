export type { RegisteredActivities, SnapshotActivities } from './activities';
export { ACTIVITY_PREFIX, activityType } from './activities';
export {
  CopySnapshotErrors,
  findSnapshotFailure,
  isSnapshotFailure,
  SnapshotFailureTypes,
  type SnapshotFailure,
  type SnapshotFailureDetails,
  type SnapshotFailureType,
} from './failures';
export type {
  CancelOutcome,
  CopyPlan,
  CopyResult,
  ExportedObject,
  ExportPlan,
  ExportResult,
  ExportSnapshotInput,
  JobPlan,
  ObjectCheck,
  ObjectVerdict,
  PlannedObject,
  SeenExport,
  SeenObject,
  VerifyLevel,
  CopySnapshotInput,
  CopySnapshotRequest,
  CopySnapshotResult,
  Discarded,
  JobPhase,
  JobProgress,
  LatestSnapshotQuery,
  OnCancel,
  OwnershipTag,
  Patience,
  SnapshotRecord,
  SnapshotShard,
  StartedCopy,
  Tag,
  TagPair,
} from './job';
export { jobId } from './job-id';
export { DEFAULT_PACES, nextDelayMs, type Pace, type PaceName, type Paces } from './pacing';
export { describeProblem, findProblems, type RequestProblem } from './request';
