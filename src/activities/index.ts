export { createSnapshotActivities, type SnapshotActivitiesOptions, type SnapshotActivityRoom } from './create';
export type { MemoryDBOption } from '../aws/clients';
