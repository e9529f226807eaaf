import type { MemoryDBClients } from '../aws/clients';
import type { Paces } from '../contract/pacing';

/** What every activity works with: made once per worker, by `createSnapshotActivities`. */
export interface Setting {
  readonly memorydb: MemoryDBClients;
  readonly paces: Paces;
  readonly tagKey: string;
  /** Undefined = the namespace of the workflow. */
  readonly owner: string | undefined;
}
