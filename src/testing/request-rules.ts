import { Refusal, invalidValue } from './refusal';
import type { Settings } from './settings';

/** A name in lower case, as MemoryDB keeps it; throws InvalidParameterValueException when it is missing or blank. */
export function readName(name: string | undefined, member: string): string {
  if (name === undefined || name.trim() === '') throw invalidValue(`The parameter ${member} must not be blank.`);
  return name.toLowerCase();
}

/**
 * The name of a snapshot to be made. The model sets no rule; when `strict` this is the one that the Terraform provider
 * holds against the real service: `automatic.` and the like are refused.
 */
export function readNewName(given: string | undefined, member: string, { strict }: Settings): string {
  const name = readName(given, member);
  if (!strict || (/^[0-9a-z-]{1,255}$/.test(name) && !name.includes('--') && !name.endsWith('-'))) return name;
  throw invalidValue(
    `The parameter ${member} is not a valid identifier: letters, digits and single hyphens, none at the end, 255 at most.`
  );
}

/** A KMS key, or undefined for none; throws the model's refusal when it is too long. */
export function readKey(key: string | undefined): string | undefined {
  if (key === undefined || key === '') return undefined;
  if (key.length > 2048) throw refuseConstraint('kmsKeyId', 'Member must have length less than or equal to 2048');
  return key;
}

/** The bucket that a request names, or undefined for none; throws the model's refusal of what can be no bucket. */
export function readBucket(bucket: string | undefined): string | undefined {
  if (bucket === undefined || bucket === '') return undefined;
  if (bucket.length > 255) throw refuseConstraint('targetBucket', 'Member must have length less than or equal to 255');
  if (!/^[A-Za-z0-9._-]+$/.test(bucket)) {
    throw refuseConstraint('targetBucket', 'Member must satisfy regular expression pattern: ^[A-Za-z0-9._-]+$');
  }
  return bucket;
}

/** The refusal of a value that the model's own constraints forbid. */
export function refuseConstraint(member: string, constraint: string): Refusal {
  return new Refusal(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`
  );
}
