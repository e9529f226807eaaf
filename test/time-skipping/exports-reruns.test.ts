import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, CLUSTER, exportOf, inWorld, openTimeSkipping, type Server } from '../support/world';

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

      expect(failure).toMatchObject({ type: 'PatienceExhausted', phase: 'copying' });
      expect(result).toMatchObject({ kind: 'export', adopted: true });
      expect(sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    });
  });

  test('one that found an object corrupt ends the same way, and asks for no other export', async () => {
    await inWorld(server, async ({ sim, run }) => {
      await run(exportOf(), 'nightly');
      sim.corruptObject(BUCKET, 'nightly-0003.rdb', { at: 1, xor: 0xff });

      for (const failure of [
        await failureOf(run(exportOf(), 'nightly')),
        await failureOf(run(exportOf(), 'nightly')),
      ]) {
        expect(failure).toMatchObject({ type: 'ExportVerificationFailed' });
        expect(failure.message).toContain('nightly-0003.rdb');
      }
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('one whose object was truncated is found out', async () => {
    await inWorld(server, async ({ sim, run }) => {
      await run(exportOf(), 'nightly');
      sim.truncateObject(BUCKET, 'nightly-0001.rdb', 100);

      expect(await failureOf(run(exportOf(), 'nightly'))).toMatchObject({
        type: 'ExportVerificationFailed',
        message: expect.stringContaining('nightly-0001.rdb (no-end)') as string,
      });
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

  test.for([
    { what: 'vanishes', httpStatus: 404 },
    { what: 'has no bytes any more', httpStatus: 416 },
  ])('an object that $what while it is read ends the job', async ({ httpStatus }) => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('GetObject', { httpStatus, match: (input) => JSON.stringify(input).includes('0002.rdb') });

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
