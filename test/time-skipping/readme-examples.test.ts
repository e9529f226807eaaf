import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSnapshotJob } from 'temporal-memorydb-snapshots';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CHECKOUT, readmeExamples, writeExamples } from '../support/readme';
import { describeWith, timeSkippingServer } from '../support/temporal-servers';
import { CLUSTER, copyOf, inWorld, openTimeSkipping } from '../support/world';

const TESTING_PACKAGE = join(CHECKOUT, 'node_modules', '@temporalio', 'testing', 'package.json');
const SDK_VERSION = (JSON.parse(readFileSync(TESTING_PACKAGE, 'utf8')) as { version: string }).version;

interface Ended {
  readonly code: number;
  readonly output: string;
  /** Whether something that it started still runs. */
  readonly leftBehind: boolean;
}

const ends: (() => void)[] = [];

/** Runs Node to the program's end, in a process group of its own: what hangs does not outlive the test. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, env: { ...process.env, ...env }, detached: true });
  const signalAll = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-(child.pid ?? 0), signal);
    } catch {
      return false;
    }
  };
  ends.push(() => signalAll('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output, leftBehind: signalAll(0) };
}

describeWith('time-skipping server', 'the examples of the README', () => {
  const { folder, remove } = writeExamples('run');
  const compiled = join(folder, 'compiled');
  const temporary = mkdtempSync(join(tmpdir(), 'readme-'));
  beforeAll(async () => {
    const tsc = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');
    const files = [...readmeExamples().keys()].map((name) => join(folder, name));
    const options = '--ignoreConfig --strict --target es2022 --module node20 --types node --skipLibCheck'.split(' ');
    const { code, output } = await run([tsc, ...options, '--rootDir', folder, '--outDir', compiled, ...files]);
    if (code !== 0) throw new Error(output);
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  afterAll(() => {
    remove();
    rmSync(temporary, { recursive: true, force: true });
  });

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

  /** Runs a compiled test of the README, or one that was made of it. */
  function runTest(name: string): Promise<Ended> {
    // Where the SDK keeps the server that it downloads: what is there already is used as it is.
    const { path } = timeSkippingServer().server.executable;
    const downloaded = join(temporary, `temporal-test-server-sdk-typescript-${SDK_VERSION}`);
    writeFileSync(downloaded, `#!/bin/sh\nexec '${path}' "$@"\n`, { mode: 0o755 });
    return run(['--test', join(compiled, name)], { TMPDIR: temporary });
  }

  test.for(['nightly.test.js', 'copy.test.js'])('%s runs as it stands', async (name) => {
    const { code, output, leftBehind } = await runTest(name);

    expect(output).toContain('# pass 1');
    expect([code, leftBehind]).toEqual([0, false]);
  });

  test.for(['nightly.test.js', 'copy.test.js'])('%s ends when it fails, and leaves nothing behind', async (name) => {
    const failing = name.replace('.test', '-failing.test');
    writeFileSync(
      join(compiled, failing),
      readFileSync(join(compiled, name), 'utf8').replace("'available'", "'somewhere'")
    );

    const { code, output, leftBehind } = await runTest(failing);

    expect(output).toContain('# fail 1');
    expect(output).toContain('somewhere');
    expect([code, leftBehind]).toEqual([1, false]);
  });
});
