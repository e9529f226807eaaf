import type { Acceptance } from './judge-fault';
import type { S3Fault, S3Meaning } from './s3-faults';
import type { Final, Wait } from './verdict';

const HINTS: Readonly<Record<S3Meaning, string>> = {
  missing: 'Check the name of the bucket, and that it was not deleted.',
  'wrong region': "MemoryDB exports to a bucket in the snapshot's own region only: choose one there.",
  access:
    'Grant the worker s3:ListBucket, s3:GetBucketLocation, s3:GetObject, s3:PutObject and s3:DeleteObject on the bucket, or renew its credentials; the bucket must belong to the account of the source, or to SNAPSHOTS_BUCKET_OWNER.',
  replaced: 'Somebody wrote the object in the meantime: find out who, and run the job again.',
  empty: 'The object holds nothing: delete it, and run the job again.',
  trouble: 'Nothing to do: the job retries. If it lasts, look at the AWS Health Dashboard and the network path.',
  client: 'Check region, endpoint and the versions of the AWS SDK; S3 did not understand the request.',
};

/** Final or wait: what a fault of S3 means where the caller knows no better. */
export function judgeS3Fault(fault: S3Fault, acceptance: Acceptance, bucket: string): Final | Wait {
  const { meaning, requestId } = fault;
  // An answer to HEAD has no name.
  const isNamed = fault.name !== 'Unknown' && fault.name !== 'UnknownError';
  const name = isNamed ? fault.name : `Http${fault.httpStatus ?? ''}`;
  const said = isNamed ? `${name}: ${fault.message}` : `HTTP ${fault.httpStatus ?? ''}`;
  const common = {
    message: `the bucket ${bucket}: ${said}${fault.bucketRegion === undefined ? '' : ` (it is in ${fault.bucketRegion})`}`,
    hint: HINTS[meaning],
    ...(requestId !== undefined && { requestId }),
  };
  if (meaning === 'trouble') return { verdict: 'wait', pace: 'throttled', reason: name, ...common };
  if (meaning === 'access' && acceptance === 'possible')
    return { verdict: 'wait', pace: 'state', reason: name, ...common };
  const bucketIsWrong = meaning === 'missing' || meaning === 'wrong region' || (meaning === 'access' && !isNamed);
  return { verdict: 'final', type: bucketIsWrong ? 'InvalidRequest' : name, ...common };
}
