import * as memorydb from '@aws-sdk/client-memorydb';
import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { commonKindOf } from '../../src/aws/common-faults';
import { classifyFault, KNOWN_FAULT_NAMES } from '../../src/aws/faults';
import { judgeFault } from '../../src/aws/judge-fault';
import { classifyS3Fault, KNOWN_S3_NAMES } from '../../src/aws/s3-faults';
import { CREDENTIALS_CODES, KMS_CODES, S3_CODES } from './error-codes';

/** The names of the errors that a client of the SDK exports. */
function exportedErrors(client: object, base: abstract new (...args: never[]) => Error): string[] {
  return Object.entries(client).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'function' && value.prototype instanceof base ? [name] : []
  );
}

/** An error as the SDK throws it for an answer of a service. */
function refusal(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error('no'), { name, $fault: 'client', $metadata: { httpStatusCode } });
}

describe('every error code is decided on purpose', () => {
  test("of MemoryDB, by the SDK's model", () => {
    const names = exportedErrors(memorydb, memorydb.MemoryDBServiceException);

    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !KNOWN_FAULT_NAMES.includes(name))).toEqual([]);
  });

  test("of S3, by the SDK's model", () => {
    // NotFound is the model's name for 404 to HEAD, which no answer tells.
    const names = exportedErrors(s3, s3.S3ServiceException).filter((name) => name !== 'NotFound');

    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !KNOWN_S3_NAMES.includes(name))).toEqual([]);
  });

  test("of S3, by AWS's page of error responses", () => {
    const codes = S3_CODES.filter((code) => !code.startsWith('KMS.'));

    expect(codes.filter((code) => !KNOWN_S3_NAMES.includes(code))).toEqual([]);
  });

  test.for(['KMS.', ''])('of KMS, told as %s and the name', (prefix) => {
    const codes = KMS_CODES.filter((code) => prefix !== '' || code.startsWith('KMS'));

    expect(codes.filter((code) => commonKindOf(`${prefix}${code}`) === undefined)).toEqual([]);
  });

  test('of the services that give out credentials, by which a job ends like by any missing login', () => {
    const known = CREDENTIALS_CODES.filter((code) => commonKindOf(code) !== undefined);
    const others = CREDENTIALS_CODES.filter((code) => !known.includes(code));

    // What registers a device, or asks for what no provider of the SDK asks for.
    expect(others).toEqual([
      'InvalidAuthorizationMessageException',
      'InvalidClientMetadataException',
      'InvalidRedirectUriException',
      'InvalidRequestException',
      'InvalidRequestRegionException',
      'InvalidScopeException',
      'ResourceNotFoundException',
      'UnsupportedGrantTypeException',
    ]);
  });
});

test('no name is in two places of a table', () => {
  expect(new Set(KNOWN_FAULT_NAMES).size).toBe(KNOWN_FAULT_NAMES.length);
  expect(new Set(KNOWN_S3_NAMES).size).toBe(KNOWN_S3_NAMES.length);
});

test.for([
  'KMS.DisabledException',
  'KMS.NotFoundException',
  'KMS.KMSInvalidStateException',
  'KMS.AccessDeniedException',
])('%s is the key, which can be mended while a job waits', (name) => {
  const fault = classifyFault(refusal(name));

  expect(fault).toMatchObject({ name, kind: 'access', hint: expect.stringContaining('key') as string });
  expect(classifyS3Fault(refusal(name))).toMatchObject({ name, meaning: 'access' });
});

describe('the text of a message chooses a hint, and nothing else', () => {
  test.for<readonly [what: string, name: string, message: string, hint: RegExp]>([
    [
      'a bucket that MemoryDB may not use',
      'InvalidParameterValueException',
      'MemoryDB has not been granted READ permissions %s on the S3 Bucket.',
      /eu-central-1\.memorydb-snapshot\.amazonaws\.com.*s3:GetBucketAcl/,
    ],
    [
      'the same for READ_ACP',
      'InvalidParameterValueException',
      'MemoryDB has not been granted READ_ACP permissions on the S3 Bucket acme.',
      /eu-central-1\.memorydb-snapshot/,
    ],
    [
      'an object that is there',
      'InvalidParameterValueException',
      'The S3 bucket acme already contains an object with key nightly-0001.rdb.',
      /another TargetSnapshotName/,
    ],
    ['a value that is wrong', 'InvalidParameterValueException', 'The name is too long.', /^Correct the value/],
    [
      'a snapshot that a customer key encrypts',
      'InvalidParameterCombinationException',
      'AWS Key Management Service Customer Managed CMK cannot be used for encrypting exported snapshots in S3.',
      /copy it without a KmsKeyId/,
    ],
    [
      'kms:Decrypt that is denied',
      'AccessDenied',
      'User: arn:aws:sts::1:x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:y',
      /kms:Decrypt/,
    ],
    ['a write that is denied', 'AccessDenied', 'not authorized to perform: s3:PutObject', /manifestEncryption/],
    [
      'an object with a key of its own',
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      /SSE-C/,
    ],
    ['a session that has expired', 'ExpiredToken', 'The provided token has expired.', /log in again/],
    [
      'an SSO session that has expired',
      'CredentialsProviderError',
      "The SSO session associated with this profile has expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      /^Log in again: aws sso login/,
    ],
    [
      'an SSO token that has expired',
      'TokenProviderError',
      'Token is expired. To refresh this SSO session run aws sso login',
      /^Log in again/,
    ],
    ['no credentials', 'CredentialsProviderError', 'Could not load credentials from any providers', /AWS_PROFILE/],
    ['a clock that is off', 'RequestTimeTooSkewed', 'The difference is too large.', /clock/],
    ['an expired signature', 'InvalidSignatureException', 'Signature expired: x is now earlier than y', /clock/],
  ])('%s', ([, name, message, hint]) => {
    const error = refusal(name);
    const kind = classifyFault(error).kind;
    error.message = message;

    const fault = classifyFault(error);

    expect(fault.kind).toBe(kind);
    expect(judgeFault(fault, 'none', 'eu-central-1').hint).toMatch(hint);
  });
});
