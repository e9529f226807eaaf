import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseManifest, type Manifest } from '../../src/aws/manifest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import {
  BUCKET,
  CLUSTER,
  exportOf,
  inWorld,
  isShardFile,
  openTimeSkipping,
  SOURCE,
  type Server,
  type World,
} from '../support/world';

async function manifestOf({ sim }: World): Promise<Manifest | undefined> {
  const object = await sim.object(BUCKET, 'nightly.manifest.json');
  return object && parseManifest(object.bytes().toString());
}

describeWith('time-skipping server', 'exports that are run again', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test('one that ran out of patience goes on from what is there', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ exportTakes: '2h' });

      const failure = await failureOf(run(exportOf({ patience: { copy: '30m' } }), 'nightly'));
      const result = await run(exportOf(), 'nightly');

      expect(failure).toMatchObject({ type: 'PatienceExhausted', phase: 'exporting' });
      expect(result).toMatchObject({ kind: 'export', adopted: true });
      expect(sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    });
  });

  test('one that found an object corrupt ends the same way at once, and asks for no other export', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      sim.set({ exportTakes: '1h' });
      const job = await world.start(exportOf(), 'nightly');
      await sim.calledTimes('CopySnapshot', 1);
      sim.corruptObject(BUCKET, 'nightly-0003.rdb', { at: 1, xor: 0xff });

      const first = await failureOf(job.result());
      const reads = sim.callsTo('GetObject').filter(({ input }) => isShardFile(input)).length;
      const again = await failureOf(run(exportOf({ verify: 'header' }), 'nightly'));

      const failure = {
        type: 'ExportVerificationFailed',
        message: expect.stringContaining('nightly-0003.rdb (not-rdb at byte 0)') as string,
      };
      expect(first).toMatchObject(failure);
      expect(again).toMatchObject({ ...failure, phase: 'inspecting' });
      expect(reads).toBeGreaterThan(0);
      expect(sim.callsTo('GetObject').filter(({ input }) => isShardFile(input))).toHaveLength(reads);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      const [good, , bad] = (await manifestOf(world))?.objects ?? [];
      expect(bad).toMatchObject({ verdict: 'corrupt', reason: 'not-rdb', offset: 0 });
      expect(good).not.toHaveProperty('verdict');
    });
  });

  test('one whose object rotted since is found out, and its manifest is no proof any more', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      await run(exportOf(), 'nightly');
      sim.corruptObject(BUCKET, 'nightly-0001.rdb', { at: 1, xor: 0xff, keepEtag: true });

      for (const phase of ['verifying', 'inspecting']) {
        expect(await failureOf(run(exportOf(), 'nightly'))).toMatchObject({
          type: 'ExportVerificationFailed',
          phase,
          message: expect.stringContaining('nightly-0001.rdb (not-rdb at byte 0)') as string,
        });
      }
      expect(await manifestOf(world)).toMatchObject({ state: 'claimed' });
    });
  });

  test('one whose object was replaced since is not certified, though the other one is a whole file of that shard', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      sim.addSnapshot('another', { cluster: CLUSTER });
      await run(exportOf({ request: { SourceSnapshotName: 'another', TargetSnapshotName: 'another' } }));
      await run(exportOf(), 'nightly');
      const complete = await manifestOf(world);
      const other = await sim.object(BUCKET, 'another-0002.rdb');
      sim.replaceObject(BUCKET, 'nightly-0002.rdb', other?.bytes() ?? '');

      expect(await failureOf(run(exportOf(), 'nightly'))).toMatchObject({
        type: 'ExportVerificationFailed',
        message: 'the export is not whole: nightly-0002.rdb (replaced since an earlier run)',
      });
      expect(await manifestOf(world)).toEqual(complete);
    });
  });

  test('with a level that reads less it leaves the proof as it is', async () => {
    await inWorld(server, async (world) => {
      await world.run(exportOf({ verify: 'deep' }), 'nightly');
      const complete = await manifestOf(world);

      await expect(world.run(exportOf({ verify: 'presence' }), 'nightly')).resolves.toMatchObject({
        objects: [{ level: 'presence' }, {}, {}],
      });
      expect(await manifestOf(world)).toEqual(complete);
    });
  });

  test('one whose objects are gone exports anew, and until all are there its manifest is a claim', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      await run(exportOf(), 'nightly');
      for (const shard of ['0001', '0002', '0003']) sim.deleteObject(BUCKET, `nightly-${shard}.rdb`);
      sim.set({ exportTakes: '2h', exportLoses: ['0003'] });

      expect(await failureOf(run(exportOf(), 'nightly'))).toMatchObject({ type: 'ExportIncomplete' });
      const claim = await manifestOf(world);
      expect(claim).toMatchObject({ state: 'claimed', missing: ['nightly-0003.rdb'] });
      expect(claim?.objects.filter((object) => 'verdict' in object || 'etag' in object)).toEqual([]);
    });
  });

  test('one whose object was away and is back is complete again', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      await run(exportOf(), 'nightly');
      const before = await manifestOf(world);
      const file = await sim.object(BUCKET, 'nightly-0003.rdb');
      sim.deleteObject(BUCKET, 'nightly-0003.rdb');
      expect(await failureOf(run(exportOf(), 'nightly'))).toMatchObject({ type: 'ExportIncomplete' });
      expect(await manifestOf(world)).toMatchObject({ state: 'claimed', missing: ['nightly-0003.rdb'] });

      sim.putObject(BUCKET, 'nightly-0003.rdb', file?.bytes() ?? '');
      await run(exportOf(), 'nightly');

      const after = await manifestOf(world);
      expect(after).toMatchObject({ state: 'complete', objects: before?.objects.map(({ key }) => ({ key })) });
      expect(after).not.toHaveProperty('missing');
    });
  });

  test('an object behind a delete marker is missing', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addBucket('versioned', { versioned: true });
      const input = exportOf({ request: { TargetBucket: 'versioned' } });
      await run(input, 'nightly');
      sim.deleteObject('versioned', 'nightly-0002.rdb');

      expect(await failureOf(run(input, 'nightly'))).toMatchObject({
        type: 'ExportIncomplete',
        message: expect.stringContaining('nightly-0002.rdb') as string,
      });
    });
  });

  test.for<readonly [what: string, change: (sim: MemoryDBSimulator, key: string) => void]>([
    ['vanishes', (sim, key) => sim.deleteObject(BUCKET, key)],
    ['has no bytes any more', (sim, key) => sim.putObject(BUCKET, key, '')],
  ])('an object that %s while it is read ends the job', async ([, change]) => {
    await inWorld(server, async ({ sim, run }) => {
      let changed = false;
      sim.fail('GetObject', {
        delayMs: 0,
        match: ({ Key = '' }) => {
          if (Key.endsWith('0002.rdb') && !changed) change(sim, Key);
          changed ||= Key.endsWith('0002.rdb');
          return false;
        },
      });

      expect(await failureOf(run(exportOf()))).toMatchObject({ type: 'ExportVerificationFailed' });
    });
  });

  test('a slow S3 is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('GetObject', { pieceDelayMs: 50, times: 3 });

      await expect(run(exportOf())).resolves.toMatchObject({ kind: 'export' });
    });
  });

  test('level presence asks only whether the objects are there', async () => {
    await inWorld(server, async ({ sim, run }) => {
      await expect(run(exportOf({ verify: 'presence' }))).resolves.toMatchObject({
        objects: [{ level: 'presence', verdict: 'unproven' }, {}, {}],
      });

      expect(sim.callsTo('HeadObject')).toHaveLength(3);
    });
  });

  test('a cluster with data tiering is refused before anything is sent', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addCluster('tiered', { dataTiering: true });
      sim.addSnapshot('of-tiered', { cluster: 'tiered' });

      expect(await failureOf(run(exportOf({ request: { SourceSnapshotName: 'of-tiered' } })))).toMatchObject({
        type: 'InvalidRequest',
        message: expect.stringContaining('data tiering') as string,
      });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
    });
  });

  test('a source whose shards make no whole is refused before anything is sent', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addCluster('gapped', { shards: 3, slots: ['0-5000', '5001-9999', '9000-16000'] });
      sim.addSnapshot('of-gapped', { cluster: 'gapped' });

      expect(await failureOf(run(exportOf({ request: { SourceSnapshotName: 'of-gapped' } })))).toMatchObject({
        type: 'InvalidRequest',
        phase: 'inspecting',
        message: expect.stringContaining(
          'no shard has the slots 16001-16383; more than one shard has the slots 9000-9999'
        ) as string,
      });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
      expect(sim.callsTo('PutObject')).toHaveLength(0);
    });
  });

  test("what AWS says of a customer's key, and of a bucket that grants nothing, reaches the caller", async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.addSnapshot('locked', { cluster: CLUSTER, kmsKeyId: 'key-1' });
      sim.addBucket('closed', { policy: { write: false } });

      expect(await failureOf(run(exportOf({ request: { SourceSnapshotName: 'locked' } })))).toMatchObject({
        type: 'InvalidParameterCombinationException',
      });
      expect(await failureOf(run(exportOf({ request: { TargetBucket: 'closed' } })))).toMatchObject({
        type: 'InvalidParameterValueException',
        message: expect.stringContaining('permissions') as string,
      });
    });
  });
});

describeWith('time-skipping server', 'exports that are run again when their source is gone', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  const readManifest = ({ sim }: World) => sim.object(BUCKET, 'nightly.manifest.json');

  /** Runs a job, lets `change` happen, and runs it again; the second run must send and write nothing. */
  async function runAgain<T>(
    world: World,
    change: () => void,
    second: () => Promise<T>
  ): Promise<{ readonly again: T; readonly calls: World['sim']['calls'] }> {
    await world.run(exportOf(), 'nightly').catch(() => undefined);
    const before = world.sim.calls.length;
    change();
    const again = await second();
    const calls = world.sim.calls.slice(before);
    expect(calls.filter(({ operation }) => ['CopySnapshot', 'PutObject', 'DeleteObject'].includes(operation))).toEqual(
      []
    );
    return { again, calls };
  }

  test('it is proven again from its manifest, which stays as it is', async () => {
    await inWorld(server, async (world) => {
      const first = await world.run(exportOf(), 'nightly');
      const manifest = await readManifest(world);

      const { again, calls } = await runAgain(
        world,
        () => world.sim.removeSnapshot(SOURCE),
        () => world.run(exportOf(), 'nightly')
      );

      expect(again).toEqual({ ...first, adopted: true });
      expect(await readManifest(world)).toMatchObject({ etag: manifest?.etag });
      // The account is known from the manifest: only the look into that comes before.
      const unguarded = calls.filter(
        ({ operation, input }) =>
          /Object|Bucket/.test(operation) && !JSON.stringify(input).includes('ExpectedBucketOwner')
      );
      expect(unguarded).toMatchObject([{ operation: 'GetObject', input: { Key: 'nightly.manifest.json' } }]);
    });
  });

  test('the same while the source is being deleted', async () => {
    await inWorld(server, async (world) => {
      const { again } = await runAgain(
        world,
        () => world.sim.setStatus(SOURCE, 'deleting'),
        () => world.run(exportOf(), 'nightly')
      );

      expect(again).toMatchObject({ kind: 'export', adopted: true });
    });
  });

  test('a claim whose keys are all there is completed', async () => {
    await inWorld(server, async (world) => {
      const { env, sim, run } = world;
      sim.set({ exportTakes: '2h' });
      expect(await failureOf(run(exportOf({ patience: { copy: '30m' } }), 'nightly'))).toMatchObject({
        type: 'PatienceExhausted',
      });
      await env.sleep('3h');
      const claim = await readManifest(world);
      sim.removeSnapshot(SOURCE);

      await expect(run(exportOf(), 'nightly')).resolves.toMatchObject({ kind: 'export', adopted: true });

      const [before, after] = [claim, await readManifest(world)].map(
        (object) => JSON.parse(object?.bytes().toString() ?? '{}') as { state?: string; source?: unknown }
      );
      expect([before?.state, after?.state]).toEqual(['claimed', 'complete']);
      expect(after?.source).toEqual(before?.source);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('one that ended incomplete ends the same way, naming the keys', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportLoses: ['0002'] });

      const { again } = await runAgain(
        world,
        () => world.sim.removeSnapshot(SOURCE),
        () => failureOf(world.run(exportOf(), 'nightly'))
      );

      expect(again).toMatchObject({ type: 'ExportIncomplete', phase: 'inspecting' });
      expect(again.message).toContain('nightly-0002.rdb');
    });
  });

  test.for<readonly [what: string, change: (world: World) => unknown]>([
    ['a key was deleted since', ({ sim }) => sim.deleteObject(BUCKET, 'nightly-0003.rdb')],
    ['the manifest was deleted since', ({ sim }) => sim.deleteObject(BUCKET, 'nightly.manifest.json')],
    ['the manifest is none', ({ sim }) => sim.replaceObject(BUCKET, 'nightly.manifest.json', '{}')],
    ['nobody may read it', ({ sim }) => sim.fail('GetObject', { error: 'AccessDenied', times: 9 })],
  ])('without the source there is nothing to prove where %s', async ([, change]) => {
    await inWorld(server, async (world) => {
      const { again } = await runAgain(
        world,
        () => {
          world.sim.removeSnapshot(SOURCE);
          change(world);
        },
        () => failureOf(world.run(exportOf(), 'nightly'))
      );

      expect(again).toMatchObject({ type: 'SnapshotNotFoundFault', phase: 'inspecting' });
    });
  });

  test.for([
    { whose: 'another job', input: exportOf(), workflowId: 'weekly' },
    { whose: 'another request', input: exportOf({ request: { Tags: [{ Key: 'a' }] } }), workflowId: 'nightly' },
  ])('the manifest of $whose tells nothing of a source that is gone', async ({ input, workflowId }) => {
    await inWorld(server, async (world) => {
      const { again } = await runAgain(
        world,
        () => world.sim.removeSnapshot(SOURCE),
        () => failureOf(world.run(input, workflowId))
      );

      expect(again).toMatchObject({ type: 'SnapshotNotFoundFault', phase: 'inspecting' });
    });
  });

  test('trouble with S3 is waited out before the source is called missing', async () => {
    await inWorld(server, async (world) => {
      const { again } = await runAgain(
        world,
        () => {
          world.sim.removeSnapshot(SOURCE);
          world.sim.fail('GetObject', { error: 'SlowDown', httpStatus: 503, times: 3 });
        },
        () => world.run(exportOf(), 'nightly')
      );

      expect(again).toMatchObject({ kind: 'export', adopted: true });
    });
  });
});
