import type { CommonKind, NamedKind } from './common-faults';

/** What to do about faults that any service may give, where nothing is known but their kind. */
export const COMMON_HINTS: Readonly<Record<CommonKind, string>> = {
  access: 'Grant the worker the permission that the message names, or renew its credentials.',
  clock:
    "Set the clock of the worker's machine (NTP): AWS refuses a signature whose time is minutes off. If the clock is right, check the secret access key.",
  tls: 'Check the host name of the endpoint, and that its port speaks TLS. If a CA of your own signed its certificate, name a file with that CA in NODE_EXTRA_CA_CERTS. A certificate that has expired, or is not valid yet, may also mean that the clock of the worker is wrong.',
  gateway:
    'What answered is not AWS: check the endpoint (endpoint option, AWS_ENDPOINT_URL), and the proxy or gateway on the way to it.',
  unsupported:
    'The endpoint does not implement this request: use an endpoint that does. An export needs conditional writes (If-None-Match, If-Match), ranges, HEAD and ListObjectsV2 of S3.',
  client: 'Check region, endpoint and the versions of the AWS SDK; AWS did not understand the request.',
  trouble: 'Nothing to do: the job retries. If it lasts, look at the AWS Health Dashboard and the network path.',
};

/** A hint of its own for what is met often. The text of a message chooses a hint, and nothing else. */
interface SpecialHint {
  readonly kinds?: readonly string[];
  readonly name?: RegExp;
  readonly message?: RegExp;
  readonly hint: string;
}

const MEMORYDB_PRINCIPAL = '<region>.memorydb-snapshot.amazonaws.com';

/** The first that fits is the one. `<region>` is filled in where it is known. */
const SPECIAL_HINTS: readonly SpecialHint[] = [
  {
    message: /has not been granted (?:READ|WRITE|READ_ACP) permissions/i,
    hint: `Allow the principal ${MEMORYDB_PRINCIPAL} in the policy of the bucket, on the bucket and on bucket/*: s3:PutObject, s3:GetObject, s3:ListBucket, s3:GetBucketAcl, s3:ListMultipartUploadParts and s3:ListBucketMultipartUploads.`,
  },
  {
    message: /already contains an object with key/i,
    hint: 'Choose another TargetSnapshotName, or move that object away: MemoryDB overwrites nothing.',
  },
  {
    message: /Customer Managed CMK cannot be used for encrypting exported snapshots/i,
    hint: 'MemoryDB exports no snapshot that a customer key encrypts: copy it without a KmsKeyId of your own first, and export the copy.',
  },
  {
    name: /^KMS/,
    hint: 'Check the KMS key that the message names: it must be enabled, of the same region, and its policy must allow kms:Decrypt and kms:GenerateDataKey to the credentials in use.',
  },
  {
    kinds: ['access'],
    message: /\bkms:(\w+)/i,
    hint: 'Grant the KMS permission that the message names, in the policy of the role and in the policy of the key: kms:Decrypt to read objects, kms:GenerateDataKey to write the manifest.',
  },
  {
    message: /Server Side Encryption.*(?:correct parameters|must provide)|must provide the correct parameters/is,
    hint: 'The object is encrypted with a key of the one who wrote it (SSE-C), which S3 does not keep: such objects cannot be read here. Let the bucket encrypt with SSE-S3 or SSE-KMS.',
  },
  {
    kinds: ['access'],
    message: /\bs3:PutObject\b/,
    hint: 'Grant s3:PutObject on the bucket. If the bucket demands an encryption header, set the option manifestEncryption (SNAPSHOTS_MANIFEST_ENCRYPTION, SNAPSHOTS_MANIFEST_KMS_KEY_ID).',
  },
  {
    name: /^Http407$/,
    hint: 'The proxy on the way to AWS asks for a login: put user and password into HTTPS_PROXY, or list the endpoint in NO_PROXY.',
  },
  {
    name: /^(?:CredentialsProviderError|TokenProviderError|UnauthorizedException|InvalidGrantException)$/,
    message: /\bsso\b|token.*expired|session.*(?:expired|invalid)/i,
    hint: 'Log in again: aws sso login, with the profile in use.',
  },
  {
    name: /^ExpiredToken|^TokenRefreshRequired$|^ExpiredTradeInToken/,
    hint: 'The session of the credentials has expired: log in again (aws sso login, or new temporary credentials). A role of the machine or the pod renews itself.',
  },
  {
    name: /^CredentialsProviderError$/,
    message: /^E[A-Z]+\b/,
    hint: 'The AWS SDK reads credentials or configuration from the file that the message names: check that it is there and may be read.',
  },
  {
    name: /^(?:CredentialsProviderError|TokenProviderError)$/,
    hint: 'Set credentials: a role of the machine or the pod, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. If they are there already, the message says what is wrong with them.',
  },
];

/** The hint that name and message of a fault call for; undefined where its kind says enough. */
export function specialHint({ name, kind, message }: NamedKind<string>): string | undefined {
  return SPECIAL_HINTS.find(
    (row) =>
      (row.kinds?.includes(kind) ?? true) && (row.name?.test(name) ?? true) && (row.message?.test(message) ?? true)
  )?.hint;
}

/** Fills the region of the source in, where a hint has room for it. */
export function withRegion(hint: string, region: string | undefined): string {
  return region ? hint.replaceAll('<region>', region) : hint;
}
