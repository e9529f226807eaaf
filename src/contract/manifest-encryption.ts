/** How S3 encrypts the manifest of an export; its objects are MemoryDB's to write. */
export interface ManifestEncryption {
  /** `x-amz-server-side-encryption` of the write. */
  readonly algorithm: (typeof ALGORITHMS)[number];
  /** The KMS key: its id or ARN; not with `AES256`. @default AWS's own key for S3 */
  readonly kmsKeyId?: string;
}

const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;
const MAX_KEY_ID = 2_048;

/** What is wrong with the option, and the fix; undefined: nothing. */
export function findEncryptionProblem(given: unknown): string | undefined {
  const fix = `use { algorithm, kmsKeyId? } with ${ALGORITHMS.join(', ')} as the algorithm`;
  if (typeof given !== 'object' || given === null) return `is no encryption: ${fix}`;
  const { algorithm, kmsKeyId, ...others } = given as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has an unknown field ${unknown}: ${fix}`;
  if (!ALGORITHMS.some((known) => known === algorithm)) return `has no known algorithm: ${fix}`;
  if (kmsKeyId === undefined) return undefined;
  if (typeof kmsKeyId !== 'string' || !/^[\x21-\x7e]+$/.test(kmsKeyId) || kmsKeyId.length > MAX_KEY_ID) {
    return 'has a kmsKeyId that is none: use the id or ARN of a KMS key';
  }
  return algorithm === 'AES256' ? 'has a KMS key, which AES256 does not use: leave it out, or use aws:kms' : undefined;
}
