import { expect, test } from 'vitest';
import { findEncryptionProblem, type ManifestEncryption } from '../../src/contract/manifest-encryption';

test.for<ManifestEncryption>([
  { algorithm: 'AES256' },
  { algorithm: 'aws:kms' },
  { algorithm: 'aws:kms:dsse', kmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/k' },
])('%j is taken as it is', (given) => {
  expect(findEncryptionProblem(given)).toBeUndefined();
});

test.for<readonly [given: unknown, problem: RegExp]>([
  ['aws:kms', /is no encryption: use \{ algorithm/],
  [null, /is no encryption/],
  [{}, /has no known algorithm: use/],
  [{ algorithm: 'aes256' }, /has no known algorithm/],
  [{ algorithm: 'aws:kms', key: 'k' }, /unknown field key/],
  [{ algorithm: 'aws:kms', kmsKeyId: '' }, /kmsKeyId that is none/],
  [{ algorithm: 'aws:kms', kmsKeyId: 'a\nb' }, /kmsKeyId that is none/],
  [{ algorithm: 'aws:kms', kmsKeyId: 7 }, /kmsKeyId that is none/],
  [{ algorithm: 'AES256', kmsKeyId: 'k' }, /AES256 does not use/],
])('%j is refused with what is wrong and the fix', ([given, problem]) => {
  expect(findEncryptionProblem(given)).toMatch(problem);
});
