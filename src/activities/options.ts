import { isClientOf, type MemoryDBOption, type S3Option } from '../aws/clients';
import { findEncryptionProblem, type ManifestEncryption } from '../contract/manifest-encryption';
import { ACCOUNT_ID, BUCKET_NAME, OWNER } from '../contract/option-patterns';
import type { Pace, Paces } from '../contract/pacing';
import { VERIFICATION_BOUNDS, type VerificationOptions } from '../contract/verification';
import {
  allOf,
  anyOf,
  isPlainObject,
  judgedBy,
  listOf,
  must,
  textLike,
  type OptionRule,
  type OptionRules,
} from './option-rules';

/** How the activities reach AWS. Every option may be left out. */
export interface SnapshotActivitiesOptions {
  /**
   * A `MemoryDBClient`, or the configuration of one. Of a configuration, `maxAttempts` is not used: Temporal tries again.
   *
   * @default the AWS SDK's default chain for region and credentials
   */
  readonly memorydb?: MemoryDBOption;
  /**
   * An `S3Client`, or the configuration of one, for exports. `maxAttempts` as above.
   *
   * @default the region and the credentials of `memorydb`
   */
  readonly s3?: S3Option;
  /** The buckets that exports may go to; an empty list allows none. @default whatever the credentials allow */
  readonly allowedBuckets?: readonly string[];
  /** The account that must own the bucket of an export. @default the account of the source */
  readonly bucketOwner?: string;
  /** How S3 encrypts the manifest of an export, where the bucket demands that a write says so. @default the bucket's own */
  readonly manifestEncryption?: ManifestEncryption;
  /** Together with the workflow id it makes a job; two owners never adopt each other's copies. @default the Temporal namespace */
  readonly owner?: string;
  /** The key of the tag that proves whose copy it is. @default 'temporal-memorydb-snapshots/job' */
  readonly tagKey?: string;
  /** How often AWS is asked. @default DEFAULT_PACES; brisker ones are for demos and tests on a real clock */
  readonly paces?: Partial<Paces>;
  /** How much of the worker the verification of exports may take. @default 4 objects at once, 3 ranges of 8 MiB of each */
  readonly verification?: VerificationOptions;
}

const milliseconds = must((value) => isNumber(value) && value >= 1, 'is not a number of milliseconds: use one from 1');

const PACE: OptionRules<Pace> = {
  floorMs: milliseconds,
  share: must((value) => isNumber(value) && value >= 0, 'is not a share of the time waited: use 0.1 or the like'),
  ceilingMs: milliseconds,
};

const wholePace = allOf(PACE, 'is not a pace: use { floorMs, share, ceilingMs }');

const pace: OptionRule = (option, value) => [
  ...wholePace(option, value),
  ...(isPlainObject(value) && Number(value['floorMs']) > Number(value['ceilingMs'])
    ? [`${option}.floorMs ${Number(value['floorMs'])} is more than its ceilingMs: use less`]
    : []),
];

const PACES: OptionRules<Paces> = { poll: pace, throttled: pace, state: pace, quota: pace };

const VERIFICATION: OptionRules<VerificationOptions> = {
  objectsAtOnce: count('objectsAtOnce'),
  rangesInFlight: count('rangesInFlight'),
  rangeBytes: count('rangeBytes'),
};

const OPTIONS: OptionRules<SnapshotActivitiesOptions> = {
  memorydb: clientOrConfiguration('MemoryDB', '@aws-sdk/client-memorydb'),
  s3: clientOrConfiguration('S3', '@aws-sdk/client-s3'),
  allowedBuckets: listOf(
    textLike(BUCKET_NAME, 'is not the name of a bucket: use one such as acme-backups'),
    "is not a list of buckets: use one such as ['acme-backups']"
  ),
  bucketOwner: textLike(ACCOUNT_ID, 'is not an AWS account: use its 12 digits'),
  manifestEncryption: judgedBy(findEncryptionProblem),
  owner: textLike(OWNER, 'is not an owner: use 1 to 255 characters that can be shown, without blanks at the ends'),
  tagKey: textLike(
    /^(?!aws:|memorydb:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
    'is not a key for a tag: use 1 to 128 letters, digits, blanks and _.:/=+-@, not beginning with aws: or memorydb:'
  ),
  paces: anyOf(PACES, 'is not an object of paces: use one such as { poll: { floorMs, share, ceilingMs } }'),
  verification: anyOf(
    VERIFICATION,
    `is not an object of options: use one of ${Object.keys(VERIFICATION_BOUNDS).join(', ')}`
  ),
};

const all = anyOf(OPTIONS, 'is not an object of options: use one, or leave it out');

/** @throws TypeError that names every option that cannot work, its value and the fix */
export function checkOptions(options: SnapshotActivitiesOptions): void {
  const problems = isPlainObject(options) ? all('', options) : all('options', options);
  if (problems.length > 0) throw new TypeError(problems.join('; '));
}

function count(name: keyof VerificationOptions): OptionRule {
  const { least, most, usual } = VERIFICATION_BOUNDS[name];
  return must(
    (value) => isNumber(value) && Number.isInteger(value) && value >= least && value <= most,
    `is not a whole number from ${least} to ${most}: use one, or leave it out for ${usual}`
  );
}

/** The members of a configuration without which nothing works. The others are the AWS SDK's to judge. */
const CONFIGURATION: Readonly<Record<string, OptionRule>> = {
  region: must(
    (value) => typeof value === 'function' || (typeof value === 'string' && value !== ''),
    "is not a region: use one such as 'eu-central-1'"
  ),
  endpoint: must(
    (value) => typeof value === 'function' || isObject(value) || (typeof value === 'string' && isHttpUrl(value)),
    'is not an endpoint: use a URL such as http://127.0.0.1:8123'
  ),
  credentials: must(
    (value) => typeof value === 'function' || isKeyPair(value),
    'are no credentials: use { accessKeyId, secretAccessKey }, or a function that gives them'
  ),
};

function clientOrConfiguration(service: 'MemoryDB' | 'S3', from: string): OptionRule {
  const either = must(
    (value) => isClientOf(service, value) || isConfiguration(value),
    `is neither a client of ${service} nor its configuration: use new ${service}Client() of ${from}, or { region }`
  );
  return (option, value) => [
    ...either(option, value),
    ...Object.entries(CONFIGURATION).flatMap(([member, rule]) =>
      isConfiguration(value) && value[member] !== undefined ? rule(`${option}.${member}`, value[member]) : []
    ),
  ];
}

/** Something that sends is meant to be a client, even if it is none that can be used. */
function isConfiguration(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && !('send' in value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isKeyPair(value: unknown): boolean {
  return (
    isObject(value) &&
    'accessKeyId' in value &&
    'secretAccessKey' in value &&
    typeof value.accessKeyId === 'string' &&
    typeof value.secretAccessKey === 'string'
  );
}
