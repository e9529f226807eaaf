import type { MemoryDBClients, S3Access } from '../aws/clients';
import type { ManifestEncryption } from '../contract/manifest-encryption';
import type { Paces } from '../contract/pacing';
import type { VerificationOptions } from '../contract/verification';
import type { Limiter } from './limiter';

/** What every activity works with: made once per worker, by `createSnapshotActivities`. */
export interface Setting {
  readonly memorydb: MemoryDBClients;
  readonly s3: S3Access['s3'];
  /** Undefined = whatever the credentials allow. */
  readonly allowedBuckets: readonly string[] | undefined;
  /** Undefined = the account of the source. */
  readonly bucketOwner: string | undefined;
  /** Undefined = as the bucket does it by itself. */
  readonly manifestEncryption: ManifestEncryption | undefined;
  readonly paces: Paces;
  /** How an object is read to its end. */
  readonly verification: Required<VerificationOptions>;
  /** The turns to do so, over all jobs of the worker. */
  readonly turns: Limiter;
  readonly tagKey: string;
  /** Undefined = the namespace of the workflow. */
  readonly owner: string | undefined;
}
