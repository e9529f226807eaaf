import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RawValue } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { copyOf, exportOf, type Server, type World } from '../support/world';
import { freshCopy, inDevWorld, openDevServer, startJob, untilEvent } from './dev-world';

const PARENTS = join(__dirname, '..', 'support', 'workflows', 'parents.ts');
const MEGABYTE = 'x'.repeat(1_000_000);

/** Inputs as another language, or an operator, can send them, and how the refusal begins. */
const INPUTS: readonly (readonly [input: unknown, message: string])[] = [
  [null, 'input null is not an object'],
  ['nightly', 'input "nightly" is not an object'],
  [[copyOf()], 'input [{"request":'],
  [{ request: null }, 'request null is not an object'],
  [{ request: { TargetSnapshotName: [] } }, 'SourceSnapshotName undefined is missing'],
  [{ request: { SourceSnapshotName: { toString: 5 }, TargetSnapshotName: 'b' } }, 'SourceSnapshotName {"toString":5}'],
  [{ request: { SourceSnapshotName: 'a', TargetSnapshotName: { toString: 5 } } }, 'TargetSnapshotName {"toString":5}'],
  [{ request: { SourceSnapshotName: 'a', TargetSnapshotName: 'b', TargetBucket: { toString: 5 } } }, 'TargetBucket {'],
  [{ ...copyOf(), patience: { start: { toString: 5 } } }, 'patience.start {"toString":5} is not a duration'],
  [copyOf({ request: { TargetSnapshotName: MEGABYTE } }), 'TargetSnapshotName "xxx'],
  [exportOf({ request: { TargetSnapshotName: MEGABYTE, TargetBucket: MEGABYTE } }), 'TargetSnapshotName "xxx'],
  [copyOf({ request: { TargetSnapshotName: 'a\nb' } }), 'TargetSnapshotName "a\\nb" holds \\u{a}'],
  [{ ...copyOf(), ...unknownFields(5_000) }, 'f0 0 is not a field'],
  [{ ...copyOf(), [MEGABYTE]: MEGABYTE }, 'xxx'],
  [nested(100_000), 'input object is nested too deep'],
];

describeWith('dev server', 'an input that nobody checked', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openDevServer(PARENTS);
  });
  afterAll(() => server.close());

  const execute = ({ env, taskQueue }: World, type: string, ...args: unknown[]) =>
    env.client.workflow.execute(type, { args, taskQueue, workflowId: randomUUID() });

  test.concurrent.for(['copyMemoryDBSnapshot', 'copyAsChild'])('is refused: %s', async (type) => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1s' });
      for (const [input, message] of INPUTS) {
        const failure = await failureOf(execute(world, type, input));

        expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true, phase: 'inspecting' });
        expect(failure.message.slice(0, message.length)).toBe(message);
      }
      expect(world.sim.calls).toEqual([]);
      await expect(execute(world, type, freshCopy())).resolves.toMatchObject({ kind: 'copy' });
    });
  });

  test.concurrent('is refused: latestSnapshot', async () => {
    await inDevWorld(server, async (world) => {
      const calls: readonly (readonly [args: readonly unknown[], field: string])[] = [
        [[null], 'cluster null'],
        [[{ toString: 1 }], 'cluster {"toString":1}'],
        [[['prod']], 'cluster ["prod"]'],
        [[MEGABYTE], 'cluster "xxx'],
        [['a\nb'], 'cluster "a\\nb" holds \\u{a}'],
        [['prod', { kind: {} }], 'kind {}'],
        [['prod', { maxAge: [] }], 'maxAge []'],
        [['prod', { maxage: '1d' }], 'maxage "1d" is not a field'],
        [['prod', 'x'], '0 "x" is not a field'],
        [['prod', { taskQueue: 7 }], 'taskQueue 7'],
        [[nested(100_000)], 'query object is nested too deep'],
      ];
      for (const [args, field] of calls) {
        const failure = await failureOf(execute(world, 'findNewest', ...args));

        expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
        expect(failure.message.slice(0, field.length)).toBe(field);
      }
      await expect(execute(world, 'findNewest', 'prod', null)).resolves.toBeTypeOf('string');
    });
  });

  test.concurrent('a refusal of AWS of 1 MB keeps its type and its details while it is waited out', async () => {
    await inDevWorld(server, async (world) => {
      world.sim.set({ copyTakes: '1s' });
      world.sim.fail('CopySnapshot', { error: 'ThrottlingException', message: MEGABYTE, times: 2 });
      const job = await startJob(world, freshCopy());

      const { lastAnswer } = await untilEvent(job, ({ lastAnswer }) => lastAnswer !== undefined);
      expect(lastAnswer).toMatch(/^ThrottlingException: x+…$/);
      await expect(job.result()).resolves.toMatchObject({ kind: 'copy' });
    });
  });
});

function unknownFields(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));
}

/** An array in an array, and so on: JSON can be read so deep, and not be written. */
function nested(depth: number): RawValue {
  const data = new TextEncoder().encode('['.repeat(depth) + ']'.repeat(depth));
  return RawValue.fromPayload({ metadata: { encoding: new TextEncoder().encode('json/plain') }, data });
}
