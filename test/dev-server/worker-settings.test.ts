import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { findFreePort, type Program } from '../support/processes';
import { serveProxy } from '../support/serve-proxy';
import { describeWith } from '../support/temporal-servers';
import { BUCKET } from '../support/world';
import { test } from './worker-stage';

const entrySchema = z.looseObject({
  time: z.iso.datetime(),
  level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']),
  message: z.string(),
});

/** What it logged; throws where a line is no entry. */
function entriesOf({ stderr }: Program): z.infer<typeof entrySchema>[] {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return lines.map((line) => entrySchema.parse(JSON.parse(line)));
}

/** The one failure that a worker which cannot start tells. */
function failureOf(worker: Program): string {
  const failures = entriesOf(worker).filter(({ level }) => level === 'ERROR');
  expect(failures).toHaveLength(1);
  return failures[0]?.message ?? '';
}

/** Where nobody listens. */
async function deadAddress(): Promise<string> {
  return `127.0.0.1:${await findFreePort()}`;
}

const AWS = { AWS_REGION: 'us-east-1' };

describeWith('dev server', 'the settings of a worker process', () => {
  test.concurrent('every bad variable is named at once, and the exit code is 2', async ({ runWorker }) => {
    const worker = runWorker({
      SNAPSHOTS_LOG_LEVEL: 'loud',
      SNAPSHOTS_METRICS_ADDRESS: 'metrics',
      SNAPSHOTS_OWNR: 'acme',
      TEMPORAL_ADDRESS: 'http://temporal:7233',
    });

    expect(await worker.ended).toEqual({ code: 2, signal: null });
    const failure = failureOf(worker);
    for (const named of [
      'SNAPSHOTS_LOG_LEVEL "loud"',
      'SNAPSHOTS_METRICS_ADDRESS "metrics"',
      'SNAPSHOTS_OWNR',
      'TEMPORAL_ADDRESS "http://temporal:7233"',
    ]) {
      expect(failure).toContain(named);
    }
  });

  test.concurrent('a region is asked for before there is a job', async ({ runWorker }) => {
    const worker = runWorker({ HOME: tmpdir(), TEMPORAL_ADDRESS: await deadAddress() });

    expect(await worker.ended).toEqual({ code: 2, signal: null });
    expect(failureOf(worker)).toContain('AWS_REGION');
  });

  test.concurrent('a profile that is not there is a bad setting', async ({ runWorker }) => {
    const worker = runWorker({ ...AWS, TEMPORAL_PROFILE: 'nowhere' });

    expect(await worker.ended).toEqual({ code: 2, signal: null });
    expect(failureOf(worker)).toMatch(/TEMPORAL_.*nowhere/);
  });

  test.concurrent('a server that cannot be reached is named, and the exit code is 1', async ({ runWorker }) => {
    const address = await deadAddress();

    const worker = runWorker({ ...AWS, TEMPORAL_ADDRESS: address });

    expect(await worker.ended).toEqual({ code: 1, signal: null });
    expect(failureOf(worker)).toContain(`${address} (TEMPORAL_ADDRESS)`);
  });

  test.concurrent('a namespace that is not there is named', async ({ stage, runWorker }) => {
    const { env } = stage;

    const worker = runWorker({ ...env, TEMPORAL_NAMESPACE: 'nowhere' });

    expect(await worker.ended).toEqual({ code: 1, signal: null });
    expect(failureOf(worker)).toContain('nowhere (TEMPORAL_NAMESPACE)');
  });

  test.concurrent('an address for metrics that somebody else has is named', async ({ runWorker, onTestFinished }) => {
    const port = await findFreePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });

    const worker = runWorker({ ...AWS, SNAPSHOTS_METRICS_ADDRESS: `127.0.0.1:${port}` });

    expect(await worker.ended).toEqual({ code: 1, signal: null });
    expect(failureOf(worker)).toContain(`127.0.0.1:${port} (SNAPSHOTS_METRICS_ADDRESS)`);
  });

  test.concurrent('says where it polls, one JSON entry per line, and serves its metrics', async ({ stage }) => {
    const { env, startWorker } = stage;
    const metrics = `127.0.0.1:${await findFreePort()}`;

    const worker = await startWorker({ SNAPSHOTS_METRICS_ADDRESS: metrics, SNAPSHOTS_LOG_LEVEL: 'debug' });

    const answer = await fetch(`http://${metrics}/metrics`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/^temporal_\w+\{.*\} \d/m);
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.stdout).toBe('');
    const entries = entriesOf(worker);
    expect(entries.find(({ message }) => message === 'worker is polling')).toMatchObject({
      level: 'INFO',
      address: env['TEMPORAL_ADDRESS'],
      namespace: env['TEMPORAL_NAMESPACE'],
      taskQueue: env['TEMPORAL_TASK_QUEUE'],
      region: env['AWS_REGION'],
    });
    expect(entries.map(({ sdkComponent }) => sdkComponent)).toEqual(expect.arrayContaining(['worker', 'core']));
  });

  test('AWS is found by a profile, through a proxy, and Temporal without it', async ({ stage, runWorker }) => {
    const { env, sim, skipHour, startExport } = stage;
    const proxy = await serveProxy();
    const host = `aws.acme.invalid:${new URL(sim.endpoint).port}`;
    const { AWS_REGION, AWS_ENDPOINT_URL_MEMORYDB, AWS_ENDPOINT_URL_S3, ...others } = env;
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'config');
    writeFileSync(file, `[default]\nregion = ${AWS_REGION}\nendpoint_url = http://${host}\n`);

    const worker = runWorker({ ...others, AWS_CONFIG_FILE: file, HTTP_PROXY: proxy.url, NO_PROXY: '.acme.example' });
    await worker.printed('"worker is polling"');
    const job = await startExport();
    await sim.calledTimes('CopySnapshot', 1);
    skipHour();
    const { kind } = await job.result();

    expect(kind).toBe('export');
    expect([AWS_ENDPOINT_URL_MEMORYDB, AWS_ENDPOINT_URL_S3]).toEqual([sim.endpoint, sim.endpoint]);
    expect(proxy.asked).toEqual(
      expect.arrayContaining([`POST http://${host}/`, expect.stringMatching(`^PUT http://${host}/${BUCKET}/`)])
    );
    expect(proxy.asked.filter((line) => !line.includes(` http://${host}/`))).toEqual([]);
  });

  test.concurrent('Temporal is found by a profile, too', async ({ stage, runWorker, onTestFinished }) => {
    const { env } = stage;
    const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace, ...others } = env;
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, `[profile.staging]\naddress = "${address}"\nnamespace = "${namespace}"\n`);

    const worker = runWorker({ ...others, TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' });

    await worker.printed('"worker is polling"');
    expect(entriesOf(worker).at(-1)).toMatchObject({ address, namespace });
  });
});
