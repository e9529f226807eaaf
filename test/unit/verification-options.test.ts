import { expect, test } from 'vitest';
import { createSnapshotActivities } from '../../src/activities';
import { readVerification, VERIFICATION_BOUNDS, type VerificationOptions } from '../../src/contract/verification';

test('what is left out has its default', () => {
  const usual = { objectsAtOnce: 4, rangesInFlight: 3, rangeBytes: 8 * 1024 * 1024 };

  expect(readVerification()).toEqual(usual);
  expect(readVerification({ rangesInFlight: 1 })).toEqual({ ...usual, rangesInFlight: 1 });
});

test.for(Object.entries(VERIFICATION_BOUNDS))('%s may be anything within its bounds', ([name, { least, most }]) => {
  for (const value of [least, most]) expect(readVerification({ [name]: value })).toMatchObject({ [name]: value });
});

test.for<readonly [given: VerificationOptions, message: string]>([
  [
    { objectsAtOnce: 0 },
    'verification.objectsAtOnce 0 is not a whole number from 1 to 256: use one, or leave it out for 4',
  ],
  [
    { rangesInFlight: 1.5 },
    'verification.rangesInFlight 1.5 is not a whole number from 1 to 64: use one, or leave it out for 3',
  ],
  [
    { rangeBytes: 1023 },
    'verification.rangeBytes 1023 is not a whole number from 1024 to 1073741824: use one, or leave it out for 8388608',
  ],
  [
    JSON.parse('{"objectsAtOnce":"4"}') as VerificationOptions,
    'verification.objectsAtOnce "4" is not a whole number from 1 to 256: use one, or leave it out for 4',
  ],
  [
    JSON.parse('{"objects":4}') as VerificationOptions,
    'verification.objects is not an option: remove it, or use one of objectsAtOnce, rangesInFlight, rangeBytes',
  ],
])('a worker refuses %j', ([verification, message]) => {
  expect(() => createSnapshotActivities({ verification })).toThrow(new RangeError(message));
});
