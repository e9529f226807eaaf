import type { Moment } from './clock';
import { type OptionRules, checkOptions, flag, oneOf, text } from './option-rules';
import { ObjectStore } from './stored-objects';

/** What a bucket lets MemoryDB do by its policy. */
export interface BucketGrants {
  /** @default true */
  readonly read?: boolean;
  /** @default true */
  readonly write?: boolean;
  /** @default true */
  readonly readAcp?: boolean;
}

/** What a simulated bucket may be given. */
export interface BucketOptions {
  /** @default the simulator's */
  readonly region?: string;
  /** The account that owns it. @default the simulator's */
  readonly owner?: string;
  /** Whether it keeps every version of an object. @default false */
  readonly versioned?: boolean;
  /** What its policy grants to MemoryDB. @default 'granted', everything */
  readonly policy?: 'granted' | BucketGrants;
  /** How its objects are encrypted. @default 'AES256' */
  readonly encryption?: 'AES256' | 'aws:kms';
  /** The `x-amz-server-side-encryption` that its policy demands of every PutObject. @default none */
  readonly demandsEncryption?: 'AES256' | 'aws:kms';
}

const optionRules: OptionRules<BucketOptions> = {
  region: text,
  owner: text,
  versioned: flag,
  policy: {
    allows: (policy) => policy === 'granted' || (typeof policy === 'object' && policy !== null),
    use: "'granted' or an object of grants",
  },
  encryption: oneOf('AES256', 'aws:kms'),
  demandsEncryption: oneOf('AES256', 'aws:kms'),
};

const grantRules: OptionRules<BucketGrants> = { read: flag, write: flag, readAcp: flag };

/** A bucket as the simulator keeps it. */
export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  readonly owner: string;
  readonly versioned: boolean;
  readonly grants: Required<BucketGrants>;
  readonly encryption: 'AES256' | 'aws:kms';
  readonly demandsEncryption: string | undefined;
  readonly createdAt: Moment;
  readonly objects: ObjectStore;
}

/** Makes a bucket; throws a TypeError when S3 would have none of that name, or it is given what there is not. */
export function createBucket(
  name: string,
  options: BucketOptions,
  { region, accountId, createdAt }: { readonly region: string; readonly accountId: string; readonly createdAt: Moment }
): BucketRecord {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new TypeError(`bucket ${name}: a name has 3 to 63 lower-case letters, digits, dots and hyphens`);
  }
  checkOptions('addBucket()', options, optionRules);
  const { policy = 'granted', versioned = false } = options;
  const denied = policy === 'granted' ? {} : policy;
  checkOptions("addBucket()'s policy", denied, grantRules);
  return {
    name,
    region: options.region ?? region,
    owner: options.owner ?? accountId,
    versioned,
    grants: { read: denied.read ?? true, write: denied.write ?? true, readAcp: denied.readAcp ?? true },
    encryption: options.encryption ?? 'AES256',
    demandsEncryption: options.demandsEncryption,
    createdAt,
    objects: new ObjectStore(versioned),
  };
}
