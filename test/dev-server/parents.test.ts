import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ChildWorkflowFailure, WorkflowFailedError } from '@temporalio/client';
import type { CopyResult, CopySnapshotInput, ExportResult } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import type { Server, World } from '../support/world';
import { freshCopy, freshExport, inDevWorld, openDevServer } from './dev-world';

const PARENTS = join(__dirname, '..', 'support', 'workflows', 'parents.ts');

interface Parent {
  readonly type: string;
  readonly args: readonly unknown[];
  readonly attempts?: number;
}

/** Starts a parent of the job under an id of its own. */
async function startParent({ env, taskQueue }: World, { type, args, attempts = 1 }: Parent) {
  return env.client.workflow.start(type, {
    args: [...args],
    taskQueue,
    workflowId: `parent-${randomUUID()}`,
    retry: { maximumAttempts: attempts, initialInterval: '100ms' },
  });
}

/** The history of the parent's newest run names this often that the child's id was taken. */
async function countRefusedStarts({ env }: World, workflowId: string): Promise<number> {
  const { events } = await env.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.startChildWorkflowExecutionFailedEventAttributes != null).length;
}

function targetOf(input: CopySnapshotInput): string {
  return input.request.TargetSnapshotName;
}

describeWith('dev server', 'a parent whose earlier run left the job behind', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer(PARENTS);
  });
  afterAll(() => server.close());

  test.for([
    ['failing', 'keep'],
    ['failing', 'delete'],
    ['continuing', 'keep'],
    ['continuing', 'delete'],
  ] as const)('by %s, with onCancel %s, runs it again once that is closed', async ([by, onCancel]) => {
    await inDevWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ copyTakes: '6s' });
      const input = freshCopy({ onCancel });
      const parent = await startParent(world, { type: 'leaveOnce', args: [input, by], attempts: 2 });
      await expect.poll(() => sim.callsTo('CopySnapshot').length).toBe(1);

      await parent.signal('leave');
      const result = (await parent.result()) as CopyResult;

      expect(result.snapshot).toMatchObject({ Name: targetOf(input), Status: 'available' });
      // A copy that is kept is adopted; one that is deleted is made again.
      expect(result.adopted).toBe(onCancel === 'keep');
      expect(sim.callsTo('CopySnapshot')).toHaveLength(onCancel === 'keep' ? 1 : 2);
      expect(sim.callsTo('DeleteSnapshot')).toHaveLength(onCancel === 'keep' ? 0 : 1);
      if (onCancel === 'delete') expect(await countRefusedStarts(world, parent.workflowId)).toBeGreaterThan(0);
    });
  });

  test('by a reset, runs it again', async () => {
    await inDevWorld(server, async (world) => {
      const { sim, env } = world;
      sim.set({ copyTakes: '6s' });
      const input = freshCopy();
      const parent = await startParent(world, { type: 'copyAsChild', args: [input] });
      await expect.poll(() => sim.callsTo('CopySnapshot').length).toBe(1);

      await env.client.workflowService.resetWorkflowExecution({
        namespace: env.namespace ?? 'default',
        workflowExecution: { workflowId: parent.workflowId, runId: parent.firstExecutionRunId },
        workflowTaskFinishEventId: 4 as never,
        requestId: randomUUID(),
        reason: 'a test',
      });
      const result = (await env.client.workflow.getHandle(parent.workflowId).result()) as CopyResult;

      expect(result).toMatchObject({ snapshot: { Name: targetOf(input), Status: 'available' } });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('and that is cancelled while it waits, ends as cancelled', async () => {
    await inDevWorld(server, async (world) => {
      const { sim, env } = world;
      sim.set({ copyTakes: '1h' });
      const input = freshCopy({ onCancel: 'delete' });
      const parent = await startParent(world, { type: 'leaveOnce', args: [input, 'continuing'] });
      await expect.poll(() => sim.callsTo('CopySnapshot').length).toBe(1);
      await parent.signal('leave');
      const newest = env.client.workflow.getHandle(parent.workflowId);
      await expect.poll(() => countRefusedStarts(world, parent.workflowId)).toBeGreaterThan(0);

      await newest.cancel();

      await expect(newest.result()).rejects.toThrow(WorkflowFailedError);
      expect((await newest.describe()).status.name).toBe('CANCELLED');
      sim.setStatus(targetOf(input), 'available'); // lets the child settle
      const child = env.client.workflow.getHandle(`${parent.workflowId}:memorydb-copy:${targetOf(input)}`);
      await expect(child.result()).rejects.toThrow(WorkflowFailedError);
    });
  });

  test('a cancel of the parent cancels the job', async () => {
    await inDevWorld(server, async (world) => {
      const { sim, env } = world;
      sim.set({ copyTakes: '1h' });
      const input = freshCopy();
      const parent = await startParent(world, { type: 'copyAsChild', args: [input] });
      await expect.poll(() => sim.callsTo('CopySnapshot').length).toBe(1);

      await parent.cancel();

      const error: unknown = await parent.result().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).not.toBeInstanceOf(ChildWorkflowFailure);
      const child = env.client.workflow.getHandle(`${parent.workflowId}:memorydb-copy:${targetOf(input)}`);
      const { status, memo } = await child.describe();
      expect(status.name).toBe('CANCELLED');
      expect(memo).toMatchObject({
        memorydbSnapshotsJob: { kind: 'copy', target: targetOf(input) },
        memorydbSnapshots: { outcome: 'kept' },
      });
    });
  });

  test('a job started under its name for exports runs where copyMemoryDBSnapshot alone is re-exported', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ exportTakes: '1s' });
      const input = freshExport();
      const parent = await startParent(world, { type: 'exportAsChild', args: [input] });

      expect((await parent.result()) as ExportResult).toMatchObject({ kind: 'export' });
    });
  });

  test('under a schedule, a backfilled run takes the day that it was scheduled for', async () => {
    await inDevWorld(server, async (world) => {
      const { env, sim, taskQueue } = world;
      sim.set({ copyTakes: '1s' });
      const schedule = await env.client.schedule.create({
        scheduleId: `nightly-${randomUUID()}`,
        spec: { calendars: [{ hour: 3 }] },
        action: { type: 'startWorkflow', workflowType: 'copyOfTheDay', args: [], taskQueue },
        state: { paused: true },
      });
      const from = new Date('2026-03-01T00:00:00Z');

      await schedule.backfill({ start: from, end: new Date('2026-03-02T00:00:00Z'), overlap: 'ALLOW_ALL' });

      const started = async () => (await schedule.describe()).info.recentActions.at(0)?.action.workflow;
      await expect.poll(started).toBeDefined();
      await env.client.workflow.getHandle((await started())?.workflowId ?? '').result();
      expect(await sim.snapshot('prod-2026-03-01')).toMatchObject({ status: 'available' });
      await schedule.delete();
    });
  });
});
