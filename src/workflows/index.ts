export { childJob, type ChildJob } from './child-job';
export { copyMemoryDBSnapshot, exportMemoryDBSnapshot } from './copy-snapshot';
export { latestSnapshot, type LatestSnapshotOptions } from './latest-snapshot';
export { progressQuery } from './progress';
export { isSnapshotFailure } from '../contract/failures';
