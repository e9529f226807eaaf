import { specialHint } from '../../aws/fault-hints';
import { classifyS3Fault, type S3Fault, type S3Meaning } from '../../aws/s3-faults';
import { AccessError } from './source';

/** What the caller can do about an answer of S3. */
const SENTENCES: Readonly<Record<S3Meaning, string>> = {
  missing: 'is not there: check the name of the bucket and the key',
  'wrong region': 'is in another region: pass it as --region',
  access:
    'may not be read: check the credentials; they need s3:ListBucket on the bucket and s3:GetObject on its objects, and the owner of the bucket must be the expected one',
  clock: 'cannot be asked for: set the clock of this machine, or check the secret access key',
  tls: 'cannot be reached by a connection that can be trusted: check the host name in --endpoint-url, or name a file with the CA of its certificate in NODE_EXTRA_CA_CERTS',
  gateway: 'cannot be asked for, because what answers is not S3: check --endpoint-url and the proxy',
  unsupported: 'cannot be read, because the endpoint does not implement the request: use one that does',
  archived: 'is archived: restore it first (aws s3api restore-object)',
  replaced: 'was replaced while it was read: verify it again',
  empty: 'was emptied while it was read: verify it again',
  trouble: 'cannot be read, S3 does not answer as it should: check the network and --endpoint-url, or try again',
  client: 'cannot be asked for: check --region and --endpoint-url',
};

/** A sentence that names the bucket or object, what to do, and what S3 said. */
export function explainS3Error(name: string, error: unknown): AccessError {
  if (error instanceof AccessError) return error;
  const fault = classifyS3Fault(error);
  return new AccessError(`${name} ${sentenceOf(fault)} (${fault.name}: ${fault.message})`, { cause: error });
}

function sentenceOf({ meaning, name, message, bucketRegion }: S3Fault): string {
  const hint = specialHint({ name, kind: meaning, message });
  if (/region (is missing|not accepted)/i.test(message))
    return 'cannot be asked for without a region: pass --region, or set AWS_REGION';
  if (/load credentials from any/i.test(message)) {
    return 'cannot be asked for without credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (hint !== undefined) return `cannot be read. ${hint}`;
  return bucketRegion !== undefined && meaning === 'wrong region'
    ? `is in ${bucketRegion}: pass --region ${bucketRegion}`
    : SENTENCES[meaning];
}
