import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { getSnapshotJob } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith, devServer, temporalCli } from '../support/temporal-servers';
import { copyOf, exportOf, type Server } from '../support/world';
import { openDevServer } from './dev-world';

const PARENTS = join(__dirname, '..', 'support', 'workflows', 'parents.ts');

const COPY_PLAN = {
  kind: 'copy',
  source: 'nightly',
  target: 'nightly-copy',
  tags: [{ Key: 'k', Value: '' }],
  ownership: { key: 'k', jobHash: '0', requestHash: '0' },
  targetExisted: false,
  patience: { startMs: 60_000, copyMs: 60_000 },
  onCancel: 'delete',
};
const EXPORT_PLAN = {
  ...COPY_PLAN,
  kind: 'export',
  bucket: 'acme-backups',
  bucketOwner: '123456789012',
  manifestKey: 'nightly-copy.manifest.json',
  sourceArn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly',
  level: 'structure',
  shards: [{ shard: '0001', slots: '0-16383' }],
};
const STARTED = { adopted: false };
const SEEN = { kind: 'export seen', objects: [{ shard: '0001', size: 9, etag: '"e"' }] };
const COPIED = { kind: 'copy', adopted: false, snapshot: { Name: 'a', ARN: 'arn', Status: 'available' } };

/** An activity, what completes those before it, and results that are not its own. */
type Row = readonly [activity: string, before: readonly unknown[], wrong: readonly unknown[]];

const OF_A_COPY: readonly Row[] = [
  [
    'memorydbInspectSource',
    [],
    [
      'nightly',
      [COPY_PLAN],
      {},
      { ...COPY_PLAN, kind: 'move' },
      { ...COPY_PLAN, source: null },
      { ...COPY_PLAN, patience: { startMs: '26h', copyMs: 1 } },
      { ...COPY_PLAN, patience: null },
      { ...COPY_PLAN, ownership: [] },
      { ...EXPORT_PLAN, shards: null },
      { ...EXPORT_PLAN, shards: [null] },
      { ...EXPORT_PLAN, level: 'deeper' },
    ],
  ],
  ['memorydbStartCopy', [COPY_PLAN], [true, {}, { adopted: 'no' }]],
  ['memorydbAwaitCopy', [COPY_PLAN, STARTED], ['available', {}, { ...COPIED, snapshot: null }, SEEN]],
];

const OF_AN_EXPORT: readonly Row[] = [
  [
    'memorydbAwaitCopy',
    [EXPORT_PLAN, STARTED],
    [
      COPIED,
      { ...SEEN, objects: null },
      { ...SEEN, objects: ['0001'] },
      { ...SEEN, objects: [{ shard: '0001', size: '9', etag: '"e"' }] },
    ],
  ],
  ['memorydbVerifyObject', [EXPORT_PLAN, STARTED, SEEN], ['verified', {}, { verdict: 'fine' }]],
];

describeWith(['dev server', 'Temporal CLI'], 'an activity that an operator completes by hand', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer(PARENTS);
  });
  afterAll(() => server.close());

  test.concurrent.for([...OF_A_COPY, ...OF_AN_EXPORT])('%s', async ([activity, before, wrong]) => {
    await withoutActivities(server, async (start) => {
      for (const result of [null, ...wrong]) {
        const job = await start('copyMemoryDBSnapshot', copyOf());
        for (const right of before) await complete(job, right);

        // The command of the operators' for the commonest slip, the client for the others.
        await (result === null ? completeByCommand(job, 'null') : complete(job, result));

        expect(await failureOf(job.handle.result())).toMatchObject({
          type: 'InvalidResult',
          nonRetryable: true,
          message: expect.stringContaining(`${activity} was completed by hand with `) as string,
          hint: expect.stringContaining('reset the workflow') as string,
        });
      }
    });
  });

  test.concurrent('memorydbConcludeExport, whose result is not read', async () => {
    await withoutActivities(server, async (start) => {
      const job = await start('copyMemoryDBSnapshot', exportOf());
      for (const right of [EXPORT_PLAN, STARTED, SEEN, { verdict: 'verified' }]) await complete(job, right);

      await completeByCommand(job, 'null');

      expect(await job.handle.result()).toMatchObject({ kind: 'export', objects: [{ verdict: 'verified' }] });
    });
  });

  test.concurrent('memorydbDiscardCopy: the cancel stays one, and says what is not known', async () => {
    await withoutActivities(server, async (start) => {
      for (const result of [null, 'deleted', { outcome: 'gone', detail: '' }, { outcome: 'kept', detail: null }]) {
        const job = await start('copyMemoryDBSnapshot', copyOf());
        await complete(job, COPY_PLAN);
        await pendingActivity(job);
        await job.handle.cancel();

        const isDiscard = 'memorydbDiscardCopy';
        await (result === null ? completeByCommand(job, 'null', isDiscard) : complete(job, result, isDiscard));

        await expect(job.handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
        expect(await getSnapshotJob(server.env.client, job.handle.workflowId).leftBehind()).toEqual({
          outcome: 'kept',
          detail: expect.stringContaining('memorydbDiscardCopy was completed by hand with ') as string,
        });
      }
    });
  });

  test.concurrent('memorydbFindLatest', async () => {
    await withoutActivities(server, async (start) => {
      for (const result of [null, 7, '', { name: 'nightly' }]) {
        const job = await start('findNewest', 'prod');

        await (result === null ? completeByCommand(job, 'null') : complete(job, result));

        expect(await failureOf(job.handle.result())).toMatchObject({ type: 'InvalidResult' });
      }
    });
  });
});

interface Job {
  readonly client: Client;
  readonly handle: WorkflowHandle;
}

/** Runs a worker that knows the workflows alone: activities wait for the operator. */
async function withoutActivities(
  { env, bundle }: Server,
  test: (start: (type: string, input: unknown) => Promise<Job>) => Promise<void>
): Promise<void> {
  const taskQueue = `by-hand-${randomUUID()}`;
  const worker = await Worker.create({ connection: env.nativeConnection, taskQueue, workflowBundle: bundle });
  const { client } = env;
  await worker.runUntil(
    test(async (type, input) => ({
      client,
      handle: await client.workflow.start(type, { args: [input], taskQueue, workflowId: randomUUID() }),
    }))
  );
}

/** Waits for the activity that the job waits for, and gives its id. */
async function pendingActivity({ handle }: Job, type?: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const { raw } = await handle.describe();
      const [pending] = raw.pendingActivities ?? [];
      if (type !== undefined) expect(pending?.activityType?.name).toBe(type);
      expect(pending?.activityId).toBeTypeOf('string');
      return pending?.activityId ?? '';
    },
    { timeout: 30_000, interval: 20 }
  );
}

async function complete(job: Job, result: unknown, type?: string): Promise<void> {
  const activityId = await pendingActivity(job, type);
  await job.client.activity.complete({ workflowId: job.handle.workflowId, activityId }, result);
  await untilGone(job, activityId);
}

async function completeByCommand(job: Job, result: string, type?: string): Promise<void> {
  const { address, namespace } = devServer();
  const activityId = await pendingActivity(job, type);
  const where = ['--address', address, '--namespace', namespace, '--workflow-id', job.handle.workflowId];
  await promisify(execFile)(
    temporalCli(),
    ['activity', 'complete', ...where, '--activity-id', activityId, '--result', result],
    { env: { HOME: tmpdir() } }
  );
}

/** The next activity has another id; a complete one is pending no more. */
async function untilGone({ handle }: Job, activityId: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities?.map((pending) => pending.activityId) ?? []).not.toContain(activityId);
    },
    { timeout: 30_000, interval: 20 }
  );
}
