export { childJob, type ChildJob, type ChildJobOptions } from './child-job';
export { copyMemoryDBSnapshot, exportMemoryDBSnapshot } from './copy-snapshot';
export { latestSnapshot, type LatestSnapshotOptions } from './latest-snapshot';
export { progressQuery } from './progress';
export { runSnapshotJob } from './run-snapshot-job';
export { scheduledTime } from './scheduled-time';
export { isSnapshotCancelled, isSnapshotFailure } from '../contract/failures';
