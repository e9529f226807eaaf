import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSnapshotJob } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECKOUT, readmeExamples, writeExamples } from '../support/readme';
import { runNodeTest } from '../support/run-node';
import { describeWith } from '../support/temporal-servers';
import { CLUSTER, copyOf, inWorld, openTimeSkipping } from '../support/world';

describeWith('time-skipping server', 'the examples of the README', () => {
  const { folder, remove } = writeExamples('run');
  const compiled = join(folder, 'compiled');
  beforeAll(() => {
    const tsc = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');
    const files = [...readmeExamples().keys()].map((name) => join(folder, name));
    const options = '--ignoreConfig --strict --target es2022 --module node20 --types node --skipLibCheck'.split(' ');
    const { status, stdout } = spawnSync(
      process.execPath,
      [tsc, ...options, '--rootDir', folder, '--outDir', compiled, ...files],
      { encoding: 'utf8' }
    );
    if (status !== 0) throw new Error(stdout);
  });
  afterAll(remove);

  test('are the ones that it names', () => {
    expect([...readmeExamples().keys()]).toEqual([
      'worker.ts',
      'client.ts',
      'nightly.ts',
      'nightly.test.ts',
      'copy.test.ts',
      'without-plugin.ts',
    ]);
  });

  test('the workflow runs as it stands', async () => {
    const server = await openTimeSkipping(join(folder, 'nightly.ts'));
    try {
      await inWorld(server, async ({ env, sim, taskQueue }) => {
        const name = await env.client.workflow.execute<(cluster: string) => Promise<string>>('keepNightlySnapshot', {
          args: [CLUSTER],
          taskQueue,
          workflowId: 'nightly',
        });

        expect(name).toMatch(/^prod-\d{4}-\d\d-\d\d$/);
        expect(await sim.snapshot(name)).toMatchObject({ status: 'available' });
      });
    } finally {
      await server.close();
    }
  });

  test('watch() ends only where the result is waited for', async () => {
    const server = await openTimeSkipping();
    try {
      await inWorld(server, async ({ env, taskQueue }) => {
        const job = await startSnapshotJob(env.client, copyOf(), { taskQueue });
        const watch = async (signal?: AbortSignal) => {
          const phases: string[] = [];
          for await (const { phase } of job.watch({ everyMs: 20, ...(signal && { signal }) })) phases.push(phase);
          return phases;
        };

        const alone = await watch(AbortSignal.timeout(2_000));
        const [together] = await Promise.all([watch(), job.result()]);

        expect(alone).not.toContain('completed');
        expect(together.at(-1)).toBe('completed');
      });
    } finally {
      await server.close();
    }
  });

  test.for(['nightly.test.js', 'copy.test.js'])('%s ends when it fails, and leaves nothing behind', async (name) => {
    const failing = name.replace('.test', '-failing.test');
    writeFileSync(
      join(compiled, failing),
      readFileSync(join(compiled, name), 'utf8').replace("'available'", "'somewhere'")
    );

    const { code, output, leftBehind } = await runNodeTest(join(compiled, failing));

    expect(output).toContain('# fail 1');
    expect(output).toContain('somewhere');
    expect([code, leftBehind]).toEqual([1, false]);
  });
});
