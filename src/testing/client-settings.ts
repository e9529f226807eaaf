import type { MemoryDBClientConfig } from '@aws-sdk/client-memorydb';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** What each client of the AWS SDK would else take from a variable or a profile. The values are the SDK's defaults. */
const SHARED = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  ignoreConfiguredEndpointUrls: true,
  defaultsMode: 'legacy',
  retryMode: 'standard',
  maxAttempts: 3,
  authSchemePreference: [],
  userAgentAppId: '',
} satisfies MemoryDBClientConfig & S3ClientConfig;

/** What decides how a client of MemoryDB behaves, on whichever machine it runs. */
export const MEMORYDB_SETTINGS = SHARED satisfies MemoryDBClientConfig;

/** The same for a client of S3. */
export const S3_SETTINGS = {
  ...SHARED,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  useArnRegion: false,
  disableS3ExpressSessionAuth: false,
  sigv4aSigningRegionSet: () => Promise.resolve(undefined),
} satisfies S3ClientConfig;
