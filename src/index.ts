export {
  createSnapshotActivities,
  type MemoryDBOption,
  type S3Option,
  type SnapshotActivitiesOptions,
} from './activities';
export {
  CopySnapshotErrors,
  DEFAULT_PACES,
  findSnapshotFailure,
  isSnapshotFailure,
  SnapshotFailureTypes,
  type CopyResult,
  type ExportedObject,
  type ExportResult,
  type ExportSnapshotInput,
  type ObjectVerdict,
  type VerifyLevel,
  type CopySnapshotInput,
  type CopySnapshotRequest,
  type CopySnapshotResult,
  type Discarded,
  type JobPhase,
  type JobProgress,
  type LatestSnapshotQuery,
  type Pace,
  type PaceName,
  type Paces,
  type Patience,
  type PlainCopyInput,
  type ResultOf,
  type SnapshotFailure,
  type SnapshotFailureDetails,
  type SnapshotFailureType,
  type SnapshotRecord,
  type SnapshotShard,
  type ShardsVerified,
  type Tag,
  type VerificationOptions,
} from './contract';
export { DEFAULT_TASK_QUEUE, getSnapshotJob, startSnapshotJob, type SnapshotJob, type StartJobOptions } from './jobs';
export { MemoryDBSnapshotPlugin, type MemoryDBSnapshotPluginOptions } from './plugin';
export { requestHash } from './request-hash';
export type { JobEvent, WatchOptions } from './watch-job';
