import { z } from 'zod';
import { findEncryptionProblem, type ManifestEncryption } from './contract/manifest-encryption';
import { ACCOUNT_ID, BUCKET_NAME, OWNER } from './contract/option-patterns';
import { VERIFICATION_BOUNDS, type VerificationOptions } from './contract/verification';

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How much a worker logs, from everything to failures alone. */
export type WorkerLogLevel = (typeof LOG_LEVELS)[number];

/** What a worker takes from variables of ours; Temporal's and AWS's own are read by their SDKs. */
export interface WorkerConfig {
  /** `TEMPORAL_TASK_QUEUE`. @default DEFAULT_TASK_QUEUE */
  readonly taskQueue?: string;
  /** `SNAPSHOTS_OWNER`: together with the workflow id it makes a job. @default the Temporal namespace */
  readonly owner?: string;
  /** `SNAPSHOTS_ALLOWED_BUCKETS`, names between commas. @default whatever the credentials allow */
  readonly allowedBuckets?: readonly string[];
  /** `SNAPSHOTS_BUCKET_OWNER`: the account that must own the bucket of an export. @default the account of the source */
  readonly bucketOwner?: string;
  /** `SNAPSHOTS_MANIFEST_ENCRYPTION` and `SNAPSHOTS_MANIFEST_KMS_KEY_ID`. @default the bucket's own encryption */
  readonly manifestEncryption?: ManifestEncryption;
  /** `SNAPSHOTS_VERIFY_OBJECTS`, `SNAPSHOTS_VERIFY_RANGES` and `SNAPSHOTS_VERIFY_RANGE_MIB`. */
  readonly verification?: VerificationOptions;
  /** `SNAPSHOTS_METRICS_ADDRESS`: IP address and port at which Prometheus finds `/metrics`. @default no metrics */
  readonly metricsAddress?: string;
  /** `SNAPSHOTS_LOG_LEVEL`. @default 'INFO' */
  readonly logLevel: WorkerLogLevel;
}

/** A worker cannot start with what it was told; the message names every variable, its value and the fix. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
const OURS = 'SNAPSHOTS_';
const MAX_PORT = 65_535;

const endpoint = z
  .url({ protocol: /^https?$/, error: 'is not a URL: use one such as http://127.0.0.1:8123' })
  .optional();

const MIB = 1 << 20;
const { objectsAtOnce, rangesInFlight, rangeBytes } = VERIFICATION_BOUNDS;

/** Each message goes on from the variable and its value, and ends with the fix. */
const VARIABLES = z.object({
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+$/, 'is not an address: use host:port, without a scheme')
    .optional(),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .max(1_000, 'is too long for a task queue: use 1,000 characters at most')
    .refine(isTrimmed, 'begins or ends with a blank: remove it')
    .optional(),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_MEMORYDB: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  SNAPSHOTS_OWNER: z
    .string()
    .regex(OWNER, 'is not an owner: use 1 to 255 characters that can be shown, without blanks at the ends')
    .optional(),
  SNAPSHOTS_ALLOWED_BUCKETS: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .refine(areBuckets, 'is not a list of buckets: use their names with commas between, such as acme-backups,acme-dr')
    .optional(),
  SNAPSHOTS_BUCKET_OWNER: z.string().regex(ACCOUNT_ID, 'is not an AWS account: use its 12 digits').optional(),
  SNAPSHOTS_MANIFEST_ENCRYPTION: z
    .enum(['AES256', 'aws:kms', 'aws:kms:dsse'], 'is not an encryption of S3: use AES256, aws:kms or aws:kms:dsse')
    .optional(),
  SNAPSHOTS_MANIFEST_KMS_KEY_ID: z.string().optional(),
  SNAPSHOTS_VERIFY_OBJECTS: count(objectsAtOnce.most),
  SNAPSHOTS_VERIFY_RANGES: count(rangesInFlight.most),
  SNAPSHOTS_VERIFY_RANGE_MIB: count(rangeBytes.most / MIB),
  SNAPSHOTS_METRICS_ADDRESS: z
    .string()
    .transform((address) => address.replace(/^localhost(?=:)/, '127.0.0.1'))
    .refine(isSocketAddress, 'is not an IP address and port: use one such as 127.0.0.1:9464 or 0.0.0.0:9464')
    .optional(),
  SNAPSHOTS_LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(LOG_LEVELS, 'is not a log level: use trace, debug, info, warn or error'))
    .default('INFO'),
});

/**
 * Reads a worker's configuration. A variable that is empty counts as absent.
 *
 * @throws BadConfiguration one error for everything that is wrong, unknown `SNAPSHOTS_` variables included
 */
export function readWorkerConfig(env: Environment = process.env): WorkerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = VARIABLES.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => describe(String(name), given, message)),
    ...Object.keys(given).filter(isUnknown).map(describeUnknown),
  ];
  if (!parsed.success || problems.length > 0) throw new BadConfiguration(problems.join('; '));
  const {
    TEMPORAL_TASK_QUEUE: taskQueue,
    SNAPSHOTS_OWNER: owner,
    SNAPSHOTS_ALLOWED_BUCKETS: allowedBuckets,
    SNAPSHOTS_BUCKET_OWNER: bucketOwner,
    SNAPSHOTS_MANIFEST_ENCRYPTION: algorithm,
    SNAPSHOTS_MANIFEST_KMS_KEY_ID: kmsKeyId,
    SNAPSHOTS_VERIFY_OBJECTS: objects,
    SNAPSHOTS_VERIFY_RANGES: ranges,
    SNAPSHOTS_VERIFY_RANGE_MIB: rangeMib,
    SNAPSHOTS_METRICS_ADDRESS: metricsAddress,
    SNAPSHOTS_LOG_LEVEL: logLevel,
  } = parsed.data;
  const manifestEncryption = readEncryption(algorithm, kmsKeyId);
  const verification = {
    ...(objects !== undefined && { objectsAtOnce: objects }),
    ...(ranges !== undefined && { rangesInFlight: ranges }),
    ...(rangeMib !== undefined && { rangeBytes: rangeMib * MIB }),
  };
  return {
    ...(taskQueue !== undefined && { taskQueue }),
    ...(owner !== undefined && { owner }),
    ...(allowedBuckets !== undefined && { allowedBuckets }),
    ...(bucketOwner !== undefined && { bucketOwner }),
    ...(manifestEncryption !== undefined && { manifestEncryption }),
    ...(Object.keys(verification).length > 0 && { verification }),
    ...(metricsAddress !== undefined && { metricsAddress }),
    logLevel,
  };
}

/** A key alone means that it is to be used. */
function readEncryption(
  algorithm: ManifestEncryption['algorithm'] | undefined,
  kmsKeyId: string | undefined
): ManifestEncryption | undefined {
  if (algorithm === undefined && kmsKeyId === undefined) return undefined;
  const encryption = { algorithm: algorithm ?? 'aws:kms', ...(kmsKeyId !== undefined && { kmsKeyId }) };
  const problem = findEncryptionProblem(encryption);
  if (problem !== undefined) {
    throw new BadConfiguration(`SNAPSHOTS_MANIFEST_KMS_KEY_ID ${JSON.stringify(kmsKeyId)}: the encryption ${problem}`);
  }
  return encryption;
}

function describe(name: string, given: Environment, message: string): string {
  return `${name} ${JSON.stringify(given[name])} ${message}`;
}

/** A typo would otherwise be a setting that silently does nothing. */
function isUnknown(name: string): boolean {
  return name.startsWith(OURS) && !(name in VARIABLES.shape);
}

function describeUnknown(name: string): string {
  const known = Object.keys(VARIABLES.shape).filter((variable) => variable.startsWith(OURS));
  return `${name} is not a variable of this worker: remove it, or use one of ${known.join(', ')}`;
}

function count(most: number) {
  return z
    .string()
    .transform((digits) => (/^\d{1,9}$/.test(digits) ? Number(digits) : 0))
    .refine((number) => number >= 1 && number <= most, `is not a whole number from 1 to ${most}: use one of those`)
    .optional();
}

function isTrimmed(text: string): boolean {
  return text === text.trim();
}

function areBuckets(names: readonly string[]): boolean {
  return names.every((name) => BUCKET_NAME.test(name));
}

function isSocketAddress(address: string): boolean {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  const isIp = z.ipv4().safeParse(host).success || z.ipv6().safeParse(/^\[(.*)\]$/.exec(host)?.[1]).success;
  return isIp && Number(port) >= 1 && Number(port) <= MAX_PORT;
}
