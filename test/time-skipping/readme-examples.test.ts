import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECKOUT, readmeExamples, writeExamples } from '../support/readme';
import { describeWith, timeSkippingServer } from '../support/temporal-servers';
import { CLUSTER, inWorld, openTimeSkipping } from '../support/world';

const TESTING_PACKAGE = join(CHECKOUT, 'node_modules', '@temporalio', 'testing', 'package.json');
const SDK_VERSION = (JSON.parse(readFileSync(TESTING_PACKAGE, 'utf8')) as { version: string }).version;

/** Runs a program of node_modules to its end. */
async function run(
  args: readonly string[],
  env: Record<string, string> = {}
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
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
  afterAll(() => {
    remove();
    rmSync(temporary, { recursive: true, force: true });
  });

  test('are the ones that it names', () => {
    expect([...readmeExamples().keys()]).toEqual(['worker.ts', 'client.ts', 'nightly.ts', 'nightly.test.ts']);
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

  test('the test runs as it stands', async () => {
    // Where the SDK keeps the server that it downloads: what is there already is used as it is.
    const { path } = timeSkippingServer().server.executable;
    const downloaded = join(temporary, `temporal-test-server-sdk-typescript-${SDK_VERSION}`);
    writeFileSync(downloaded, `#!/bin/sh\nexec '${path}' "$@"\n`, { mode: 0o755 });

    const { code, output } = await run(['--test', join(compiled, 'nightly.test.js')], { TMPDIR: temporary });

    expect(output).toContain('# pass 1');
    expect(code).toBe(0);
  });
});
