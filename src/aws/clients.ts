import { MemoryDBClient, type MemoryDBClientConfig } from '@aws-sdk/client-memorydb';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { safeText } from '../contract/text';
import { withClockRetry, withoutResponseChecksums, withoutRetries } from './adapt-client';
import { openAgent } from './proxy-agent';

/** A ready client, which stays the caller's to close, or the configuration of one. */
export type MemoryDBOption = MemoryDBClient | MemoryDBClientConfig;

/** A ready client, which stays the caller's to close, or the configuration of one. */
export type S3Option = S3Client | S3ClientConfig;

/** By the names that the AWS SDK has for the services. */
interface Clients {
  readonly MemoryDB: MemoryDBClient;
  readonly S3: S3Client;
}

/** How we talk to S3. */
export interface S3Access {
  readonly s3: S3Client;
  /** Closes the connections, if we made the client. */
  close(): void;
}

/** The two ways we talk to MemoryDB. */
export interface MemoryDBClients {
  /** For calls that may be repeated. */
  readonly reads: MemoryDBClient;
  /** For CopySnapshot: never repeated by the SDK, because an ambiguous send is ours to reconcile. */
  readonly sends: MemoryDBClient;
  /** Closes the connections, if we made the client. */
  close(): void;
}

/** What the client of S3 is made for. */
export interface S3Needs {
  /** How many reads there may be in flight. @default 0 */
  readonly reads?: number;
  /** Whose region and credentials it takes where it has none of its own. @default the AWS SDK's default chain */
  readonly like?: MemoryDBClient;
}

/** As many as the AWS SDK opens. */
const USUAL_SOCKETS = 50;

/** Connections beside those of the reads in flight: looks at buckets, manifests, heads of objects. */
const SPARE_SOCKETS = 32;

/** Milliseconds; an attempt of an activity, a minute at most, has room for a few calls. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/** Makes the clients. Connections are kept alive, and opened on first use. */
export function openMemoryDB(option: MemoryDBOption = {}): MemoryDBClients {
  const theirs = isClientOf('MemoryDB', option);
  const client = theirs ? option : new MemoryDBClient({ ...option, ...ourDefaults(option, USUAL_SOCKETS) });
  return {
    reads: withClockRetry(client),
    sends: withClockRetry(withoutRetries(client)),
    close: () => (theirs ? undefined : client.destroy()),
  };
}

/** Makes the client of S3. An endpoint of one's own is addressed by path: it has no names for its buckets. */
export function openS3(option: S3Option = {}, { reads = 0, like }: S3Needs = {}): S3Access {
  if (isClientOf('S3', option)) return { s3: withClockRetry(withoutResponseChecksums(option)), close: () => undefined };
  const s3 = new S3Client({
    ...(like !== undefined && inherit(like, option)),
    ...option,
    ...ourDefaults(option, Math.max(USUAL_SOCKETS, reads + SPARE_SOCKETS)),
    // A checksum of the whole object on the answer to a range would be compared with the range.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  if (option.forcePathStyle === undefined) addressByPath(s3);
  return { s3: withClockRetry(s3), close: () => s3.destroy() };
}

/** Whether this is a client of the service. It may come from another copy of its package, and be no instance of ours. */
export function isClientOf<Service extends keyof Clients>(service: Service, value: unknown): value is Clients[Service] {
  if (!isObject(value) || !('send' in value) || !('config' in value)) return false;
  const { send, config } = value;
  return typeof send === 'function' && isObject(config) && 'serviceId' in config && config.serviceId === service;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** @throws Error where the client finds no region: it names the option and the other ways to set one */
export async function requireRegion(option: string, { config }: MemoryDBClient | S3Client): Promise<void> {
  try {
    await config.region();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fix = `pass ${option}.region, or set AWS_REGION, or a region in the AWS profile`;
    throw new Error(`no AWS region (${safeText(reason, 300)}): ${fix}`, { cause: error });
  }
}

/** What fails is tried again by Temporal: retries of the SDK's on top would only hide it. */
function ourDefaults({ requestHandler = {} }: S3ClientConfig | MemoryDBClientConfig, maxSockets: number) {
  const pool = { keepAlive: true, maxSockets };
  return {
    maxAttempts: 1,
    requestHandler:
      'handle' in requestHandler
        ? requestHandler
        : {
            ...TIMEOUTS,
            httpAgent: openAgent('http:', pool),
            httpsAgent: openAgent('https:', pool),
            ...requestHandler,
          },
  };
}

/** A profile of its own brings a region and credentials of its own. */
function inherit({ config: { region, credentials } }: MemoryDBClient, { profile }: S3ClientConfig): S3ClientConfig {
  return profile === undefined ? { region, credentials } : {};
}

/**
 * Addresses buckets by path where the endpoint was configured: by an option, a variable or a profile. The AWS SDK finds
 * the last two with the first request.
 */
function addressByPath(s3: S3Client): void {
  const { config } = s3;
  s3.middlewareStack.add(
    (next) => async (args) => {
      config.forcePathStyle = config.isCustomEndpoint === true || (await hasConfiguredEndpoint(config));
      return next(args);
    },
    { name: 'addressByPath', step: 'initialize' }
  );
}

async function hasConfiguredEndpoint(config: S3Client['config']): Promise<boolean> {
  return !config.ignoreConfiguredEndpointUrls && (await config.serviceConfiguredEndpoint?.()) !== undefined;
}
