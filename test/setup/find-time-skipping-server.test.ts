import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { SetUpError } from '../../scripts/machine/errors.mjs';
import type { RunOptions } from '../../scripts/machine/run-command.mjs';
import { findTimeSkippingServer } from '../../scripts/servers/find-time-skipping-server.mjs';
import type { Finding } from '../../scripts/servers/finding.mjs';
import { NotHere } from '../../scripts/servers/not-here.mjs';
import { fillEntry } from '../../scripts/servers/server-cache.mjs';
import { type Answer, fakeMachine } from './fake-machine';
import { test, write, writeProgram } from './in-folder';

const ORDER = ['TEMPORAL_TEST_SERVER_PATH', 'cache', 'download by the SDK', 'Maven'] as const;
type Source = (typeof ORDER)[number];

const explains: Answer = () => ({ stderr: 'Usage: <command> <port> <flags>' });
const fetches: Answer = (args) => {
  for (const option of ['-Dmaven.repo.local=', '-DoutputDirectory=']) {
    const given = args.find((arg) => arg.startsWith(option));
    if (given !== undefined) write(join(given.slice(option.length), 'server.jar'), 'jar');
  }
  return {};
};

/** A machine where the server is to be had from these sources and no others. */
async function arrange(folder: string, sources: readonly Source[], commands: Record<string, Answer> = {}) {
  const has = (source: Source): boolean => sources.includes(source);
  const cacheDir = join(folder, 'cache');
  const named = writeProgram(join(folder, 'named', 'temporal-test-server'), '');
  if (has('cache')) {
    await fillEntry(cacheDir, 'temporal-test-server-1.38.0', (into) => {
      writeProgram(join(into, 'temporal-test-server'), '');
    });
  }
  const fake = fakeMachine(has('TEMPORAL_TEST_SERVER_PATH') ? { TEMPORAL_TEST_SERVER_PATH: named } : {}, {
    'temporal-test-server': explains,
    ...(has('Maven') ? { mvn: fetches, java: () => ({}) } : {}),
    ...commands,
  });
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
  return { ...fake, finding, downloads, named };
}

describe('the time-skipping server', () => {
  test.for(ORDER.map((source, at) => ({ source, at })))(
    'is taken from $source before what comes after',
    async ({ source, at }, { folder }) => {
      const { finding, calls, downloads } = await arrange(folder, ORDER.slice(at));

      const found = await findTimeSkippingServer(finding);

      expect(found).toMatchObject({ source });
      expect(downloads).toEqual(at < ORDER.indexOf('download by the SDK') ? [] : ['time-skipping']);
      expect(calls.filter((call) => call.includes('copy-dependencies'))).toHaveLength(source === 'Maven' ? 1 : 0);
    }
  );

  test('from Maven is a launcher beside its jars, found in the cache the next time', async ({ folder }) => {
    const first = await arrange(folder, ['Maven']);
    await findTimeSkippingServer(first.finding);
    const second = await arrange(folder, []);

    const found = await findTimeSkippingServer(second.finding);

    const entry = join(folder, 'cache', 'temporal-test-server-1.38.0');
    expect(found).toEqual({ source: 'cache', path: join(entry, 'temporal-test-server') });
    expect(readFileSync(join(entry, 'temporal-test-server'), 'utf8')).toMatch(/^exec "[^"]*java" .* "\$@"$/ms);
    expect(statSync(join(entry, 'lib', 'server.jar')).size).toBe(3);
  });

  test('from Maven comes by a repository of its own, which is gone afterwards: no home is looked for', async ({
    folder,
  }) => {
    const { finding, calls } = await arrange(folder, ['Maven']);

    await findTimeSkippingServer(finding);

    const fetching = calls.find((call) => call.includes('copy-dependencies'));
    expect(fetching).toContain(`-Dmaven.repo.local=${join(folder, 'cache')}`);
    const entry = join(folder, 'cache', 'temporal-test-server-1.38.0');
    expect(readdirSync(entry).sort()).toEqual(['complete.json', 'lib', 'temporal-test-server']);
    expect(readdirSync(join(folder, 'cache'))).toEqual(['temporal-test-server-1.38.0']);
  });

  test('loses its entry with one of its jars, and is fetched again', async ({ folder }) => {
    const { finding, said } = await arrange(folder, ['Maven']);
    await findTimeSkippingServer(finding);
    const jar = join(folder, 'cache', 'temporal-test-server-1.38.0', 'lib', 'server.jar');
    rmSync(jar);

    const found = await findTimeSkippingServer(finding);

    expect(found).toMatchObject({ source: 'Maven' });
    expect(statSync(jar).size).toBe(3);
    expect(said).toContainEqual(expect.stringContaining('lib/server.jar has no bytes instead of 3'));
  });

  test.for([
    {
      without: 'Java',
      commands: { mvn: fetches, java: () => ({ code: 127 }) },
      reason: 'Maven: Java is not installed',
    },
    { without: 'Maven', commands: { java: () => ({}) }, reason: 'Maven: Maven is not installed' },
    {
      without: 'the registry',
      commands: {
        java: () => ({}),
        mvn: (args: readonly string[]) => ({ code: args.length > 1 ? 1 : 0, stdout: '[ERROR] no\nmore' }),
      },
      reason: 'Maven: it ended with 1: [ERROR] no',
    },
    {
      without: 'an end to the download',
      commands: {
        java: () => ({}),
        mvn: (args: readonly string[], { timeoutMs }: RunOptions) => ({
          code: args.length > 1 && timeoutMs !== undefined ? 124 : 0,
        }),
      },
      reason: 'Maven: it did not end within 15 min: it said nothing',
    },
  ])('is missing without $without, with the reason', async ({ commands, reason }, { folder }) => {
    const { finding } = await arrange(folder, [], commands);

    const found = await findTimeSkippingServer(finding);

    expect(found).toHaveProperty('missing', expect.stringContaining(reason));
    expect(found).toHaveProperty('missing', expect.stringContaining('TEMPORAL_TEST_SERVER_PATH: not set'));
  });

  test('at a path that somebody set and that does not run is an error, not another server', async ({ folder }) => {
    const { finding, named } = await arrange(folder, ORDER, { 'temporal-test-server': () => ({ code: 1 }) });

    const finds = findTimeSkippingServer(finding);

    await expect(finds).rejects.toThrow(SetUpError);
    await expect(finds).rejects.toThrow(`TEMPORAL_TEST_SERVER_PATH=${named}: `);
  });
});
