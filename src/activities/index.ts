export { createSnapshotActivities, type SnapshotActivitiesOptions, type SnapshotActivityRoom } from './create';
export type { MemoryDBOption, S3Option } from '../aws/clients';
