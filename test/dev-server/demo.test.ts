import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { test } from '../support/processes';
import { describeWith } from '../support/temporal-servers';

const jobShape = {
  adopted: z.boolean(),
  workflowId: z.string(),
  historyEvents: z.number(),
  polls: z.number(),
  awsCalls: z.record(z.string(), z.number()),
};

const resultSchema = z.strictObject({
  copy: z.looseObject({
    ...jobShape,
    kind: z.literal('copy'),
    snapshot: z.looseObject({ Status: z.string() }),
    acceptedCopies: z.number(),
  }),
  export: z.looseObject({
    ...jobShape,
    kind: z.literal('export'),
    bucket: z.string(),
    manifestKey: z.string(),
    manifestState: z.string(),
    objects: z.array(z.looseObject({ key: z.string(), size: z.number().positive(), verdict: z.literal('verified') })),
  }),
});

const DEMO = 'scripts/demo.mjs';

/** Where nobody answers. */
const NOWHERE = '127.0.0.1:9';

/** What a user of AWS and Temporal may have in the environment; each of these would lead the demo astray. */
const SETTINGS = {
  AWS_PROFILE: 'work',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_ENDPOINT_URL: `http://${NOWHERE}`,
  TEMPORAL_ADDRESS: NOWHERE,
  TEMPORAL_API_KEY: 'secret',
  TEMPORAL_PROFILE: 'prod',
  TEMPORAL_TLS: 'true',
  http_proxy: `http://${NOWHERE}`,
  HTTPS_PROXY: `http://${NOWHERE}`,
  https_proxy: `http://${NOWHERE}`,
  grpc_proxy: `http://${NOWHERE}`,
  no_grpc_proxy: 'example.com',
};

/** The same in the home folder, where the SDKs look when the environment says nothing. */
const SETTINGS_AT_HOME = {
  '.aws/config': `[default]\nignore_configured_endpoint_urls = true\n`,
  '.aws/credentials': `[default]\ncredential_process = false\n`,
  '.config/temporalio/temporal.toml': `[profile.default]\naddress = "${NOWHERE}"\napi_key = "secret"\n[profile.default.tls]\n`,
};

describeWith('Temporal CLI', 'the demo', () => {
  test.concurrent('prints its result alone with --json, and leaves no process behind', async ({ startProgram }) => {
    const running = startProgram(DEMO, ['--json']);

    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.isAlive()).toBe(false);
    expect(running.stdout.trim().split('\n')).toHaveLength(1);
    const { copy, export: exported } = resultSchema.parse(JSON.parse(running.stdout));
    expect(copy).toMatchObject({
      adopted: true,
      snapshot: { Status: 'available' },
      historyEvents: 23,
      acceptedCopies: 1,
      awsCalls: { CopySnapshot: 2 },
    });
    expect(copy.polls).toBeGreaterThan(1);
    expect(exported).toMatchObject({
      adopted: false,
      manifestKey: 'prod-2026-11-23.manifest.json',
      manifestState: 'complete',
      objects: ['0001', '0002', '0003'].map((shard) => ({ key: `prod-2026-11-23-${shard}.rdb`, shard })),
      awsCalls: { CopySnapshot: 1, PutObject: 2 },
    });
    expect(exported.polls).toBeGreaterThan(1);
    expect(exported.historyEvents).toBeLessThan(60);
    for (const { workflowId } of [copy, exported]) {
      expect(running.stderr).toContain(`/workflows/${encodeURIComponent(workflowId)}`);
    }
  });

  test.concurrent("takes no notice of the user's own settings", async ({ startProgram, onTestFinished }) => {
    const home = mkdtempSync(join(tmpdir(), 'demo-home-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(SETTINGS_AT_HOME)) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

    const running = startProgram(DEMO, ['--json'], { ...SETTINGS, HOME: home, XDG_CACHE_HOME: cache });

    expect(await running.ended, running.stderr).toEqual({ code: 0, signal: null });
    const { copy, export: exported } = resultSchema.parse(JSON.parse(running.stdout));
    expect([copy.snapshot.Status, exported.manifestState]).toEqual(['available', 'complete']);
  });

  test.concurrent.for([
    { moment: 'Temporal dev server at', signal: 'SIGINT', code: 130 },
    { moment: 'ThrottlingException', signal: 'SIGTERM', code: 143 },
    { moment: 'is creating', signal: 'SIGINT', code: 130 },
    { moment: 'objects are there', signal: 'SIGINT', code: 130 },
  ] as const)(
    'ends with everything it started on $signal at "$moment"',
    async ({ moment, signal, code }, { startProgram }) => {
      const running = startProgram(DEMO);
      await running.printed(moment);

      const told = performance.now();
      running.signal(signal);

      expect(await running.ended).toEqual({ code, signal: null });
      expect(performance.now() - told).toBeLessThan(5_000);
      expect(running.isAlive()).toBe(false);
    }
  );

  test.concurrent(
    'tells both results, stays up when it is asked to, and fails when its worker does',
    async ({ startProgram }) => {
      const running = startProgram(DEMO, ['--stay']);
      await running.printed('everything stays up until Ctrl-C');
      expect(running.stdout).toMatch(/CopySnapshot {2}sent 2 times, accepted once/);
      expect(running.stdout).toMatch(/history {7}23 events/);
      expect(running.stdout).toMatch(/prod-2026-11-23-0003\.rdb {2}\d+ bytes {2}verified at level structure, 26 keys/);
      expect(running.stdout).toMatch(/manifest {6}prod-2026-11-23\.manifest\.json, complete/);
      const [, ui = ''] = /(http:\/\/\S+\/workflows\/\S+)/.exec(running.stdout) ?? [];
      expect((await fetch(ui)).status).toBe(200);
      const [, worker] = /, worker (\d+)/.exec(running.stdout) ?? [];

      process.kill(Number(worker), 'SIGKILL');

      expect(await running.ended).toEqual({ code: 1, signal: null });
      expect(running.stderr).toContain('the worker ended');
      expect(running.isAlive()).toBe(false);
    }
  );

  test.concurrent('says what it takes, and refuses what it does not', async ({ startProgram }) => {
    const [help, unknown] = [startProgram(DEMO, ['--help']), startProgram(DEMO, ['--jsn'])];

    expect(await help.ended).toEqual({ code: 0, signal: null });
    expect(help.stdout).toContain('--json');
    expect(await unknown.ended).toEqual({ code: 2, signal: null });
    expect(unknown.stderr).toContain('--jsn');
  });
});
