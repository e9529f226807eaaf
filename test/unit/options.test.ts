import { MemoryDB, MemoryDBClient } from '@aws-sdk/client-memorydb';
import { S3, S3Client } from '@aws-sdk/client-s3';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MemoryDBSnapshotPlugin, createSnapshotActivities } from '../../src';
import type { SnapshotActivitiesOptions } from '../../src/activities';
import { VERIFICATION_BOUNDS } from '../../src/contract/verification';

const region = 'eu-central-1';
const poll = { floorMs: 1, share: 0.1, ceilingMs: 10 };

/** What each option may be, and the problem of each value that it must not be. */
const TABLE: Readonly<
  Record<keyof SnapshotActivitiesOptions, { good: readonly unknown[]; bad: readonly (readonly [unknown, string])[] }>
> = {
  memorydb: {
    good: [
      {},
      { region },
      new MemoryDBClient({ region }),
      new MemoryDB({ region }),
      otherCopyOf(new MemoryDBClient({ region })),
    ],
    bad: [
      ...(
        [
          [null, 'null'],
          [region, "'eu-central-1'"],
          [[], '[]'],
          [MemoryDBClient, '[class MemoryDBClient extends Client]'],
          [new S3Client({ region }), '[S3Client]'],
          [otherCopyOf(new S3Client({ region })), '[OtherCopy]'],
          [{ send: () => Promise.resolve({}) }, '[Object]'],
          [Promise.resolve({ region }), '[Promise]'],
          [new Map([['region', region]]), '[Map]'],
        ] as const
      ).map(
        ([value, shown]) =>
          [
            value,
            `memorydb ${shown} is neither a client of MemoryDB nor its configuration: use new MemoryDBClient() of @aws-sdk/client-memorydb, or { region }`,
          ] as const
      ),
      [{ region: 5 }, "memorydb.region 5 is not a region: use one such as 'eu-central-1'"],
      [{ region: '' }, "memorydb.region '' is not a region: use one such as 'eu-central-1'"],
      [
        { endpoint: 'localhost:8123' },
        "memorydb.endpoint 'localhost:8123' is not an endpoint: use a URL such as http://127.0.0.1:8123",
      ],
      [
        { credentials: { accessKeyId: 'a', secret: 'do not show this' } },
        'memorydb.credentials [Object] are no credentials: use { accessKeyId, secretAccessKey }, or a function that gives them',
      ],
    ],
  },
  s3: {
    good: [{}, { region, forcePathStyle: true }, new S3Client({ region }), new S3({ region })],
    bad: [
      [
        new MemoryDBClient({ region }),
        's3 [MemoryDBClient] is neither a client of S3 nor its configuration: use new S3Client() of @aws-sdk/client-s3, or { region }',
      ],
      [{ region: null }, "s3.region null is not a region: use one such as 'eu-central-1'"],
    ],
  },
  allowedBuckets: {
    good: [[], ['acme-backups'], ['a.b', 'C_d']],
    bad: [
      ['acme-backups', "allowedBuckets 'acme-backups' is not a list of buckets: use one such as ['acme-backups']"],
      [new Set(['a']), "allowedBuckets [Set] is not a list of buckets: use one such as ['acme-backups']"],
      [null, "allowedBuckets null is not a list of buckets: use one such as ['acme-backups']"],
      [['a', ''], "allowedBuckets[1] '' is not the name of a bucket: use one such as acme-backups"],
      [['s3://a'], "allowedBuckets[0] 's3://a' is not the name of a bucket: use one such as acme-backups"],
      [[5], 'allowedBuckets[0] 5 is not the name of a bucket: use one such as acme-backups'],
      [[, 'a'], 'allowedBuckets[0] undefined is not the name of a bucket: use one such as acme-backups'],
    ],
  },
  bucketOwner: {
    good: ['012345678901'],
    bad: [
      [123456789012, 'bucketOwner 123456789012 is not an AWS account: use its 12 digits'],
      ['1234', "bucketOwner '1234' is not an AWS account: use its 12 digits"],
      ['123456789012\n', "bucketOwner '123456789012\\n' is not an AWS account: use its 12 digits"],
    ],
  },
  manifestEncryption: {
    good: [{ algorithm: 'AES256' }, { algorithm: 'aws:kms', kmsKeyId: 'k' }],
    bad: [
      [
        'AES256',
        "manifestEncryption 'AES256' is no encryption: use { algorithm, kmsKeyId? } with AES256, aws:kms, aws:kms:dsse as the algorithm",
      ],
      [null, expect.stringMatching(/^manifestEncryption null is no encryption: use /) as string],
      [{ algorithm: 'rot13' }, expect.stringMatching(/^manifestEncryption .* has no known algorithm: use /) as string],
    ],
  },
  owner: {
    good: ['acme', 'a b', 'ä'.repeat(255)],
    bad: ['', ' a', 'a\n', 'a\ud83d', 'a\u0000b', 'a'.repeat(256), 5, {}, null].map(
      (owner) =>
        [
          owner,
          expect.stringMatching(
            /^owner .* is not an owner: use 1 to 255 characters that can be shown, without blanks at the ends$/
          ) as string,
        ] as const
    ),
  },
  tagKey: {
    good: ['job', 'acme:snapshots/job', 'a'.repeat(128)],
    bad: ['', 'aws:job', 'AWS:job', 'memorydb:job', 'a'.repeat(129), 'a*', 'a\ud83d', 5].map(
      (key) =>
        [key, expect.stringMatching(/^tagKey .* is not a key for a tag: use 1 to 128 letters/) as string] as const
    ),
  },
  paces: {
    good: [{}, { poll }, { poll: { ...poll, share: 0 } }, { poll: undefined, quota: { ...poll, floorMs: 10 } }],
    bad: [
      [[], 'paces [] is not an object of paces: use one such as { poll: { floorMs, share, ceilingMs } }'],
      ['brisk', "paces 'brisk' is not an object of paces: use one such as { poll: { floorMs, share, ceilingMs } }"],
      [{ pol: poll }, 'paces.pol is not an option: remove it, or use one of poll, throttled, state, quota'],
      [{ poll: 5 }, 'paces.poll 5 is not a pace: use { floorMs, share, ceilingMs }'],
      [
        { poll: { floor: '1s' } },
        'paces.poll.floor is not an option: remove it, or use one of floorMs, share, ceilingMs; ' +
          'paces.poll.floorMs undefined is not a number of milliseconds: use one from 1; ' +
          'paces.poll.share undefined is not a share of the time waited: use 0.1 or the like; ' +
          'paces.poll.ceilingMs undefined is not a number of milliseconds: use one from 1',
      ],
      ...[NaN, Infinity, -1, 0, '1000', null].flatMap((value) =>
        (['floorMs', 'ceilingMs'] as const).map(
          (name) =>
            [
              { state: { ...poll, [name]: value } },
              expect.stringContaining(
                `paces.state.${name} ${shown(value)} is not a number of milliseconds: use one from 1`
              ) as string,
            ] as const
        )
      ),
      ...[NaN, Infinity, -0.1, '10 %'].map(
        (share) =>
          [
            { quota: { ...poll, share } },
            `paces.quota.share ${shown(share)} is not a share of the time waited: use 0.1 or the like`,
          ] as const
      ),
      [{ poll: { ...poll, floorMs: 11 } }, 'paces.poll.floorMs 11 is more than its ceilingMs: use less'],
    ],
  },
  verification: {
    good: [
      {},
      { objectsAtOnce: undefined },
      ...Object.entries(VERIFICATION_BOUNDS).flatMap(([name, { least, most }]) => [
        { [name]: least },
        { [name]: most },
      ]),
    ],
    bad: [
      [4, 'verification 4 is not an object of options: use one of objectsAtOnce, rangesInFlight, rangeBytes'],
      [
        { objects: 4 },
        'verification.objects is not an option: remove it, or use one of objectsAtOnce, rangesInFlight, rangeBytes',
      ],
      ...Object.entries(VERIFICATION_BOUNDS).flatMap(([name, { least, most, usual }]) =>
        [least - 1, most + 1, least + 0.5, NaN, '4', null].map(
          (value) =>
            [
              { [name]: value },
              `verification.${name} ${shown(value)} is not a whole number from ${least} to ${most}: use one, or leave it out for ${usual}`,
            ] as const
        )
      ),
    ],
  },
};

const MAKERS: readonly (readonly [name: string, make: (options: object) => unknown])[] = [
  ['createSnapshotActivities', (options) => createSnapshotActivities(options)],
  ['MemoryDBSnapshotPlugin', (options) => new MemoryDBSnapshotPlugin(options)],
];

describe.for(MAKERS)('%s', ([, make]) => {
  describe.for(Object.entries(TABLE))('%s', ([option, { good, bad }]) => {
    test.for(good.map((value) => [titleOf(value), value]))('may be %s', ([, value]) => {
      expect(() => make({ [option]: value })).not.toThrow();
    });

    test('may be undefined', () => {
      expect(() => make({ [option]: undefined })).not.toThrow();
    });

    test.for(bad.map(([value, message]) => [titleOf(value), value, message]))(
      'must not be %s',
      ([, value, message]) => {
        expect(refusalOf(() => make({ [option]: value }))).toEqual({ type: TypeError, message });
      }
    );
  });

  test.for([[], Promise.resolve({}), new Map(), JSON.parse('null'), JSON.parse('5')] as object[])(
    'takes no options of the kind %o',
    (options) => {
      const { type, message } = refusalOf(() => make(options));

      expect(type).toBe(TypeError);
      expect(message).toMatch(/^options .* is not an object of options: use one, or leave it out$/);
    }
  );

  test('names everything that is wrong, and shows no value of an option that is not known', () => {
    expect(refusalOf(() => make({ secretAccessKey: 'do not show this', bucketOwner: 5, owner: '' })).message).toBe(
      'secretAccessKey is not an option: remove it, or use one of memorydb, s3, allowedBuckets, bucketOwner, manifestEncryption, owner, tagKey, paces, verification; ' +
        'bucketOwner 5 is not an AWS account: use its 12 digits; ' +
        "owner '' is not an owner: use 1 to 255 characters that can be shown, without blanks at the ends"
    );
  });
});

function refusalOf(make: () => unknown): { type: unknown; message: string } {
  try {
    make();
  } catch (error) {
    if (error instanceof Error) return { type: error.constructor, message: error.message };
    throw error;
  }
  throw new Error('the options were accepted');
}

function titleOf(value: unknown): string {
  return inspect(value, { depth: value?.constructor === Object ? 1 : -1, breakLength: Infinity }).slice(0, 80);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A client as another copy of its package makes it: with all of its parts, and no instance of our class. */
function otherCopyOf(client: MemoryDBClient | S3Client): object {
  const { config, middlewareStack } = client;
  class OtherCopy {
    readonly config = config;
    readonly middlewareStack = middlewareStack;
    readonly send = client.send.bind(client);
    readonly destroy = client.destroy.bind(client);
  }
  return new OtherCopy();
}
