import { defaultPayloadConverter, type Client } from '@temporalio/client';
import type { ExportResult, SnapshotJob } from 'temporal-memorydb-snapshots';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { z } from 'zod';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, type Server, isShardFile } from '../support/world';
import { freshCopy, freshExport, inDevWorld, openDevServer, startJob } from './dev-world';
import { test } from './worker-stage';

const MiB = 1 << 20;
const RANGE = 8 * MiB;
const SIZE = 150 * MiB;

/** A snapshot of one shard whose file takes a while. */
function addLarge(sim: MemoryDBSimulator): string {
  sim.addCluster('one', { shards: 1 });
  sim.addSnapshot('large', { cluster: 'one', shardSize: SIZE });
  sim.set({ exportTakes: '1s' });
  return 'large';
}

/** The first byte of the range that a call asks for. */
function startOf({ Range }: { readonly Range?: string | undefined }): number {
  return Number(/^bytes=(\d+)-/.exec(Range ?? '')?.[1]);
}

/** The first bytes of the ranges that were asked for, from the n-th call on. */
function startsOf(sim: MemoryDBSimulator, from = 0): number[] {
  const reads = sim.callsTo('GetObject').filter(({ n, input }) => n > from && isShardFile(input));
  return reads.map(({ input }) => startOf(input));
}

const checkpointSchema = z.object({ scan: z.object({ state: z.object({ offset: z.number() }) }) });

/** Where the last heartbeat that reached the server says that the scan stands; undefined before there is one. */
async function readCheckpoint(client: Client, { workflowId }: SnapshotJob): Promise<number | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  const details = payload && checkpointSchema.safeParse(defaultPayloadConverter.fromPayload(payload));
  return details?.data?.scan.state.offset;
}

/** How many of the pending activities a worker has begun at least once. */
async function countBegun(client: Client, { workflowId }: SnapshotJob): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).filter(({ lastStartedTime }) => lastStartedTime != null).length;
}

async function expectVerified(job: SnapshotJob): Promise<void> {
  const { objects } = (await job.result()) as ExportResult;
  expect(objects).toMatchObject([{ verdict: 'verified', level: 'structure', size: SIZE, s3Checksum: 'matches' }]);
}

describeWith('dev server', 'a large object is read on by another worker', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer();
  });
  afterAll(() => server.close());

  test.concurrent('where the last heartbeat stood, when the first one is killed', async ({ stage }) => {
    const { sim, startWorker, startExport, findHolder } = stage;
    const slow = sim.fail('GetObject', {
      pieceDelayMs: 25,
      times: Infinity,
      match: isShardFile,
    });
    const workers = await Promise.all([startWorker(), startWorker()]);
    const job = await startExport(addLarge(sim));
    // The second heartbeat: the first one tells of a second of reading.
    await vi.waitFor(
      async () => expect((await readCheckpoint(server.env.client, job)) ?? 0).toBeGreaterThan(4 * RANGE),
      { timeout: 60_000, interval: 50 }
    );
    const holder = await findHolder(workers, job);

    holder.signal('SIGKILL');
    await holder.ended;
    const offset = (await readCheckpoint(server.env.client, job)) ?? 0;
    const { length: before } = sim.calls;
    slow.remove();

    await expectVerified(job);
    const after = startsOf(sim, before);
    expect(Math.min(...after)).toBe(offset);
    expect(after).toHaveLength(Math.ceil((SIZE - offset) / RANGE));
    expect(startsOf(sim).filter((start) => start === 0)).toHaveLength(1);
  });

  test.concurrent('where the first one stood, when that is told to end', async ({ stage }) => {
    const { sim, startWorker, startExport, findHolder } = stage;
    const stuck = sim.fail('GetObject', {
      connection: 'hang',
      times: Infinity,
      match: (input) => isShardFile(input) && startOf(input) >= 8 * RANGE,
    });
    const workers = await Promise.all([startWorker(), startWorker()]);
    const job = await startExport(addLarge(sim));
    // Three are in flight: the third one that hangs was asked for when the eighth range was scanned.
    const hanging = () => new Set(startsOf(sim).filter((start) => start >= 8 * RANGE));
    await vi.waitFor(() => expect(hanging().size).toBe(3), { timeout: 60_000 });
    const holder = await findHolder(workers, job);

    holder.signal('SIGTERM');
    expect(await holder.ended).toEqual({ code: 0, signal: null });
    const { length: before } = sim.calls;
    stuck.remove();

    await expectVerified(job);
    const [first = 0] = startsOf(sim, before).sort((a, b) => a - b);
    // The last bytes of the eight ranges are in the middle of a value.
    expect(first).toBeGreaterThan(8 * RANGE - MiB);
    expect(first).toBeLessThanOrEqual(8 * RANGE);
  });

  test.concurrent('where that was broken off, though there was no heartbeat yet', async () => {
    const idle = { taskQueue: 'nobody-asks-here' };
    await inDevWorld(
      server,
      async ({ sim, env, taskQueue, withWorker }) => {
        // Eight ranges come so soon that there is no heartbeat before the worker shuts down.
        const stuck = sim.fail('GetObject', {
          connection: 'hang',
          match: (input) => isShardFile(input) && startOf(input) >= 8 * RANGE,
        });
        const job = await startJob({ env, taskQueue }, freshExport(addLarge(sim)));
        await withWorker(() => stuck.hit, { taskQueue });
        const { length: before } = sim.calls;

        await withWorker(() => expectVerified(job), { taskQueue });

        expect(startsOf(sim, before)[0]).toBeGreaterThan(7 * RANGE);
      },
      { worker: idle, plugin: { verification: { rangesInFlight: 1, rangeBytes: RANGE } } }
    );
  });

  test.concurrent('where reading became impossible for a while', async () => {
    await inDevWorld(
      server,
      async (world) => {
        const { sim } = world;
        const trouble = sim.fail('GetObject', { httpStatus: 503, skip: 4, times: 5, match: isShardFile });

        await expectVerified(await startJob(world, freshExport(addLarge(sim))));

        expect(trouble.hits).toBe(5);
        const starts = startsOf(sim);
        expect(starts.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 4, 4, 4, 4].map((n) => n * RANGE));
        expect(starts[9]).toBeGreaterThan(3 * RANGE);
        expect(starts[9]).toBeLessThanOrEqual(4 * RANGE);
      },
      { plugin: { verification: { rangesInFlight: 1, rangeBytes: RANGE } } }
    );
  });

  test.concurrent('nowhere, when somebody replaced it', async () => {
    await inDevWorld(
      server,
      async (world) => {
        const { sim } = world;
        const input = freshExport(addLarge(sim));
        const key = `${input.request.TargetSnapshotName}-0001.rdb`;
        const reading = sim.fail('GetObject', { connection: 'hang', skip: 4, match: isShardFile });
        const job = await startJob(world, input);
        const ended = failureOf(job.result());
        await reading.hit;

        sim.replaceObject(BUCKET, key, 'theirs');
        reading.release();

        expect(await ended).toMatchObject({
          type: 'ExportVerificationFailed',
          message: `the export is not whole: ${key} (replaced)`,
        });
      },
      { plugin: { verification: { rangesInFlight: 1, rangeBytes: RANGE } } }
    );
  });

  test.concurrent('without keeping others from a worker slot while it waits for its turn', async () => {
    await inDevWorld(
      server,
      async (world) => {
        const { sim, env } = world;
        sim.set({ exportTakes: 0, copyTakes: 0 });
        sim.addCluster('two', { shards: 2 });
        sim.addSnapshot('of-two', { cluster: 'two' });
        const reading = sim.fail('GetObject', { connection: 'hang', times: Infinity, match: isShardFile });
        const exporting = await startJob(world, freshExport('of-two'));
        await reading.hit;
        await vi.waitFor(async () => expect(await countBegun(env.client, exporting)).toBe(2), { timeout: 60_000 });

        // One slot is left, which the other object would hold until it has its turn.
        await (await startJob(world, freshCopy())).result();

        const reads = sim.callsTo('GetObject').filter(({ input }) => isShardFile(input));
        expect(new Set(reads.map(({ input }) => input.Key)).size).toBe(1);
        reading.remove();
        reading.release();
        expect(((await exporting.result()) as ExportResult).objects).toHaveLength(2);
      },
      { worker: { maxConcurrentActivityTaskExecutions: 2 }, plugin: { verification: { objectsAtOnce: 1 } } }
    );
  });

  test.concurrent('never more of them at once than a worker allows, over all its jobs', async () => {
    await inDevWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.set({ exportTakes: 0 });
        const reading = sim.fail('GetObject', { connection: 'hang', times: Infinity, match: isShardFile });
        sim.addSnapshot('other', { cluster: 'prod' });
        const jobs = await Promise.all([startJob(world, freshExport()), startJob(world, freshExport('other'))]);

        const done = Promise.all(jobs.map((job) => job.result()));
        // A read that hangs for long is asked for again.
        const countRead = () =>
          new Set(sim.callsTo('GetObject').flatMap(({ input }) => (isShardFile(input) ? input.Key : []))).size;
        const readTogether: number[] = [];
        for (let read = 0; read < 6; read += 2) {
          await vi.waitFor(() => expect(countRead()).toBeGreaterThanOrEqual(read + 2), { timeout: 60_000 });
          readTogether.push(sim.callsTo('GetObject').filter(({ outcome }) => outcome === 'hung').length);
          reading.release();
        }

        await done;
        expect(readTogether).toEqual([2, 2, 2]);
        expect(sim.callsTo('HeadObject')).toHaveLength(6);
      },
      { plugin: { verification: { objectsAtOnce: 2 } } }
    );
  });
});
