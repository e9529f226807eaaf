import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect } from 'vitest';
import type { Program } from '../support/processes';
import { describeWith } from '../support/temporal-servers';
import { isBetweenLooks, untilEvent } from './dev-world';
import { test, type WorkerStage } from './worker-stage';

/** A copy without any disturbance. */
const UNDISTURBED = 23;

/** Well under the 30 s that orchestrators allow. */
const SOON_MS = 20_000;

/** Two workers, as in a rolling deployment: both poll before there is a job. */
function startTwo({ startWorker }: WorkerStage): Promise<Program[]> {
  const env = { SNAPSHOTS_LOG_LEVEL: 'debug' };
  return Promise.all([startWorker(env), startWorker(env)]);
}

/** The worker that sends CopySnapshot; its log tells. */
function findSender(workers: readonly Program[]): Promise<Program> {
  return Promise.race(
    workers.map(async (worker) => {
      await worker.printed('"activityType":"memorydbStartCopy"');
      return worker;
    })
  );
}

/** Ends the copies that would take for ever. */
async function finishCopies(sim: MemoryDBSimulator): Promise<void> {
  for (const { name } of await sim.snapshots()) sim.setStatus(name, 'available');
}

describeWith('dev server', 'a worker process ends, and its job goes on', () => {
  test.concurrent('killed while a copy is waited for: 2 more events at most', async ({ stage }) => {
    const { sim, startJob, countEvents } = stage;
    sim.set({ copyTakes: '1h' });
    const workers = await startTwo(stage);
    const job = await startJob();
    const sender = await findSender(workers);
    await untilEvent(job, isBetweenLooks);

    sender.signal('SIGKILL');

    expect(await sender.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await finishCopies(sim);
    expect(await job.result()).toMatchObject({ adopted: false, snapshot: { Status: 'available' } });
    expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    expect(await countEvents(job)).toBeLessThanOrEqual(UNDISTURBED + 2);
  });

  test.concurrent('killed while its CopySnapshot is accepted: found, and not made again', async ({ stage }) => {
    const { sim, startJob, countEvents } = stage;
    sim.set({ copyTakes: '1s' });
    const accepted = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });
    const workers = await startTwo(stage);
    const job = await startJob();
    await accepted.hit;
    const sender = await findSender(workers);

    sender.signal('SIGKILL');

    expect(await job.result()).toMatchObject({ adopted: true, snapshot: { Status: 'available' } });
    expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    expect(await countEvents(job)).toBeLessThanOrEqual(UNDISTURBED + 2);
  });

  test.concurrent(
    'told to end in the middle of CopySnapshot: waits for the answer, adds no event',
    async ({ stage, expect }) => {
      const { sim, startJob, countEvents, isBoundTo } = stage;
      sim.set({ copyTakes: '1s' });
      const inFlight = sim.fail('CopySnapshot', { connection: 'hang' });
      const workers = await startTwo(stage);
      const job = await startJob();
      await inFlight.hit;
      const sender = await findSender(workers);

      const told = performance.now();
      sender.signal('SIGTERM');
      await sender.printed('"state":"DRAINING"');
      // An answer that comes before the server knows would wait for this worker: 10 s, and 2 events.
      await expect.poll(() => isBoundTo(sender, job), { timeout: 15_000 }).toBe(false);
      expect(sender.isAlive()).toBe(true);
      inFlight.release();

      expect(await sender.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - told).toBeLessThan(SOON_MS);
      expect(await job.result()).toMatchObject({ adopted: false, snapshot: { Status: 'available' } });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(await countEvents(job)).toBe(UNDISTURBED);
    }
  );

  test.concurrent.for(['SIGINT', 'SIGTERM'] as const)(
    'told by %s between two looks: ends soon',
    async (signal, { stage }) => {
      const { sim, startWorker, startJob, countEvents } = stage;
      sim.set({ copyTakes: '1h' });
      const first = await startWorker();
      const job = await startJob();
      await untilEvent(job, isBetweenLooks);

      const told = performance.now();
      first.signal(signal);

      expect(await first.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - told).toBeLessThan(SOON_MS);
      await startWorker();
      await finishCopies(sim);
      expect(await job.result()).toMatchObject({ snapshot: { Status: 'available' } });
      expect(await countEvents(job)).toBe(UNDISTURBED);
    }
  );

  test.concurrent('told twice: does not wait for the call in flight', async ({ stage }) => {
    const { sim, startWorker, startJob } = stage;
    const inFlight = sim.fail('CopySnapshot', { connection: 'hang' });
    const worker = await startWorker();
    await startJob();
    await inFlight.hit;
    worker.signal('SIGTERM');
    await worker.printed('"state":"DRAINING"');

    worker.signal('SIGTERM');

    expect(await worker.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });
});
