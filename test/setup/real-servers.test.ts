import { copyFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { createMachine } from '../../scripts/machine/machine.mjs';
import { devServerEntries, findDevServer } from '../../scripts/servers/find-dev-server.mjs';
import { findTimeSkippingServer } from '../../scripts/servers/find-time-skipping-server.mjs';
import { createFinding, type Finding } from '../../scripts/servers/finding.mjs';
import { namespaceAnswers } from '../../scripts/servers/namespace-answers.mjs';
import { NotHere } from '../../scripts/servers/not-here.mjs';
import { createSdkDownload, type SdkDownload } from '../../scripts/servers/sdk-download.mjs';
import { fillEntry } from '../../scripts/servers/server-cache.mjs';
import { startDevServer } from '../../scripts/servers/start-dev-server.mjs';
import { startTimeSkipping } from '../support/start-time-skipping';
import { describeWith, judgeNeeds, temporalCli } from '../support/temporal-servers';
import { startBeside } from './beside';
import { test, write } from './in-folder';

const CHECKOUT = join(__dirname, '..', '..');
const noDownload: SdkDownload = () => Promise.reject(new NotHere('not in this test'));

function findWith(env: NodeJS.ProcessEnv, rest: Partial<Finding> = {}): Finding {
  const machine = createMachine({ env, say: () => {} });
  return { ...createFinding(machine, CHECKOUT), sdkDownload: noDownload, ...rest };
}

const { machine, sdkVersion } = findWith(process.env);

describeWith('Temporal CLI', 'the Temporal CLI of this machine', () => {
  test('is found by its variable, and runs', async () => {
    const found = await findDevServer(findWith({ ...process.env, TEMPORAL_CLI_PATH: temporalCli() }));

    expect(found).toEqual({ path: temporalCli(), source: 'TEMPORAL_CLI_PATH' });
  });

  test('is found in the cache, under the name that Go builds it by, and runs', async ({ folder }) => {
    const { byGo } = devServerEntries(sdkVersion);
    await fillEntry(folder, byGo, (entry) => copyFileSync(temporalCli(), join(entry, 'temporal')));

    const found = await findDevServer(findWith({ PATH: '' }, { cacheDir: folder }));

    const path = join(folder, byGo, 'temporal');
    expect(found).toEqual({ path, source: 'cache' });
    expect(await machine.run(path, ['--version'])).toMatchObject({
      stdout: expect.stringContaining('temporal version') as string,
    });
  });

  test('starts a dev server whose namespace answers, and takes it down again', async () => {
    const server = await startDevServer(temporalCli());

    expect(await namespaceAnswers(server.address, server.namespace)).toBe(true);
    expect(await namespaceAnswers(server.address, 'another')).toBe(false);
    await server.stop();
    expect(await namespaceAnswers(server.address, server.namespace)).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  test.for(['SIGINT', 'SIGTERM'] as const)('does not outlive who started it, ended by %s', async (signal) => {
    const beside = startBeside(join(__dirname, 'programs', 'start-dev-server.mjs'), [temporalCli()]);
    await beside.printed('}');
    const { address, namespace } = JSON.parse(beside.output()) as { address: string; namespace: string };
    expect(await namespaceAnswers(address, namespace)).toBe(true);

    process.kill(beside.pid, signal);

    expect(await beside.ended).toBeNull(); // by that signal, not by an exit of its own
    await expect.poll(() => namespaceAnswers(address, namespace)).toBe(false);
  });
});

/** What Maven says where it is kept from its repository; anything else that it says is a fault of ours. */
const UNREACHABLE = /Could not transfer|in offline mode/;

describeWith('Maven', 'the time-skipping server from Maven', () => {
  test('is fetched, starts, and skips time', { timeout: 5 * 60_000 }, async ({ folder, skip }) => {
    const env = { ...process.env, TEMPORAL_TEST_SERVER_PATH: undefined };

    const found = await findTimeSkippingServer(findWith(env, { cacheDir: folder }));

    if ('missing' in found && UNREACHABLE.test(found.missing)) {
      skip(judgeNeeds(['Maven'], process.env) === 'skip', found.missing);
    }
    const path = join(folder, 'temporal-test-server-1.38.0', 'temporal-test-server');
    expect(found).toEqual({ path, source: 'Maven' });
    const server = { executable: { type: 'existing-path' as const, path } };
    const testEnv = await startTimeSkipping({ server });
    const before = await testEnv.currentTimeMs();
    await testEnv.sleep('1 day');
    expect((await testEnv.currentTimeMs()) - before).toBeGreaterThanOrEqual(86_400_000);
    await testEnv.teardown();
  });
});

describe("the SDK's own download", () => {
  test.for(['dev-server', 'time-skipping'] as const)(
    'of the %s is refused without a network',
    async (kind, { folder }) => {
      const nowhere = 'http://127.0.0.1:1'; // a proxy that nobody listens at
      const { machine } = findWith({ ...process.env, HTTPS_PROXY: nowhere, https_proxy: nowhere, NO_PROXY: '' });

      const downloads = createSdkDownload(machine)(kind, join(folder, 'server'));

      await expect(downloads).rejects.toThrow(NotHere);
      await expect(downloads).rejects.toThrow('failed to download ephemeral server executable');
      expect(readdirSync(folder)).toEqual([]);
    }
  );

  test('ends up where it is wanted, and can be executed', async ({ folder }) => {
    const child = `import { writeFileSync } from 'node:fs';
      const [, , kind, into] = process.argv;
      writeFileSync(into + '/whatever-name', '#!/bin/sh\\necho ' + kind);`;
    const path = join(folder, 'server');

    await createSdkDownload(machine, write(join(folder, 'child.mjs'), child))('dev-server', path);

    expect(await machine.run(path, [])).toMatchObject({ stdout: 'dev-server\n' });
    expect(readdirSync(folder).sort()).toEqual(['child.mjs', 'server']);
  });
});

test('a dev server that does not start is an error with what it said', async () => {
  await expect(startDevServer(process.execPath)).rejects.toThrow(/did not start .*\n.*Cannot find module/s);
});

test('a server that hangs up has no namespace', async () => {
  const rude = createServer((socket) => socket.on('data', () => socket.destroy()));
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const address = rude.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  expect(await namespaceAnswers(`127.0.0.1:${port}`, 'default')).toBe(false);
  rude.close();
});
