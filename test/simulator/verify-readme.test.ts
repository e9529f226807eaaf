import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CHECKOUT, readReadme } from '../support/readme';
import { setExported, writeFiles } from './verify-stage';

// Each command loads the AWS SDK.

/** The commands of the section, without what is said beside them. */
function readCommands(): string[] {
  const [, section = ''] = /## Verify by hand\n([\s\S]*?)\n## /.exec(readReadme()) ?? [];
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  return block.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.replace(/\s+#.*/, '')]));
}

test('every command of the README verifies what it names', async () => {
  const { sim, keys, read, writeManifest } = await setExported();
  const manifest = await writeManifest();
  const files = await Promise.all(keys.map(async (key) => [`downloaded/${key}`, await read(key)] as const));
  const dump = files[0]?.[1] ?? '';
  const written = writeFiles({
    'dump.rdb': dump,
    'dump.rdb.gz': gzipSync(dump),
    'downloaded/nightly.manifest.json': manifest,
    ...Object.fromEntries(files),
  });
  const cwd = dirname(written['dump.rdb'] ?? '');
  const commands = readCommands();

  const runs = commands.map(async (command) => {
    const line = command.replace('npx temporal-memorydb-snapshots', `"${process.execPath}" "${MAIN}"`);
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
      cwd,
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', AWS_ENDPOINT_URL_S3: sim.endpoint, ...CALLER },
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { command, code, output: code === 0 ? '' : Buffer.concat(output).toString() };
  });

  expect(commands.length).toBeGreaterThan(3);
  expect(await Promise.all(runs)).toEqual(commands.map((command) => ({ command, code: 0, output: '' })));
});

const MAIN = join(CHECKOUT, 'lib', 'cli', 'main.js');
const CALLER = { AWS_ACCESS_KEY_ID: 'somebody', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };
