import type { ExportResult, SnapshotJob } from 'temporal-memorydb-snapshots';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { failureOf } from '../support/failures';
import type { Program } from '../support/processes';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, CLUSTER, SOURCE, type Server } from '../support/world';
import { freshExport, inDevWorld, isBetweenLooks, openDevServer, startJob, untilEvent } from './dev-world';
import { test, type WorkerStage } from './worker-stage';

const SHARDS = ['0001', '0002', '0003'];

const manifestSchema = z.looseObject({
  state: z.literal('complete'),
  target: z.string(),
  objects: z.array(z.looseObject({ key: z.string(), etag: z.string(), verdict: z.literal('verified') })),
});

/** Assesses what every export must leave: its objects, each of them read, and one manifest that says so. */
async function expectWhole(sim: MemoryDBSimulator, job: SnapshotJob): Promise<void> {
  const result = (await job.result()) as ExportResult;
  const target = result.manifestKey.replace(/\.manifest\.json$/, '');
  expect(result).toMatchObject({ kind: 'export', bucket: BUCKET });
  expect(result.objects.map(({ key, shard }) => [key, shard])).toEqual(
    SHARDS.map((shard) => [`${target}-${shard}.rdb`, shard])
  );
  const stored = await sim.objects(BUCKET);
  expect(stored.map(({ key }) => key)).toEqual([...result.objects.map(({ key }) => key), result.manifestKey]);
  const text =
    stored
      .find(({ key }) => key === result.manifestKey)
      ?.bytes()
      .toString() ?? '';
  const manifest = manifestSchema.parse(JSON.parse(text));
  expect(manifest.target).toBe(target);
  for (const list of [result.objects, manifest.objects]) {
    expect(list.map(({ key, etag }) => ({ key, etag }))).toEqual(
      stored.filter(({ key }) => key !== result.manifestKey).map(({ key, etag }) => ({ key, etag }))
    );
  }
  const read = sim.callsTo('GetObject').filter(({ outcome }) => outcome === 'ok');
  expect(read.map(({ input }) => input.Key)).toEqual(expect.arrayContaining(result.objects.map(({ key }) => key)));
  expect((await sim.snapshot(SOURCE))?.status).toBe('available');
}

/** How often CopySnapshot took effect, without the calls of which the answer was held back. */
function countAnswered(sim: MemoryDBSimulator): number {
  return sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok').length;
}

/** Two workers, as in a rolling deployment: both poll before there is a job. */
function startTwo({ startWorker }: WorkerStage): Promise<Program[]> {
  return Promise.all([startWorker(), startWorker()]);
}

async function kill(worker: Program): Promise<void> {
  worker.signal('SIGKILL');
  expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
}

describeWith('dev server', 'an export on a real server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer();
  });
  afterAll(() => server.close());

  test.concurrent('writes its objects, reads them, and completes its manifest', async () => {
    await inDevWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ exportTakes: '2s' });

      const input = freshExport();
      const job = await startJob(world, input);

      await expectWhole(sim, job);
      expect(job.workflowId).toMatch(
        new RegExp(`^memorydb-export:${BUCKET}:${input.request.TargetSnapshotName}:[0-9a-f]{16}$`)
      );
      expect(await job.result()).toMatchObject({ adopted: false });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(sim.callsTo('PutObject')).toHaveLength(2);
    });
  });
});

describeWith('dev server', 'a worker process is killed, and its export goes on', () => {
  test.concurrent.for([
    { when: 'after', what: 'accepted', sends: 1, answered: 0 },
    { when: 'before', what: 'on its way', sends: 2, answered: 1 },
  ] as const)('while its CopySnapshot is $what: exactly one is accepted', async (held, { stage }) => {
    const { sim, startExport, findHolder } = stage;
    sim.set({ exportTakes: '2s' });
    const send = sim.fail('CopySnapshot', { connection: 'hang', when: held.when });
    const workers = await startTwo(stage);
    const job = await startExport();
    await send.hit;

    await kill(await findHolder(workers, job));

    await expectWhole(sim, job);
    expect(sim.callsTo('CopySnapshot')).toHaveLength(held.sends);
    expect(countAnswered(sim)).toBe(held.answered);
  });

  test.concurrent(
    'right after a send that took long to come to: the heartbeat that tells of it is lost',
    async ({ stage }) => {
      const { sim, startExport, findHolder } = stage;
      sim.set({ exportTakes: '2s' });
      // Long enough for a heartbeat before the send; the next one is held back, and dies with the worker.
      sim.fail('PutObject', { delayMs: 2_500 });
      const accepted = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });
      const workers = await startTwo(stage);
      const job = await startExport();
      await accepted.hit;

      await kill(await findHolder(workers, job));

      await expectWhole(sim, job);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    }
  );

  test.concurrent('while the keys are waited for', async ({ stage }) => {
    const { sim, skipHour, startExport, findHolder } = stage;
    sim.set({ exportTakes: '1h' });
    const workers = await startTwo(stage);
    const job = await startExport();
    await untilEvent(job, isBetweenLooks);

    await kill(await findHolder(workers, job));
    skipHour();

    await expectWhole(sim, job);
    expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    expect(await job.result()).toMatchObject({ adopted: false });
  });

  test.concurrent('while it reads an object', async ({ stage }) => {
    const { sim, startExport, findHolder } = stage;
    sim.set({ exportTakes: '1s' });
    const isSecond = ({ Key: key = '' }) => key.endsWith('-0002.rdb');
    const reading = sim.fail('GetObject', { connection: 'hang', match: isSecond });
    const workers = await startTwo(stage);
    const job = await startExport();
    await reading.hit;

    await kill(await findHolder(workers, job));

    await expectWhole(sim, job);
    expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    const countReads = (shard: string) =>
      sim.callsTo('GetObject').filter(({ input }) => input.Key?.endsWith(`-${shard}.rdb`)).length;
    expect(countReads('0002')).toBe(countReads('0001') + 1);
    expect(countReads('0003')).toBe(countReads('0001'));
  });

  test.concurrent.for([
    { when: 'after', what: 'written', writes: 2 },
    { when: 'before', what: 'on its way', writes: 3 },
  ] as const)('while its final manifest is $what', async (held, { stage }) => {
    const { sim, startExport, findHolder } = stage;
    sim.set({ exportTakes: '1s' });
    const writing = sim.fail('PutObject', { connection: 'hang', when: held.when, skip: 1 });
    const workers = await startTwo(stage);
    const job = await startExport();
    await writing.hit;

    await kill(await findHolder(workers, job));

    await expectWhole(sim, job);
    expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    expect(sim.callsTo('PutObject')).toHaveLength(held.writes);
  });
});

describeWith('dev server', 'the settings of a worker process for exports', () => {
  test.concurrent('an S3 that has no host names for its buckets', async ({ stage }) => {
    const { sim, env, startWorker, startExport } = stage;
    sim.set({ exportTakes: '1s' });
    const { AWS_ENDPOINT_URL_S3: endpoint = '' } = env;
    await startWorker({
      AWS_ENDPOINT_URL_S3: endpoint.replace('127.0.0.1', 'localhost'),
      SNAPSHOTS_ALLOWED_BUCKETS: `acme-dr,${BUCKET}`,
      SNAPSHOTS_BUCKET_OWNER: '123456789012',
    });

    await expectWhole(sim, await startExport());
  });

  test.concurrent('how objects are read', async ({ stage }) => {
    const { sim, startWorker, startExport } = stage;
    sim.set({ exportTakes: '1s' });
    sim.addSnapshot('large', { cluster: CLUSTER, shardSize: 3 << 20 });
    await startWorker({
      SNAPSHOTS_VERIFY_OBJECTS: '1',
      SNAPSHOTS_VERIFY_RANGES: '1',
      SNAPSHOTS_VERIFY_RANGE_MIB: '1',
    });

    await (await startExport('large')).result();

    const reads = sim.callsTo('GetObject').filter(({ input }) => input.Key?.endsWith('.rdb'));
    const ofOne = ['bytes=0-1048575', 'bytes=1048576-2097151', 'bytes=2097152-3145727'];
    // One object after the other, and one range after the other.
    expect(reads.map(({ input }) => input.Range)).toEqual([...ofOne, ...ofOne, ...ofOne]);
  });

  test.concurrent('a bucket that it does not allow is refused, and not asked for', async ({ stage }) => {
    const { sim, startWorker, startExport } = stage;
    await startWorker({ SNAPSHOTS_ALLOWED_BUCKETS: 'acme-dr' });

    const failure = await failureOf((await startExport()).result());

    expect(failure).toMatchObject({ type: 'InvalidRequest' });
    expect(failure.message).toContain(BUCKET);
    expect(sim.callsTo('HeadBucket')).toEqual([]);
  });

  test.concurrent('a bucket of another account than it was told is refused', async ({ stage }) => {
    const { sim, startWorker, startExport } = stage;
    await startWorker({ SNAPSHOTS_BUCKET_OWNER: '999999999999' });

    await failureOf((await startExport()).result());

    expect(sim.callsTo('HeadBucket').map(({ input }) => input.ExpectedBucketOwner)).toEqual(['999999999999']);
    expect(sim.callsTo('CopySnapshot')).toEqual([]);
  });
});
