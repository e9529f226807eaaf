import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

// A process of its own for each environment: the AWS SDK reads most of it once.

const PROGRAM = join(__dirname, '..', 'support', 'consumers', 'simulator-clients.cjs');

/** Other values than the defaults, and values that make no sense. */
const VARIABLES = {
  AWS_REGION: ['mars-north-1', '-'],
  AWS_DEFAULT_REGION: ['mars-north-1', '-'],
  AWS_ENDPOINT_URL: ['http://127.0.0.1:1', 'nowhere'],
  AWS_ENDPOINT_URL_S3: ['http://127.0.0.1:1', 'nowhere'],
  AWS_ENDPOINT_URL_MEMORYDB: ['http://127.0.0.1:1', 'nowhere'],
  AWS_USE_FIPS_ENDPOINT: ['true', 'perhaps'],
  AWS_USE_DUALSTACK_ENDPOINT: ['true', 'perhaps'],
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ['false', 'perhaps'],
  AWS_MAX_ATTEMPTS: ['1', 'many'],
  AWS_RETRY_MODE: ['adaptive', 'never'],
  AWS_DEFAULTS_MODE: ['mobile', 'never'],
  AWS_AUTH_SCHEME_PREFERENCE: ['sigv4a', '-'],
  AWS_SIGV4A_SIGNING_REGION_SET: ['*', ','],
  AWS_REQUEST_CHECKSUM_CALCULATION: ['when_required', 'never'],
  AWS_RESPONSE_CHECKSUM_VALIDATION: ['when_required', 'never'],
  AWS_S3_USE_ARN_REGION: ['true', 'perhaps'],
  AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: ['true', 'perhaps'],
  AWS_SDK_UA_APP_ID: ['theirs', 'x'.repeat(60)],
  AWS_ACCESS_KEY_ID: ['theirs', ''],
  AWS_SECRET_ACCESS_KEY: ['theirs', ''],
  AWS_SESSION_TOKEN: ['theirs', ''],
  HTTP_PROXY: ['http://127.0.0.1:1', 'socks5://nowhere'],
  http_proxy: ['http://127.0.0.1:1', 'socks5://nowhere'],
  ALL_PROXY: ['http://127.0.0.1:1', 'socks5://nowhere'],
} as const;

/** What a profile says in the names of its own. */
const PROFILE = {
  region: ['mars-north-1', '-'],
  endpoint_url: ['http://127.0.0.1:1', 'nowhere'],
  use_fips_endpoint: ['true', 'perhaps'],
  use_dualstack_endpoint: ['true', 'perhaps'],
  max_attempts: ['1', 'many'],
  retry_mode: ['adaptive', 'never'],
  defaults_mode: ['mobile', 'never'],
  auth_scheme_preference: ['sigv4a', '-'],
  sigv4a_signing_region_set: ['*', ','],
  request_checksum_calculation: ['when_required', 'never'],
  response_checksum_validation: ['when_required', 'never'],
  s3_use_arn_region: ['true', 'perhaps'],
  s3_disable_express_session_auth: ['true', 'perhaps'],
  sdk_ua_app_id: ['theirs', 'x'.repeat(60)],
  services: ['missing', 'missing'],
} as const;

async function runIn(env: NodeJS.ProcessEnv): Promise<unknown> {
  const clean = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', NODE_NO_WARNINGS: '1' };
  const run = promisify(execFile)(process.execPath, [PROGRAM], { env: { ...clean, ...env } });
  return JSON.parse((await run).stdout);
}

function choose(table: Readonly<Record<string, readonly [string, string]>>, which: 0 | 1): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[which]]));
}

/** A profile called `theirs`, which is gone when the test is. */
function writeProfile(settings: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'config');
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(path, ['[profile theirs]', ...lines, ''].join('\n'));
  return { AWS_CONFIG_FILE: path, AWS_PROFILE: 'theirs' };
}

describe('clients of the simulator do not depend on', () => {
  let usual: unknown;
  beforeAll(async () => {
    usual = await runIn({});
  });

  test.for([
    ['variables', 'other values', () => choose(VARIABLES, 0)],
    ['variables', 'nonsense', () => choose(VARIABLES, 1)],
    ['the profile', 'other values', () => writeProfile(choose(PROFILE, 0))],
    ['the profile', 'nonsense', () => writeProfile(choose(PROFILE, 1))],
    ['the profile', 'one that is not there', () => ({ AWS_PROFILE: 'nowhere' })],
  ] as const)('%s: %s', async ([, , envOf]) => {
    expect(await runIn(envOf())).toEqual(usual);
  });

  test('the environment at all: they work, with the defaults of the AWS SDK', () => {
    expect(usual).toMatchObject({
      calls: [
        'DescribeSnapshots: ThrottlingException',
        'DescribeSnapshots: ok',
        'DescribeSnapshots: ok',
        'PutObject: ok',
        'GetObject: ok',
        'ListBuckets: ok',
      ],
      memorydb: { maxAttempts: '3', retryMode: 'standard', useFipsEndpoint: 'false', region: 'us-east-1' },
      s3: { forcePathStyle: 'true', responseChecksumValidation: 'WHEN_SUPPORTED' },
      ours: { maxAttempts: '1' },
      oursOfS3: { maxAttempts: '1', responseChecksumValidation: 'WHEN_REQUIRED' },
    });
  });
});
