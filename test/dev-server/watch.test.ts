import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import {
  isSnapshotCancelled,
  isSnapshotFailure,
  MemoryDBSnapshotPlugin,
  startSnapshotJob,
  type JobEvent,
  type SnapshotJob,
} from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/temporal-servers';
import { SOURCE, type Server } from '../support/world';
import { freshCopy, freshExport, inDevWorld, isBetweenLooks, openDevServer, startJob, untilEvent } from './dev-world';

async function eventsOf(job: SnapshotJob): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job.watch({ everyMs: 50 })) events.push(event);
  return events;
}

const KEY = randomBytes(32);

/** Encrypts every payload, as an application does that trusts its Temporal server with nothing. */
const encryption: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload => {
        const iv = randomBytes(16);
        const cipher = createCipheriv('aes-256-cbc', KEY, iv);
        const plain = JSON.stringify([payload.metadata, payload.data], (_key, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
        );
        const data = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
        return { metadata: { encoding: Buffer.from('binary/encrypted') }, data };
      })
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload => {
        const bytes = payload.data ?? new Uint8Array();
        const decipher = createDecipheriv('aes-256-cbc', KEY, bytes.subarray(0, 16));
        const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString();
        const [metadata, data] = JSON.parse(plain) as [Record<string, string>, string];
        return {
          metadata: Object.fromEntries(
            Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])
          ),
          data: Buffer.from(data, 'base64'),
        };
      })
    ),
};

describeWith('dev server', 'watch()', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer();
  });
  afterAll(() => server.close());

  test.concurrent('tells of an export how many objects are there, in its own phase', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ exportTakes: '3s' });

      const events = await eventsOf(await startJob(world, freshExport()));

      expect(events.map(({ phase }) => phase)).not.toContain('copying');
      expect(events).toContainEqual(
        expect.objectContaining({
          phase: 'exporting',
          lastAnswer: expect.stringMatching(/: [0-2] of 3 objects are there, the source is exporting$/) as string,
        })
      );
      expect(events.at(-1)?.phase).toBe('completed');
    });
  });

  test.concurrent('tells why a job failed, and what to do', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.removeSnapshot(SOURCE);

      const events = await eventsOf(await startJob(world, freshCopy()));

      expect(events.at(-1)).toMatchObject({
        phase: 'failed',
        failure: {
          type: 'SnapshotNotFoundFault',
          message: `there is no snapshot ${SOURCE}`,
          hint: expect.stringContaining('SourceSnapshotName') as string,
        },
      });
    });
  });

  test.concurrent('tells what a cancelled job left behind', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1h' });
      const job = await startJob(world, freshCopy());
      await untilEvent(job, isBetweenLooks);

      await job.cancel();
      const events = await eventsOf(job);
      const error: unknown = await job.result().catch((reason: unknown) => reason);

      expect(events.at(-1)).toMatchObject({ phase: 'cancelled', leftBehind: { outcome: 'kept' } });
      expect([isSnapshotCancelled(error), isSnapshotFailure(error)]).toEqual([true, false]);
    });
  });

  test.concurrent('says that no worker polls the task queue', async () => {
    const taskQueue = `nobody-${randomUUID()}`;
    const job = await startSnapshotJob(server.env.client, freshCopy(), { taskQueue });

    const event = await untilEvent(job, ({ problem }) => problem !== undefined);

    expect(event).toMatchObject({ phase: 'running', problem: `no worker polls task queue ${taskQueue}` });
    await server.env.client.workflow.getHandle(job.workflowId).terminate();
  });

  test.concurrent('reads what the client itself encrypts, failures and memo included', async () => {
    const dataConverter = {
      payloadCodecs: [encryption],
      failureConverterPath: join(__dirname, 'encoding-failure-converter.cjs'),
    };
    await inDevWorld(server, async ({ sim, env, bundle }) => {
      sim.set({ copyTakes: '1h' });
      const client = new Client({ connection: env.connection, dataConverter });
      const taskQueue = `encrypted-${randomUUID()}`;
      const worker = await Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        workflowBundle: bundle,
        dataConverter,
        plugins: [new MemoryDBSnapshotPlugin(sim.aws)],
      });
      await worker.runUntil(async () => {
        const input = freshCopy();
        const target = input.request.TargetSnapshotName;
        const job = await startSnapshotJob(client, input, { taskQueue });

        const event = await untilEvent(job, isBetweenLooks);
        const { raw, memo } = await client.workflow.getHandle(job.workflowId).describe();

        expect(event).toMatchObject({ phase: 'copying', lastAnswer: `${target} is creating` });
        expect(raw.pendingActivities?.[0]?.lastFailure?.message).toBe('Encoded failure');
        expect(memo).toMatchObject({ memorydbSnapshotsJob: { target } });
        await job.cancel();
        expect((await eventsOf(job)).at(-1)).toMatchObject({ leftBehind: { outcome: 'kept' } });
      });
    });
  });
});
