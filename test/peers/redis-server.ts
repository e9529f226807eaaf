import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findPort } from './find-port';

/** A folder that ends with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memorydb-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `redis-check-rdb` says of a file, and whether it is content. */
export function checkRdb(bytes: Uint8Array): { readonly ok: boolean; readonly said: string } {
  const file = join(makeFolder(), 'dump.rdb');
  writeFileSync(file, bytes);
  const { status, stdout, stderr } = spawnSync('redis-check-rdb', [file], { encoding: 'utf8' });
  return { ok: status === 0, said: stdout + stderr };
}

/** Starts a redis-server, on a file if one is given, and gives what sends it commands; it ends with the test. */
export async function startRedis(
  options: readonly string[],
  file?: Uint8Array
): Promise<(...command: readonly string[]) => string> {
  const folder = makeFolder();
  if (file) writeFileSync(join(folder, 'dump.rdb'), file);
  const port = String(await findPort());
  const child = spawn('redis-server', ['--port', port, '--dir', folder, '--save', '', ...options], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const send = (...command: readonly string[]): string => {
    const { stdout, stderr } = spawnSync('redis-cli', ['-p', port, ...command], { encoding: 'utf8' });
    return (stdout + stderr).trim();
  };
  const deadline = Date.now() + 20_000;
  while (send('PING') !== 'PONG') {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('redis-server does not answer');
  }
  return send;
}
