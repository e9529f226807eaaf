import { COMMON_HINTS, specialHint } from './fault-hints';
import { OUTCOMES, type Acceptance } from './outcomes';
import type { S3Fault, S3Meaning } from './s3-faults';
import type { Final, Wait } from './verdict';

const HINTS: Readonly<Record<S3Meaning, string>> = {
  ...COMMON_HINTS,
  missing: 'Check the name of the bucket, and that it was not deleted.',
  'wrong region': "MemoryDB exports to a bucket in the snapshot's own region only: choose one there.",
  access:
    'Grant the worker s3:ListBucket, s3:GetBucketLocation, s3:GetObject, s3:PutObject and s3:DeleteObject on the bucket, or renew its credentials; the bucket must belong to the account of the source, or to the one that option bucketOwner (SNAPSHOTS_BUCKET_OWNER) names. A bucket that demands an encryption header on PUT needs option manifestEncryption (SNAPSHOTS_MANIFEST_ENCRYPTION).',
  archived: 'Restore the object from its archive (aws s3api restore-object), and run the job again.',
  replaced: 'Nothing to do: the job looks again.',
  empty: 'Nothing to do: the job looks again.',
  client: 'Check region, endpoint and the versions of the AWS SDK; S3 did not understand the request.',
};

/** An answer that names no error: HEAD has no body for it. */
const NAMELESS = /^Http\d+$/;

/** Final or wait: what a fault of S3 means where the caller knows no better. */
export function judgeS3Fault(fault: S3Fault, acceptance: Acceptance, bucket: string): Final | Wait {
  const { meaning, name, requestId } = fault;
  const common = {
    message: describe(fault, bucket),
    hint: specialHint({ name, kind: meaning, message: fault.message }) ?? HINTS[meaning],
    ...(requestId !== undefined && { requestId }),
  };
  const pace = OUTCOMES[meaning][acceptance];
  if (pace !== 'final') return { verdict: 'wait', pace, reason: name, ...common };
  const isForeign = meaning === 'access' && name === 'Http403';
  const bucketIsWrong = meaning === 'missing' || meaning === 'wrong region' || isForeign;
  return { verdict: 'final', type: bucketIsWrong ? 'InvalidRequest' : name, ...common };
}

function describe({ meaning, name, message, bucketRegion }: S3Fault, bucket: string): string {
  if (meaning === 'missing') return `there is no bucket ${bucket}`;
  const said = NAMELESS.test(name) ? message : `${name}: ${message}`;
  return `the bucket ${bucket}: ${said}${bucketRegion === undefined ? '' : ` (it is in ${bucketRegion})`}`;
}
