import { describe, expect, test } from 'vitest';
import { BadConfiguration, readWorkerConfig, type Environment, type WorkerConfig } from '../../src/config';

/** The message of the refusal. */
function refusalOf(env: Environment): string {
  try {
    readWorkerConfig(env);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('an environment that can work', () => {
  test.for<readonly [env: Environment, config: Partial<WorkerConfig>]>([
    [{}, { logLevel: 'INFO' }],
    [{ PATH: '/usr/bin', AWS_REGION: 'eu-central-1', TEMPORAL_NAMESPACE: 'prod' }, { logLevel: 'INFO' }],
    [{ TEMPORAL_TASK_QUEUE: 'snapshots' }, { logLevel: 'INFO', taskQueue: 'snapshots' }],
    [{ TEMPORAL_ADDRESS: 'temporal:7233' }, { logLevel: 'INFO' }],
    [{ AWS_ENDPOINT_URL_MEMORYDB: 'http://127.0.0.1:8123' }, { logLevel: 'INFO' }],
    [{ AWS_ENDPOINT_URL_S3: 'http://localhost:9000' }, { logLevel: 'INFO' }],
    [{ AWS_ENDPOINT_URL: 'https://gateway.acme.example' }, { logLevel: 'INFO' }],
    [{ SNAPSHOTS_OWNER: 'acme' }, { logLevel: 'INFO', owner: 'acme' }],
    [{ SNAPSHOTS_OWNER: '', SNAPSHOTS_LOG_LEVEL: '', TEMPORAL_TASK_QUEUE: undefined }, { logLevel: 'INFO' }],
    [{ SNAPSHOTS_ALLOWED_BUCKETS: 'acme-backups' }, { logLevel: 'INFO', allowedBuckets: ['acme-backups'] }],
    [{ SNAPSHOTS_ALLOWED_BUCKETS: 'a.b, C_d' }, { logLevel: 'INFO', allowedBuckets: ['a.b', 'C_d'] }],
    [{ SNAPSHOTS_BUCKET_OWNER: '012345678901' }, { logLevel: 'INFO', bucketOwner: '012345678901' }],
    [{ SNAPSHOTS_ALLOWED_BUCKETS: '', SNAPSHOTS_BUCKET_OWNER: '' }, { logLevel: 'INFO' }],
    [{ SNAPSHOTS_MANIFEST_ENCRYPTION: 'AES256' }, { logLevel: 'INFO', manifestEncryption: { algorithm: 'AES256' } }],
    [
      { SNAPSHOTS_MANIFEST_KMS_KEY_ID: 'alias/backups' },
      { logLevel: 'INFO', manifestEncryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/backups' } },
    ],
    [{ SNAPSHOTS_VERIFY_OBJECTS: '1' }, { logLevel: 'INFO', verification: { objectsAtOnce: 1 } }],
    [
      { SNAPSHOTS_VERIFY_OBJECTS: '256', SNAPSHOTS_VERIFY_RANGES: '64', SNAPSHOTS_VERIFY_RANGE_MIB: '1024' },
      { logLevel: 'INFO', verification: { objectsAtOnce: 256, rangesInFlight: 64, rangeBytes: 1 << 30 } },
    ],
    [{ SNAPSHOTS_VERIFY_RANGES: '' }, { logLevel: 'INFO' }],
    [{ SNAPSHOTS_LOG_LEVEL: 'debug' }, { logLevel: 'DEBUG' }],
    [{ SNAPSHOTS_LOG_LEVEL: 'WARN' }, { logLevel: 'WARN' }],
    [{ SNAPSHOTS_METRICS_ADDRESS: '0.0.0.0:9464' }, { logLevel: 'INFO', metricsAddress: '0.0.0.0:9464' }],
    [{ SNAPSHOTS_METRICS_ADDRESS: '[::1]:9464' }, { logLevel: 'INFO', metricsAddress: '[::1]:9464' }],
    [{ SNAPSHOTS_METRICS_ADDRESS: 'localhost:9464' }, { logLevel: 'INFO', metricsAddress: '127.0.0.1:9464' }],
  ])('%j', ([env, config]) => {
    expect(readWorkerConfig(env)).toEqual(config);
  });
});

describe('an environment that cannot work is refused with the variable, its value and the fix', () => {
  test.for<readonly [env: Environment, message: string]>([
    [
      { TEMPORAL_ADDRESS: 'http://temporal:7233' },
      'TEMPORAL_ADDRESS "http://temporal:7233" is not an address: use host:port, without a scheme',
    ],
    [
      { SNAPSHOTS_MANIFEST_ENCRYPTION: 'kms' },
      'SNAPSHOTS_MANIFEST_ENCRYPTION "kms" is not an encryption of S3: use AES256, aws:kms or aws:kms:dsse',
    ],
    [
      { SNAPSHOTS_MANIFEST_ENCRYPTION: 'AES256', SNAPSHOTS_MANIFEST_KMS_KEY_ID: 'k' },
      'SNAPSHOTS_MANIFEST_KMS_KEY_ID "k": the encryption has a KMS key, which AES256 does not use: leave it out, or use aws:kms',
    ],
    [{ TEMPORAL_TASK_QUEUE: ' q' }, 'TEMPORAL_TASK_QUEUE " q" begins or ends with a blank: remove it'],
    ...['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_MEMORYDB', 'AWS_ENDPOINT_URL_S3'].map(
      (name) =>
        [
          { [name]: 'localhost:8123' },
          `${name} "localhost:8123" is not a URL: use one such as http://127.0.0.1:8123`,
        ] as const
    ),
    ...['a,,b', ',', ' ', 'a b', 's3://acme', 'b'.repeat(256)].map(
      (list) =>
        [
          { SNAPSHOTS_ALLOWED_BUCKETS: list },
          `SNAPSHOTS_ALLOWED_BUCKETS "${list}" is not a list of buckets: use their names with commas between, such as acme-backups,acme-dr`,
        ] as const
    ),
    ...['12345678901', '1234-5678-9012', 'acme'].map(
      (account) =>
        [
          { SNAPSHOTS_BUCKET_OWNER: account },
          `SNAPSHOTS_BUCKET_OWNER "${account}" is not an AWS account: use its 12 digits`,
        ] as const
    ),
    ...(
      [
        ['SNAPSHOTS_VERIFY_OBJECTS', '0', 256],
        ['SNAPSHOTS_VERIFY_OBJECTS', '257', 256],
        ['SNAPSHOTS_VERIFY_RANGES', '1.5', 64],
        ['SNAPSHOTS_VERIFY_RANGES', '0x8', 64],
        ['SNAPSHOTS_VERIFY_RANGE_MIB', '8 MiB', 1024],
        ['SNAPSHOTS_VERIFY_RANGE_MIB', '-8', 1024],
      ] as const
    ).map(
      ([name, value, most]) =>
        [{ [name]: value }, `${name} "${value}" is not a whole number from 1 to ${most}: use one of those`] as const
    ),
    [
      { SNAPSHOTS_OWNER: 'acme\n' },
      'SNAPSHOTS_OWNER "acme\\n" is not an owner: use 1 to 255 characters that can be shown, without blanks at the ends',
    ],
    [
      { SNAPSHOTS_LOG_LEVEL: 'loud' },
      'SNAPSHOTS_LOG_LEVEL "loud" is not a log level: use trace, debug, info, warn or error',
    ],
    ...['9464', 'metrics:9464', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:0', '1.2.3:9464', '::1:9464', '[::1]'].map(
      (address) =>
        [
          { SNAPSHOTS_METRICS_ADDRESS: address },
          `SNAPSHOTS_METRICS_ADDRESS "${address}" is not an IP address and port: use one such as 127.0.0.1:9464 or 0.0.0.0:9464`,
        ] as const
    ),
    [
      { SNAPSHOTS_OWNR: 'acme' },
      'SNAPSHOTS_OWNR is not a variable of this worker: remove it, or use one of SNAPSHOTS_OWNER, SNAPSHOTS_ALLOWED_BUCKETS, SNAPSHOTS_BUCKET_OWNER, SNAPSHOTS_MANIFEST_ENCRYPTION, SNAPSHOTS_MANIFEST_KMS_KEY_ID, SNAPSHOTS_VERIFY_OBJECTS, SNAPSHOTS_VERIFY_RANGES, SNAPSHOTS_VERIFY_RANGE_MIB, SNAPSHOTS_METRICS_ADDRESS, SNAPSHOTS_LOG_LEVEL',
    ],
  ])('%j', ([env, message]) => {
    expect(refusalOf(env)).toBe(message);
  });

  test('everything at once', () => {
    const message = refusalOf({
      SNAPSHOTS_LOG_LEVEL: 'loud',
      SNAPSHOTS_OWNER: ' ',
      SNAPSHOTS_LEVEL: 'x',
      SNAPSHOTS_: 'y',
    });

    for (const name of ['SNAPSHOTS_LOG_LEVEL', 'SNAPSHOTS_OWNER', 'SNAPSHOTS_LEVEL', 'SNAPSHOTS_ ']) {
      expect(message).toContain(name);
    }
  });

  test('a task queue has its limit', () => {
    expect(readWorkerConfig({ TEMPORAL_TASK_QUEUE: 'q'.repeat(1_000) }).taskQueue).toHaveLength(1_000);
    expect(refusalOf({ TEMPORAL_TASK_QUEUE: 'q'.repeat(1_001) })).toMatch(/^TEMPORAL_TASK_QUEUE .* is too long/);
  });

  test('the value of an unknown variable is not told: it may be a secret in the wrong place', () => {
    expect(refusalOf({ SNAPSHOTS_SECRET: 'hunter2' })).not.toContain('hunter2');
  });
});
