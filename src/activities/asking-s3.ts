import type { Acceptance } from '../aws/judge-fault';
import { judgeS3Fault } from '../aws/judge-s3-fault';
import { classifyS3Fault } from '../aws/s3-faults';
import type { Bucket } from '../aws/bucket';
import type { ExportPlan } from '../contract/job';
import type { Attempt } from './attempt';
import type { Setting } from './setting';
import { valueOf, type Subject } from './wait-or-fail';

/** The bucket of an export, as the plan found it. */
export function bucketOf(
  { s3, manifestEncryption }: Setting,
  { bucket, bucketOwner }: Pick<ExportPlan, 'bucket' | 'bucketOwner'>
): Bucket {
  return { s3, name: bucket, owner: bucketOwner, ...(manifestEncryption && { manifestEncryption }) };
}

/** Does a call to S3, and turns a fault into a `final` failure or a `wait`. */
export async function askingS3<T>(
  call: () => Promise<T>,
  acceptance: Acceptance,
  bucket: string,
  attempt: Attempt,
  subject: Subject,
  { paces }: Setting
): Promise<T> {
  try {
    return await call();
  } catch (err) {
    if (attempt.signal.aborted) throw err;
    return valueOf(judgeS3Fault(classifyS3Fault(err), acceptance, bucket), attempt, subject, paces);
  }
}
