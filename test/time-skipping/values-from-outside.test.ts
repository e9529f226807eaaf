import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import {
  findSnapshotFailure,
  getSnapshotJob,
  startSnapshotJob,
  type CopySnapshotInput,
} from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileText } from '../support/arbitrary-text';
import { serve } from '../support/serve';
import { describeWith } from '../support/temporal-servers';
import { copyOf, exportOf, inWorld, openTimeSkipping, SOURCE, type Server, type World } from '../support/world';

const PARENTS = join(__dirname, '..', 'support', 'workflows', 'parents.ts');

/** Each place of an input that holds a text, or the name of a field. */
const PLACES: readonly ((text: string) => unknown)[] = [
  (text) => text,
  (text) => [text],
  (text) => ({ [text]: text }),
  (text) => ({ request: text }),
  (text) => copyOf({ request: { [text]: text } }),
  (text) => copyOf({ request: { SourceSnapshotName: text } }),
  (text) => copyOf({ request: { TargetSnapshotName: text } }),
  (text) => copyOf({ request: { KmsKeyId: text } }),
  (text) => copyOf({ request: { Tags: [{ Key: text, Value: 'v' }] } }),
  (text) => copyOf({ request: { Tags: [{ Key: 'k', Value: text }] } }),
  (text) => exportOf({ request: { SourceSnapshotName: text } }),
  (text) => exportOf({ request: { TargetSnapshotName: text } }),
  (text) => exportOf({ request: { TargetBucket: text } }),
  (text) => ({ ...exportOf(), verify: text }),
  (text) => ({ ...copyOf(), onCancel: text }),
  (text) => ({ ...copyOf(), patience: { start: text, [text]: text } }),
];

/** How a job comes by its input. */
const WAYS: Readonly<Record<string, (world: World, input: unknown) => Promise<unknown>>> = {
  'as a workflow': ({ env, taskQueue }, input) =>
    env.client.workflow.execute('copyMemoryDBSnapshot', { args: [input], taskQueue, workflowId: randomUUID() }),
  'as a child': ({ env, taskQueue }, input) =>
    env.client.workflow.execute('copyAsChild', { args: [input], taskQueue, workflowId: randomUUID() }),
  'from a client': async ({ env, taskQueue }, input) =>
    (await startSnapshotJob(env.client, input as CopySnapshotInput, { taskQueue })).result(),
};

describeWith('time-skipping server', 'a text from outside ends no worker', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping(PARENTS);
  });
  afterAll(() => server.close());

  test.for(Object.entries(WAYS))('in any field of an input: %s', async ([, run]) => {
    await inWorld(server, async (world) => {
      world.sim.set({ quota: 1_000 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...PLACES), hostileText, async (place, text) => {
          await expectSettled(run(world, place(text)));
          await expectOrdinaryJob(world);
        }),
        { numRuns: 25 }
      );
    });
  });

  test('in a query for the latest snapshot, and in the names of task queues', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ quota: 1_000 });
      const execute = (type: string, ...args: unknown[]) =>
        world.env.client.workflow.execute(type, { args, taskQueue: world.taskQueue, workflowId: randomUUID() });
      const calls: readonly ((text: string) => Promise<unknown>)[] = [
        (text) => execute('findNewest', text),
        (text) => execute('findNewest', { [text]: text }),
        (text) => execute('findNewest', 'prod', { kind: text }),
        (text) => execute('findNewest', 'prod', { maxAge: text }),
        (text) => execute('findNewest', 'prod', { [text]: text }),
        (text) => execute('findNewest', 'prod', text),
        (text) => execute('findNewest', 'prod', { taskQueue: `${text}\ud83d` }),
        (text) => execute('copyAsChild', copyOf(), { taskQueue: `${text}\ud83d` }),
      ];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...calls), hostileText, async (call, text) => {
          await expectSettled(call(text));
          await expectOrdinaryJob(world);
        }),
        { numRuns: 25 }
      );
    });
  });
  test('as the id of a job or the name of its task queue, from a client', async () => {
    await inWorld(server, async (world) => {
      const { client } = world.env;
      await fc.assert(
        fc.asyncProperty(hostileText, async (text) => {
          const bad = `${text}\ud83d`;
          const refused = { type: 'InvalidRequest' };
          await expect(startSnapshotJob(client, copyOf(), { workflowId: bad })).rejects.toMatchObject(refused);
          await expect(startSnapshotJob(client, copyOf(), { taskQueue: bad })).rejects.toMatchObject(refused);
          expect(() => getSnapshotJob(client, bad)).toThrow(expect.objectContaining(refused) as Error);
        })
      );
      await expectOrdinaryJob(world);
    });
  });

  test('in a refusal of MemoryDB, its name or its words', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ quota: 1_000 });
      const operations = fc.constantFrom('DescribeSnapshots' as const, 'CopySnapshot' as const, 'ListTags' as const);
      const names = fc.oneof(
        hostileText.filter((name) => name.trim() !== ''),
        fc.constantFrom('AccessDeniedException', 'InvalidParameterValueException', 'ThrottlingException')
      );
      await fc.assert(
        fc.asyncProperty(operations, names, hostileText, async (operation, error, message) => {
          world.sim.fail(operation, { error, message });
          await expectSettled(world.run(freshCopy()));
          await expectOrdinaryJob(world);
        }),
        { numRuns: 25 }
      );
    });
  });

  test('in the current details, where it is no markup', async () => {
    await inWorld(server, async (world) => {
      const SourceSnapshotName = 'a`b [c](http://d) <img>';
      const job = await world.start(copyOf({ request: { SourceSnapshotName, TargetSnapshotName: 'a\n# b`' } }));
      await expectSettled(job.result());

      const { currentDetails } = await job.query<{ currentDetails: string }>('__temporal_workflow_metadata');

      expect(currentDetails).toContain('`a\\u{60}b [c](http://d) <img>`');
      expect(currentDetails).toContain('`a\\u{a}# b\\u{60}`');
    });
  });

  test('in any field of what MemoryDB answers', async () => {
    const spoilt: { sim?: string; field?: string | undefined; text?: string } = {};
    const endpoint = await serve((request, response) => {
      void forward(request, spoilt.sim ?? '').then(({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(replace(body, spoilt.field, spoilt.text)));
      });
    });
    await inWorld(
      server,
      async (world) => {
        world.sim.set({ quota: 1_000 });
        world.sim.setTags(SOURCE, [{ Key: 'team', Value: 'data' }]);
        const fields = fc.constantFrom(
          'Name',
          'ARN',
          'Status',
          'Source',
          'Slots',
          'Engine',
          'Key',
          'Value',
          'KmsKeyId'
        );
        const patience = { start: '10m', copy: '10m' } as const;
        // A record of megabytes does not fit into a history, whatever is in it.
        const texts = hostileText.filter(({ length }) => length < 1_000);
        await fc.assert(
          fc.asyncProperty(fields, texts, fc.boolean(), async (field, text, isExport) => {
            Object.assign(spoilt, { sim: world.sim.endpoint, field, text });
            const target = { request: { TargetSnapshotName: randomUUID() }, patience };
            await expectSettled(world.run(isExport ? exportOf(target) : copyOf(target)));
            spoilt.field = undefined;
            await expectOrdinaryJob(world);
          }),
          { numRuns: 25 }
        );
      },
      { memorydb: { endpoint } }
    );
  });

  test('in the status of a copy', async () => {
    await inWorld(server, async (world) => {
      for (const copyStatus of ['a\ud83d', '\u001b[31m', '\ud83d'.repeat(300)]) {
        world.sim.set({ copyStatus });
        await expectOrdinaryJob(world);
      }
    });
  });

  test.for([
    ['a half character', 'InvalidArgument', '&#xD83D;'],
    ['a half character in the name', 'Bad&#xD83D;', 'x'],
    ['a control character', 'InvalidArgument', '&#x1B;[31m'],
    ['1 MB', 'InvalidArgument', 'x'.repeat(1_000_000)],
    ['a name of 1 MB', 'x'.repeat(1_000_000), 'x'],
  ] as const)('in a refusal of S3: %s', async ([, code, message]) => {
    const s3Endpoint = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    });
    await inWorld(
      server,
      async (world) => {
        await expectSettled(world.run(exportOf({ patience: { start: '10m' } })));
        await expectOrdinaryJob(world);
      },
      { s3Endpoint }
    );
  });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Hands a call on to the simulator. */
async function forward(request: IncomingMessage, endpoint: string): Promise<Answer> {
  const signed = ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-target', 'content-type'];
  const headers = signed.map((name): [string, string] => [name, String(request.headers[name])]);
  const answer = await fetch(endpoint, { method: 'POST', headers, body: await buffer(request) });
  const errorType = answer.headers.get('x-amzn-errortype');
  return {
    status: answer.status,
    headers: errorType === null ? {} : { 'x-amzn-errortype': errorType },
    body: await answer.json(),
  };
}

/** The same JSON with another text in each field of a name. */
function replace(body: unknown, field: string | undefined, text: string | undefined): unknown {
  if (Array.isArray(body)) return body.map((item) => replace(item, field, text));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      name === field && typeof value === 'string' ? text : replace(value, field, text),
    ])
  );
}

/** A result, or a failure with a type: no task that fails for ever, no worker that ends. */
async function expectSettled(job: Promise<unknown>): Promise<void> {
  try {
    await job;
  } catch (error) {
    const failure = findSnapshotFailure(error);
    expect(failure, String(error)).toBeDefined();
    expect(failure?.message.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(failure?.message ?? '')).toBeLessThanOrEqual(2_000);
  }
}

async function expectOrdinaryJob(world: World): Promise<void> {
  await expect(world.run(freshCopy())).resolves.toMatchObject({ kind: 'copy' });
}

function freshCopy(): CopySnapshotInput {
  return copyOf({ request: { TargetSnapshotName: `copy-${randomUUID()}` } });
}
