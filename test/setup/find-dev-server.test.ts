import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { SetUpError } from '../../scripts/machine/errors.mjs';
import { findDevServer } from '../../scripts/servers/find-dev-server.mjs';
import type { Finding } from '../../scripts/servers/finding.mjs';
import { NotHere } from '../../scripts/servers/not-here.mjs';
import { fillEntry } from '../../scripts/servers/server-cache.mjs';
import { type Answer, fakeMachine } from './fake-machine';
import { test, write, writeProgram } from './in-folder';

const ORDER = ['TEMPORAL_CLI_PATH', 'temporal on PATH', 'cache', 'download by the SDK', 'go install'] as const;
type Source = (typeof ORDER)[number];

const answers: Answer = () => ({ stdout: 'temporal version 1.2.3 (Server 1.2.3)' });
const installs: Answer = (args, { env }) => {
  if (args[0] === 'install') writeProgram(join(env?.['GOBIN'] ?? '', 'temporal'), '');
  return {};
};

/** A machine where the dev server is to be had from these sources and no others. */
async function arrange(folder: string, sources: readonly Source[]) {
  const has = (source: Source): boolean => sources.includes(source);
  const cacheDir = join(folder, 'cache');
  const named = writeProgram(join(folder, 'named', 'temporal'), '');
  const onPath = writeProgram(join(folder, 'bin', 'temporal'), '');
  if (has('cache'))
    await fillEntry(cacheDir, 'temporal-cli-1.5.1', (into) => void writeProgram(join(into, 'temporal'), ''));
  const env = {
    PATH: has('temporal on PATH') ? join(onPath, '..') : '',
    ...(has('TEMPORAL_CLI_PATH') ? { TEMPORAL_CLI_PATH: named } : {}),
  };
  const fake = fakeMachine(env, { temporal: answers, ...(has('go install') ? { go: installs } : {}) });
  const downloads: string[] = [];
  const finding: Finding = {
    machine: fake.machine,
    cacheDir,
    sdkVersion: '9.9.9',
    sdkDownload: (kind, path) => {
      downloads.push(kind);
      if (!has('download by the SDK')) return Promise.reject(new NotHere('no network'));
      writeProgram(path, '');
      return Promise.resolve();
    },
  };
  return { ...fake, finding, downloads, cacheDir, named };
}

describe('the dev server', () => {
  test.for(ORDER.map((source, at) => ({ source, at })))(
    'is taken from $source before what comes after',
    async ({ source, at }, { folder }) => {
      const { finding, calls, downloads } = await arrange(folder, ORDER.slice(at));

      const found = await findDevServer(finding);

      expect(found).toMatchObject({ source });
      expect(downloads).toHaveLength(at < ORDER.indexOf('download by the SDK') ? 0 : 1);
      expect(calls.filter((call) => call.startsWith('go install'))).toHaveLength(source === 'go install' ? 1 : 0);
    }
  );

  test.for([
    { from: 'download by the SDK', entry: 'temporal-cli-sdk-9.9.9' },
    { from: 'go install', entry: 'temporal-cli-1.5.1' },
  ] as const)('from $from is found in the cache the next time', async ({ from, entry }, { folder }) => {
    const first = await arrange(folder, [from]);
    await findDevServer(first.finding);
    const second = await arrange(folder, []);

    const found = await findDevServer(second.finding);

    expect(found).toEqual({ source: 'cache', path: join(folder, 'cache', entry, 'temporal') });
    expect(second.downloads).toEqual([]);
  });

  test('that is nowhere is missing, with everything that was tried', async ({ folder }) => {
    const { finding } = await arrange(folder, []);

    const found = await findDevServer(finding);

    expect(found).toEqual({
      missing: [
        'no Temporal dev server to be had:',
        '  TEMPORAL_CLI_PATH: not set',
        '  temporal on PATH: not there',
        `  cache: nothing in ${join(folder, 'cache')}`,
        '  download by the SDK: no network',
        '  go install: Go is not installed',
      ].join('\n'),
    });
  });

  test('whose build does not end is missing, with how long that took', async ({ folder }) => {
    const { finding } = await arrange(folder, []);
    const hangs: Answer = ([command], { timeoutMs }) => ({
      code: command === 'install' && timeoutMs !== undefined ? 124 : 0,
      stderr: 'go: downloading',
    });
    const { machine } = fakeMachine({ PATH: '' }, { go: hangs });

    const found = await findDevServer({ ...finding, machine });

    const reason = 'go install: it did not end within 15 min: go: downloading';
    expect(found).toHaveProperty('missing', expect.stringContaining(reason));
  });

  test('at a path that somebody set and that does not exist is an error, not another server', async ({ folder }) => {
    const { finding, named } = await arrange(folder, ORDER);
    rmSync(named);

    const finds = findDevServer(finding);

    await expect(finds).rejects.toThrow(SetUpError);
    await expect(finds).rejects.toThrow(`TEMPORAL_CLI_PATH=${named}: there is no executable file`);
  });

  test('at a path that somebody set and that does not run is an error', async ({ folder }) => {
    const { finding, named, machine } = await arrange(folder, ORDER);
    const run: typeof machine.run = () => Promise.resolve({ code: 3, stdout: '', stderr: 'wrong\nmachine' });

    const finds = findDevServer({ ...finding, machine: { ...machine, run } });

    await expect(finds).rejects.toThrow(`TEMPORAL_CLI_PATH=${named}: \`${named} --version\` ended with 3: wrong.`);
  });

  test('that was built and does not run leaves nothing behind', async ({ folder }) => {
    const { finding, machine, cacheDir } = await arrange(folder, ['go install']);
    const run: typeof machine.run = (command, args, options) =>
      command === 'go' ? machine.run(command, args, options) : Promise.resolve({ code: 1, stdout: '', stderr: 'no' });

    const found = await findDevServer({ ...finding, machine: { ...machine, run } });

    expect(found).toHaveProperty('missing', expect.stringContaining('--version` ended with 1: no'));
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test('that the cache folder has no room for is missing, with the reason', async ({ folder }) => {
    const { finding } = await arrange(folder, ['go install']);
    const cacheDir = write(join(folder, 'a-file'), '');

    const found = await findDevServer({ ...finding, cacheDir });

    expect(found).toHaveProperty('missing', expect.stringContaining('go install: E'));
  });
});
