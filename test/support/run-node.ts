import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CHECKOUT } from './readme';
import { timeSkippingServer } from './temporal-servers';

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  /** Whether something that it started still runs. */
  readonly leftBehind: boolean;
}

/** Runs Node to the program's end, in a process group of its own: what hangs does not outlive the test. */
export async function runNode(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, env: { ...process.env, ...env }, detached: true });
  const signalAll = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-(child.pid ?? 0), signal);
    } catch {
      return false;
    }
  };
  onTestFinished(() => void signalAll('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output, leftBehind: signalAll(0) };
}

/** Runs a file of tests by Node's own runner. They find the time-skipping server where the SDK would download it to. */
export async function runNodeTest(file: string): Promise<Ended> {
  const testing = join(CHECKOUT, 'node_modules', '@temporalio', 'testing', 'package.json');
  const { version } = JSON.parse(readFileSync(testing, 'utf8')) as { version: string };
  const temporary = mkdtempSync(join(tmpdir(), 'node-test-'));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const { path } = timeSkippingServer().server.executable;
  const downloaded = join(temporary, `temporal-test-server-sdk-typescript-${version}`);
  writeFileSync(downloaded, `#!/bin/sh\nexec '${path}' "$@"\n`, { mode: 0o755 });
  return runNode(['--test', file], { TMPDIR: temporary });
}
