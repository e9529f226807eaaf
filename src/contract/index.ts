export type { RegisteredActivities, SnapshotActivities } from './activities';
export { ACTIVITY_PREFIX, activityType } from './activities';
export {
  CopySnapshotErrors,
  findSnapshotFailure,
  isSnapshotCancelled,
  isSnapshotFailure,
  SnapshotFailureTypes,
  type SnapshotFailure,
  type SnapshotFailureDetails,
  type SnapshotFailureType,
} from './failures';
export type {
  BriefObject,
  ExportedObject,
  ExportResult,
  JudgedObject,
  ObjectCheck,
  ObjectFacts,
  ObjectVerdict,
  PlannedObject,
  SeenExport,
  SeenObject,
  VerifyLevel,
} from './export';
export type {
  CancelOutcome,
  CopyPlan,
  CopyResult,
  CopySnapshotInput,
  CopySnapshotRequest,
  CopySnapshotResult,
  Discarded,
  ExportPlan,
  ExportSnapshotInput,
  JobPlan,
  JobPhase,
  JobProgress,
  LatestSnapshotQuery,
  OnCancel,
  OwnershipTag,
  Patience,
  PlainCopyInput,
  ResultOf,
  SnapshotRecord,
  ShardsVerified,
  SnapshotShard,
  StartedCopy,
  Tag,
  TagPair,
} from './job';
export { jobId } from './job-id';
export { DEFAULT_PACES, nextDelayMs, type Pace, type PaceName, type Paces } from './pacing';
export { findProblems } from './request';
export type { ManifestEncryption } from './manifest-encryption';
export type { VerificationOptions } from './verification';
export { describeProblem, type RequestProblem } from './request-problem';
