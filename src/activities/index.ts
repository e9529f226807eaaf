export { closeSnapshotActivities, createSnapshotActivities, type ClosableActivities } from './create';
export type { SnapshotActivitiesOptions } from './options';
export type { MemoryDBOption, S3Option } from '../aws/clients';
export { workflowsPath } from './workflows-path';
