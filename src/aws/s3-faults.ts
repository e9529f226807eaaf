import type { Fault } from './faults';
import { classifyFault } from './faults';

/** What a refusal of S3 means for us. */
export type S3Meaning =
  | 'missing' // no such bucket or key
  | 'wrong region'
  | 'access' // a missing permission, an expired login, or another owner
  | 'replaced' // If-Match: it is another object now; If-None-Match: it is there
  | 'empty' // a range of an object that has no bytes
  | 'trouble' // service or path trouble: a write may have happened all the same
  | 'client';

export interface S3Fault extends Pick<Fault, 'name' | 'message' | 'requestId' | 'httpStatus'> {
  readonly meaning: S3Meaning;
  /** Where the bucket is, if S3 said so. */
  readonly bucketRegion?: string;
}

/** An answer to HEAD has no body, and so no name: the status is what every answer has. */
const BY_STATUS: Readonly<Record<number, S3Meaning>> = {
  301: 'wrong region',
  307: 'wrong region',
  403: 'access',
  404: 'missing',
  409: 'trouble', // ConditionalRequestConflict: another write was under way
  412: 'replaced',
  416: 'empty',
  429: 'trouble',
};

/** The name of an answer to a range that is not what was asked for: cut, whole, or of other bytes. */
export const BAD_RANGE = 'BadRange';

/** The name of an answer to a listing that is none. */
export const NO_LISTING = 'NoListing';

/** Answers that were garbled on their way. */
const GARBLED: readonly string[] = [BAD_RANGE, NO_LISTING];

/** Reads an error of the S3 client by status, and by `x-amz-bucket-region`. */
export function classifyS3Fault(err: unknown): S3Fault {
  const fault = classifyFault(err);
  const bucketRegion = regionOf(err);
  const { name, message, httpStatus, requestId } = fault;
  return {
    name,
    message,
    meaning: meaningOf(fault, bucketRegion),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(requestId !== undefined && { requestId }),
    ...(bucketRegion !== undefined && { bucketRegion }),
  };
}

function meaningOf({ kind, name, httpStatus }: Fault, bucketRegion: string | undefined): S3Meaning {
  if (kind === 'trouble' || GARBLED.includes(name)) return 'trouble';
  if (kind === 'access') return 'access';
  if (httpStatus === 400 && bucketRegion !== undefined) return 'wrong region';
  if (httpStatus === undefined) return 'client';
  // A success that the SDK cannot read is an answer of something between S3 and us.
  return BY_STATUS[httpStatus] ?? (httpStatus >= 500 || httpStatus < 300 ? 'trouble' : 'client');
}

function regionOf(err: unknown): string | undefined {
  if (!(err instanceof Error) || !('$response' in err)) return undefined;
  const { headers } = (err.$response ?? {}) as { headers?: Readonly<Record<string, string>> };
  return headers?.['x-amz-bucket-region'];
}
