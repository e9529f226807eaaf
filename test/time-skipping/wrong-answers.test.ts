import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { serveThrough, type ChangeAnswer } from '../support/serve-through';
import { describeWith } from '../support/temporal-servers';
import { copyOf, exportOf, inWorld, isShardFile, openTimeSkipping, type Server, type World } from '../support/world';

describeWith('time-skipping server', 'answers that cannot be right', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  const verified = { objects: [{ verdict: 'verified' }, { verdict: 'verified' }, { verdict: 'verified' }] };

  for (const operation of ['GetObject', 'HeadObject'] as const) {
    test.for([412, 416, 404])(
      `one %i to ${operation}, though the object is unchanged, is waited out`,
      async (status) => {
        await inWorld(server, async ({ sim, run }) => {
          const script = sim.fail(operation, { httpStatus: status, match: isShardFile, when: 'before' });

          await expect(run(exportOf())).resolves.toMatchObject(verified);

          expect(script.hits).toBe(1);
        });
      }
    );
  }

  test.for([
    { skip: 0, what: 'the claim' },
    { skip: 1, what: 'the manifest' },
  ])('one 412 to the write of $what, though its condition holds, is waited out', async ({ skip }) => {
    await inWorld(server, async ({ sim, run }) => {
      const script = sim.fail('PutObject', { error: 'PreconditionFailed', skip });

      await expect(run(exportOf())).resolves.toMatchObject(verified);

      expect(script.hits).toBe(1);
    });
  });

  /** Runs a job whose listings are changed where they hold all objects; it tells how many were. */
  async function withListings(
    change: (listing: string) => string,
    times: number,
    test: (world: World) => Promise<void>
  ) {
    let target = '';
    let changed = 0;
    const spoil: ChangeAnswer = (_, listing) => {
      if (!listing.includes('-0003.rdb') || changed >= times) return undefined;
      changed += 1;
      return change(listing);
    };
    const endpoint = await serveThrough(() => target, spoil);
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    await inWorld(
      server,
      (world) => {
        target = world.sim.endpoint;
        return test(world);
      },
      { plugin: { s3: { region: 'us-east-1', endpoint, credentials } } }
    );
    return changed;
  }

  const withoutLast = (listing: string) => listing.replace(/<Contents><Key>[^<]*-0003\.rdb.*?<\/Contents>/s, '');

  test.for<readonly [what: string, change: (listing: string) => string]>([
    [
      'a page that is cut, without a token, the last shard not on it',
      (listing) =>
        withoutLast(listing)
          .replace('<KeyCount>3<', '<KeyCount>2<')
          .replace('<IsTruncated>false<', '<IsTruncated>true<'),
    ],
    ['a page that counts one key more than it has', withoutLast],
    [
      'the same token on every page',
      (listing) =>
        listing.replace(
          '<IsTruncated>false<',
          '<NextContinuationToken>YWZ0ZXI6bg==</NextContinuationToken><IsTruncated>true<'
        ),
    ],
  ])('%s: a good export is not condemned', async ([, change]) => {
    const changed = await withListings(change, 20, async ({ run, sim }) => {
      await expect(run(exportOf())).resolves.toMatchObject(verified);

      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(sim.callsTo('ListObjectsV2').length).toBeLessThan(200);
    });
    expect(changed).toBe(20);
  });

  test('a listing without KeyCount is believed', async () => {
    await withListings(
      (listing) => listing.replace(/<KeyCount>\d+<\/KeyCount>/, ''),
      Infinity,
      async ({ run }) => {
        await expect(run(exportOf())).resolves.toMatchObject(verified);
      }
    );
  });

  test('an object that is archived ends the job: it must be restored first', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('GetObject', { error: 'InvalidObjectState', match: isShardFile, times: Infinity });

      expect(await failureOf(run(exportOf()))).toMatchObject({
        type: 'InvalidObjectState',
        nonRetryable: true,
        hint: expect.stringContaining('Restore the object') as string,
      });
    });
  });

  test.for([
    ['PutObject', { error: 'NotImplemented' }],
    ['HeadBucket', { error: 'NotImplemented' }],
    ['HeadObject', { error: 'NotImplemented' }],
    ['CopySnapshot', { error: 'InternalFailure', httpStatus: 501 }],
    ['DescribeSnapshots', { httpStatus: 501 }],
  ] as const)('%s that the endpoint does not do ends the job at once', async ([operation, fault]) => {
    await inWorld(server, async ({ sim, run }) => {
      const script = sim.fail(operation, { ...fault, times: Infinity });

      expect(await failureOf(run(exportOf()))).toMatchObject({
        type: 'NotImplemented',
        nonRetryable: true,
        hint: expect.stringContaining('endpoint') as string,
      });

      expect(script.hits).toBeLessThan(4);
    });
  });

  test('a copy that the endpoint does not do ends the job at once', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('CopySnapshot', { error: 'InternalFailure', httpStatus: 501, times: Infinity });

      expect(await failureOf(run(copyOf()))).toMatchObject({ type: 'NotImplemented', nonRetryable: true });

      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('a bucket that demands an encryption header: option manifestEncryption sends it, and the hint names it', async () => {
    const strict = 'strict-backups';
    const input = exportOf({ request: { TargetBucket: strict } });
    const key = 'arn:aws:kms:us-east-1:123456789012:key/k';

    await inWorld(server, async ({ sim, run }) => {
      sim.addBucket(strict, { demandsEncryption: 'aws:kms' });

      expect(await failureOf(run(input))).toMatchObject({
        type: 'AccessDenied',
        hint: expect.stringContaining('manifestEncryption (SNAPSHOTS_MANIFEST_ENCRYPTION') as string,
      });
    });
    await inWorld(
      server,
      async ({ sim, run }) => {
        sim.addBucket(strict, { demandsEncryption: 'aws:kms' });

        await expect(run(input)).resolves.toMatchObject(verified);

        expect(sim.callsTo('PutObject').map(({ input: { SSEKMSKeyId } }) => SSEKMSKeyId)).toEqual([key, key]);
      },
      { plugin: { manifestEncryption: { algorithm: 'aws:kms', kmsKeyId: key } } }
    );
  });

  test.for(['read', 'write', 'readAcp'] as const)('a bucket whose policy lets MemoryDB not %s', async (grant) => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addBucket('closed-backups', { policy: { [grant]: false } });

      expect(await failureOf(run(exportOf({ request: { TargetBucket: 'closed-backups' } })))).toMatchObject({
        type: 'InvalidParameterValueException',
        hint: expect.stringContaining('us-east-1.memorydb-snapshot.amazonaws.com') as string,
      });
    });
  });

  test('a bucket that is not there is told as that', async () => {
    await inWorld(server, async ({ run }) => {
      expect(await failureOf(run(exportOf({ request: { TargetBucket: 'shop-exportz' } })))).toMatchObject({
        type: 'InvalidRequest',
        message: 'there is no bucket shop-exportz',
      });
    });
  });
});
