import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const CHECKOUT = join(__dirname, '..', '..');
const MAIN = join(CHECKOUT, 'lib', 'cli', 'main.js');
const { name, version, bin } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  bin: Record<string, string>;
};

/** Runs the command; `preload` is JavaScript that runs first, in the same process. */
async function run(args: readonly string[], preload = ''): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const flags = preload === '' ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  return promisify(execFile)(process.execPath, [...flags, MAIN, ...args], { env }).catch(
    (error: unknown) => error as { stdout: string; stderr: string }
  );
}

test('--version tells the version of the package', async () => {
  expect(await run(['--version'])).toMatchObject({ stdout: `${version}\n`, stderr: '' });
});

test('npx finds a command of the name of the package, so that it never asks for another one', () => {
  expect(Object.keys(bin)).toEqual(['memorydb-snapshots', name]);
  for (const file of Object.values(bin)) expect(existsSync(join(CHECKOUT, file))).toBe(true);
});

test('the warning of the AWS SDK about Node 20 is kept out of the output, and no other is', async () => {
  // Port 1 of this machine: nobody answers there.
  const args = ['verify', '--endpoint-url', 'http://127.0.0.1:1', 's3://bucket/nightly-0001.rdb'];

  const { stderr } = await run(args, "process.emitWarning('another warning')");

  expect(stderr).toContain('another warning');
  expect(stderr).not.toContain('NodeVersionSupportWarning');
}, 60_000);
