import type { Duration, Now } from './clock';
import { type OptionRules, callback, oneOf, readElsewhere, text } from './option-rules';
import { type DataOptions, dataRules } from './snapshot-data';
import type { TagsInput } from './tags';

/** How a simulator is started. */
export interface SimulatorOptions {
  /** Where time comes from, in milliseconds since 1970. @default Date.now */
  readonly now?: Now;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '123456789012' */
  readonly accountId?: string;
  /** Another S3, such as `http://127.0.0.1:5000`, that exports go to instead of the simulator's own. @default none */
  readonly s3Endpoint?: string;
  /** What that S3 takes. @default the simulator's own credentials */
  readonly s3Credentials?: Credentials;
}

/** The rules of those. */
export const startRules: OptionRules<SimulatorOptions> = {
  now: callback,
  port: readElsewhere,
  host: text,
  region: text,
  accountId: text,
  s3Endpoint: text,
  s3Credentials: readElsewhere,
};

/** Any pair will do for the simulator. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where exports go when not to the simulator's own buckets. */
export interface ForeignS3Options {
  readonly endpoint: string;
  readonly credentials: Credentials;
}

/**
 * How a client finds the simulator: each is that client's configuration. It holds every setting that the client would
 * else take from the environment or a profile, with the AWS SDK's default.
 */
export interface SimulatorClients {
  readonly memorydb: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: Credentials;
  };
  readonly s3: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: Credentials;
    readonly forcePathStyle: true;
  };
}

/** What a snapshot that is simply there may be given. */
export interface SnapshotOptions extends DataOptions {
  /** The cluster that it was taken of; it must have been added. */
  readonly cluster: string;
  /** Any status, which stays until `setStatus`. @default what the clock says: `available` */
  readonly status?: string;
  /** @default 'automated' for `automatic.*`, else 'manual' */
  readonly source?: 'manual' | 'automated';
  /** @default now */
  readonly createdAt?: number | string | Date;
  /** @default none */
  readonly tags?: TagsInput;
  /** The id or ARN of a KMS key. @default none */
  readonly kmsKeyId?: string;
  /** How long from now it reads `creating`. @default 0 */
  readonly availableAfter?: Duration;
}

/** The rules of those. */
export const snapshotRules: OptionRules<SnapshotOptions> = {
  ...dataRules,
  cluster: text,
  status: text,
  source: oneOf('manual', 'automated'),
  createdAt: readElsewhere,
  tags: readElsewhere,
  kmsKeyId: text,
  availableAfter: readElsewhere,
};

/** A snapshot that is busy. */
export interface BusyOptions {
  /** How long. */
  readonly for: Duration;
  /** @default 'copying' */
  readonly status?: string;
}

/** The rules of those. */
export const busyRules: OptionRules<BusyOptions> = { for: readElsewhere, status: text };

/** A quota that is exhausted. */
export interface ExhaustOptions {
  /** How long. */
  readonly for: Duration;
}

/** The rules of those. */
export const exhaustRules: OptionRules<ExhaustOptions> = { for: readElsewhere };

/** An export that somebody else began. */
export interface ElsewhereOptions {
  /** How long it lasts. */
  readonly for: Duration;
  /** Where its files appear. @default nowhere that the simulator knows */
  readonly bucket?: string;
  /** @default the snapshot's name */
  readonly target?: string;
}

/** The rules of those. */
export const elsewhereRules: OptionRules<ElsewhereOptions> = { for: readElsewhere, bucket: text, target: text };
