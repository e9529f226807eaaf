import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { isSnapshotFailure, startSnapshotJob, type JobEvent } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { copyOf, SOURCE, type Server, type World } from '../support/world';
import { freshCopy, inDevWorld, isBetweenLooks, openDevServer, startJob, untilEvent } from './dev-world';

/** A pause before the next try that is seen however rarely the job is looked at. */
const SLOW = { floorMs: 2_000, share: 0, ceilingMs: 2_000 };

async function countEvents({ env }: World, workflowId: string): Promise<number> {
  const { events } = await env.client.workflow.getHandle(workflowId).fetchHistory();
  return events?.length ?? 0;
}

async function runIdOf({ env }: World, workflowId: string): Promise<string> {
  return (await env.client.workflow.getHandle(workflowId).describe()).runId;
}

describeWith('dev server', 'a job on a real server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer();
  });
  afterAll(() => server.close());

  test.concurrent('copies, with 23 events however often it looks', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '4s' });
      const input = freshCopy();
      const target = input.request.TargetSnapshotName;

      const job = await startJob(world, input);
      const result = await job.result();

      expect(job).toMatchObject({ attached: false });
      expect(job.workflowId).toMatch(new RegExp(`^memorydb-copy:${target}:[0-9a-f]{16}$`));
      expect(result).toMatchObject({ adopted: false, snapshot: { Name: target, Status: 'available' } });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(await countEvents(world, job.workflowId)).toBe(23);
    });
  });

  test.concurrent('is watched: phase, attempt, last answer, next try, and the end', async () => {
    await inDevWorld(
      server,
      async (world) => {
        const { sim } = world;
        const input = freshCopy();
        const target = input.request.TargetSnapshotName;
        sim.set({ copyTakes: '1h' });
        sim.fail('CopySnapshot', { error: 'ThrottlingException', message: 'Rate exceeded' });
        const begun = Date.now();

        const events: JobEvent[] = [];
        const job = await startJob(world, input);
        for await (const event of job.watch({ everyMs: 50 })) {
          events.push(event);
          if (isBetweenLooks(event)) sim.setStatus(target, 'available');
        }

        const phases = events.map(({ phase }) => phase).filter((phase) => phase !== 'running');
        expect([...new Set(phases)].slice(-3)).toEqual(['starting', 'copying', 'completed']);
        const throttled = events.find(({ lastAnswer }) => lastAnswer === 'ThrottlingException: Rate exceeded');
        expect(throttled).toMatchObject({ phase: 'starting', attempt: 2 });
        const waiting = events.filter(isBetweenLooks);
        expect(waiting.map(({ lastAnswer }) => lastAnswer)).toContain(`${target} is creating`);
        for (const { nextTry = '' } of waiting) {
          expect(Date.parse(nextTry)).toBeGreaterThan(begun);
          expect(Date.parse(nextTry)).toBeLessThan(begun + 60_000);
        }
        expect(events.at(-1)).toEqual({ phase: 'completed', historyEvents: 23 });
        expect(await countEvents(world, job.workflowId)).toBe(23);
      },
      { plugin: { paces: { poll: SLOW, throttled: SLOW } } }
    );
  });

  test.concurrent('answers a query while it waits', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1h' });
      const input = freshCopy();
      const target = input.request.TargetSnapshotName;
      const job = await startJob(world, input);
      await untilEvent(job, isBetweenLooks);

      const progress = await job.progress();
      world.sim.setStatus(target, 'available');

      expect(progress).toMatchObject({
        phase: 'copying',
        source: SOURCE,
        target,
        waitingFor: 'the copy to become available',
      });
      await job.result();
      expect(await job.progress()).toMatchObject({ phase: 'completed' });
    });
  });

  test.concurrent.for([
    ['keep', 'kept', 'creating'],
    ['delete', 'deleted', undefined],
  ] as const)('is cancelled, with %s: the copy is %s', async ([onCancel, outcome, left]) => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1h' });
      const input = freshCopy({ onCancel });
      const target = input.request.TargetSnapshotName;
      const job = await startJob(world, input);
      await untilEvent(job, isBetweenLooks);
      expect(await job.leftBehind()).toBeUndefined();

      await job.cancel();
      if (onCancel === 'delete') {
        // A copy that was available before the cancel took effect would be the job's result.
        await untilEvent(job, ({ phase }) => phase === 'cancelling');
        world.sim.setStatus(target, 'available');
      }

      await expect(job.result()).rejects.toThrow(WorkflowFailedError);
      const leftBehind = await job.leftBehind();
      expect(leftBehind).toMatchObject({ outcome });
      expect(leftBehind?.detail).toContain(target);
      expect(await job.progress()).toMatchObject({ phase: 'cancelled', cancelled: leftBehind });
      expect((await world.sim.snapshot(target))?.status).toBe(left);
    });
  });

  test.concurrent('is one job, however often it is started while it runs', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1h' });
      const input = freshCopy();
      const starts = [startJob(world, input), startJob(world, input), startJob(world, input)];

      const jobs = await Promise.all(starts);
      const runs = await Promise.all(jobs.map(({ workflowId }) => runIdOf(world, workflowId)));
      await Promise.all(jobs.map((job) => untilEvent(job, isBetweenLooks)));
      world.sim.setStatus(input.request.TargetSnapshotName, 'available');
      const results = await Promise.all(jobs.map((job) => job.result()));

      expect(jobs.filter(({ attached }) => !attached)).toHaveLength(1);
      expect(new Set(runs).size).toBe(1);
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test.concurrent('refuses whoever attaches with other options', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1h' });
      const input = freshCopy();
      const job = await startJob(world, input);

      const failure = await failureOf(startJob(world, { ...input, onCancel: 'delete' }));

      expect(failure).toMatchObject({ type: 'RequestMismatch', nonRetryable: true });
      expect(failure.message).toContain(job.workflowId);
      await untilEvent(job, isBetweenLooks);
      world.sim.setStatus(input.request.TargetSnapshotName, 'available');
      expect(await job.result()).toMatchObject({ adopted: false });
    });
  });

  test.concurrent('runs again once it is closed, and adopts what it made', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1s' });
      const input = freshCopy();
      const first = await startJob(world, input);
      const firstRun = await runIdOf(world, first.workflowId);
      const made = await first.result();

      const again = await startJob(world, input);
      const found = await again.result();

      expect(again).toMatchObject({ workflowId: first.workflowId, attached: false });
      expect(await runIdOf(world, again.workflowId)).not.toBe(firstRun);
      expect(made).toMatchObject({ adopted: false });
      expect(found).toEqual({ ...made, adopted: true });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test.concurrent('is refused for bad input before anything is sent', async () => {
    await inDevWorld(server, async (world) => {
      const { env, sim, taskQueue, run } = world;
      const bad = copyOf({ request: { TargetSnapshotName: SOURCE } });
      const workflowId = `refused-${taskQueue}`;

      const byClient = await failureOf(startSnapshotJob(env.client, bad, { taskQueue, workflowId }));
      const byWorker: unknown = await run(bad).catch((err: unknown) => err);

      expect(byClient).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
      await expect(env.client.workflow.getHandle(workflowId).describe()).rejects.toThrow(WorkflowNotFoundError);
      expect(isSnapshotFailure(byWorker, 'InvalidRequest')).toBe(true);
      expect(sim.calls).toEqual([]);
    });
  });
});
