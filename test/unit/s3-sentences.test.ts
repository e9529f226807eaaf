import { expect, test } from 'vitest';
import { explainS3Error } from '../../src/cli/verify/s3-errors';

function refusal(name: string, httpStatusCode: number, message = 'no'): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } });
}

test.for<readonly [what: string, error: Error, sentence: RegExp]>([
  ['an archived object', refusal('InvalidObjectState', 403), /^s3:\/\/b\/k is archived: restore it first/],
  ['a clock that is off', refusal('RequestTimeTooSkewed', 403), /set the clock of this machine/],
  ['a key that is disabled', refusal('KMS.DisabledException', 400), /Check the KMS key/],
  ['a login that has expired', refusal('ExpiredToken', 400), /log in again/],
  [
    'an SSO session that has expired, with AWS_PROFILE set',
    Object.assign(new Error('The SSO session associated with this profile has expired.'), {
      name: 'CredentialsProviderError',
    }),
    /Log in again: aws sso login/,
  ],
  [
    'no credentials at all',
    Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
    /without credentials: set AWS_PROFILE/,
  ],
  ['a certificate', Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }), /NODE_EXTRA_CA_CERTS/],
  [
    'a login page',
    Object.assign(new Error('<'), { $metadata: { httpStatusCode: 403 } }),
    /what answers is not S3.*HTTP 403/,
  ],
  ['a proxy that wants a login', Object.assign(new Error('<'), { $metadata: { httpStatusCode: 407 } }), /HTTPS_PROXY/],
  ['an endpoint that does not do it', refusal('NotImplemented', 501), /does not implement/],
])('%s', ([, error, sentence]) => {
  expect(explainS3Error('s3://b/k', error).message).toMatch(sentence);
});
