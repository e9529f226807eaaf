import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MemoryDB } from '@aws-sdk/client-memorydb';
import { S3 } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readmeTable } from '../support/readme';

const main = join(__dirname, '../../lib/cli/main.js');

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  readonly exited: Promise<{ code: unknown; signal: unknown }>;
}

/** Runs the command as a user does; what still runs at the end of the test is killed. */
function run(...args: string[]): Run {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }));
  const result: Run = { child, stdout: '', stderr: '', exited };
  child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return result;
}

const readySchema = z.object({
  endpoint: z.string(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  accountId: z.string(),
  clusters: z.array(z.object({ name: z.string(), shards: z.number() })),
  snapshots: z.array(z.object({ name: z.string(), cluster: z.string() })),
  buckets: z.array(z.string()),
  command: z.string(),
});
const callSchema = z.object({ operation: z.string(), outcome: z.string() });
type Ready = z.infer<typeof readySchema>;

/** Starts the simulator with `--json` and gives a client to it. */
async function runSimulator(...args: string[]): Promise<{ run: Run; client: MemoryDB; ready: Ready }> {
  const running = run('simulator', '--json', ...args);
  await expect.poll(() => running.stdout, { timeout: 30_000 }).toMatch(/\n$/);
  const ready = readySchema.parse(JSON.parse(running.stdout));
  const client = new MemoryDB({ ...ready, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return { run: running, client, ready };
}

test('starts with a sample, and says how the AWS CLI finds it', async () => {
  const running = run('simulator');
  await expect.poll(() => running.stdout, { timeout: 30_000 }).toMatch(/aws memorydb .*\n/);

  expect(running.stdout).toMatch(/^MemoryDB simulator at http:\/\/127\.0\.0\.1:\d+, us-east-1, account 123456789012$/m);
  expect(running.stdout).toMatch(/^ {2}cluster prod, 3 shards$/m);
  expect(running.stdout).toMatch(/^ {2}snapshot automatic\.prod-\d{4}(-\d\d){4} of prod$/m);
  expect(running.stdout).toMatch(/^ {2}bucket acme-backups$/m);
  expect(running.stdout).toMatch(
    /^AWS_ACCESS_KEY_ID=\S+ AWS_SECRET_ACCESS_KEY=\S+ aws memorydb describe-snapshots --endpoint-url http:\/\/127\.0\.0\.1:\d+ --region us-east-1$/m
  );
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly, in the middle of a connection', async (signal) => {
  const { run: running, client } = await runSimulator();
  await client.describeSnapshots({});

  running.child.kill(signal);

  expect(await running.exited).toEqual({ code: 0, signal: null });
});

test('begins with the clusters and snapshots that it is given, and behaves as told', async () => {
  const {
    client,
    ready,
    run: running,
  } = await runSimulator(
    ...['--region', 'eu-west-1', '--account', '210987654321', '--copy-takes', '4h', '--quota', '1'],
    ...['--cluster', 'prod:3', '--cluster', 'Stage', '--snapshot', 'automatic.prod-2026-11-23-03-15'],
    ...['--snapshot', 'weekly=stage', '--snapshot', 'found=elsewhere', '--bucket', 'mine', '--bucket', 'ours']
  );

  const { Clusters } = await client.describeClusters({});
  const { Snapshots } = await client.describeSnapshots({});
  const { Snapshot } = await client.copySnapshot({
    SourceSnapshotName: 'automatic.prod-2026-11-23-03-15',
    TargetSnapshotName: 'a',
  });
  const over = client.copySnapshot({ SourceSnapshotName: 'weekly', TargetSnapshotName: 'b' });

  await expect(over).rejects.toMatchObject({ name: 'SnapshotQuotaExceededFault' });
  expect(Snapshot?.ARN).toBe('arn:aws:memorydb:eu-west-1:210987654321:snapshot/a');
  expect(Clusters?.map(({ Name, NumberOfShards }) => [Name, NumberOfShards])).toEqual([
    ['elsewhere', 1],
    ['prod', 3],
    ['stage', 1],
  ]);
  expect(Snapshots?.map(({ Name, ClusterConfiguration }) => [Name, ClusterConfiguration?.Name])).toEqual([
    ['automatic.prod-2026-11-23-03-15', 'prod'],
    ['found', 'elsewhere'],
    ['weekly', 'stage'],
  ]);
  expect(ready).toMatchObject({ region: 'eu-west-1', accountId: '210987654321', snapshots: [{}, {}, {}] });
  expect(ready.buckets).toEqual(['mine', 'ours']);
  const listCalls = (): string[] => {
    const lines = running.stderr.split('\n').filter((line) => line.startsWith('{'));
    return lines
      .map((line) => callSchema.parse(JSON.parse(line)))
      .map(({ operation, outcome }) => `${operation} ${outcome}`);
  };
  await expect
    .poll(listCalls)
    .toEqual([
      'DescribeClusters ok',
      'DescribeSnapshots ok',
      'CopySnapshot ok',
      'CopySnapshot SnapshotQuotaExceededFault',
    ]);
});

test('exports to a bucket of the same port, or to another S3', async () => {
  const { client, ready } = await runSimulator('--export-takes', '0s', '--shard-size', '64KB', '--snapshot', 'mine');
  const other = await runSimulator('--s3-endpoint', ready.endpoint, '--export-takes', '0s', '--snapshot', 'theirs');
  const s3 = new S3({ ...ready, maxAttempts: 1 });
  onTestFinished(() => s3.destroy());

  await client.copySnapshot({ SourceSnapshotName: 'mine', TargetSnapshotName: 'a', TargetBucket: 'acme-backups' });
  const request = { SourceSnapshotName: 'theirs', TargetSnapshotName: 'b', TargetBucket: 'acme-backups' };
  await other.client.copySnapshot(request);
  const { Contents } = await s3.listObjectsV2({ Bucket: 'acme-backups' });

  expect(Contents?.map(({ Key }) => Key)).toEqual(
    ['a', 'b'].flatMap((name) => ['0001', '0002', '0003'].map((shard) => `${name}-${shard}.rdb`))
  );
  expect(Contents?.[0]?.Size).toBe(65_536);
  expect([ready.buckets, other.ready.buckets]).toEqual([['acme-backups'], []]);
});

test('each call is one line on stderr', async () => {
  const running = run('simulator', '--cluster', 'solo');
  await expect.poll(() => running.stdout, { timeout: 30_000 }).toMatch(/aws memorydb .*\n/);
  const endpoint = /http:\S+(?=,)/.exec(running.stdout)?.[0] ?? '';
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new MemoryDB({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());

  await client.describeSnapshots({ ClusterName: 'solo' });

  await expect.poll(() => running.stderr).toMatch(/^\d{4}-\S+Z #1 DescribeSnapshots \{"ClusterName":"solo"\} ok$/m);
});

test.each([
  ['--port', 'abc', /option '--port <number>' argument 'abc' is invalid.*0 .*to 65535/],
  ['--port', '65536', /'--port <number>' argument '65536'/],
  ['--copy-takes', 'soon', /'--copy-takes <duration>' argument 'soon' is invalid.*30s/],
  ['--export-takes', 'soon', /'--export-takes <duration>' argument 'soon' is invalid.*30s/],
  ['--shard-size', 'huge', /'--shard-size <size>' argument 'huge' is invalid.*11MB/],
  ['--bucket', 'No', /'--bucket <name>' argument 'No' is invalid.*3 to 63/],
  ['--s3-endpoint', 'there', /'--s3-endpoint <url>' argument 'there' is invalid.*http:/],
  ['--quota', '-1', /'--quota <number>' argument '-1' is invalid.*whole number/],
  ['--account', '1', /'--account <id>' argument '1' is invalid.*12 digits/],
  ['--region', 'Mars', /'--region <name>' argument 'Mars' is invalid.*us-east-1/],
  ['--cluster', 'prod:0', /'--cluster <name\[:shards\]>' argument 'prod:0' is invalid.*1 to 500/],
  ['--cluster', '9', /'--cluster <name\[:shards\]>' argument '9' is invalid.*prod:3/],
  ['--snapshot', '=prod', /'--snapshot <name\[=cluster\]>' argument '=prod' is invalid.*nightly=prod/],
  ['--colour', 'red', /unknown option '--colour'/],
])('%s %s is refused with what to do instead', async (option, value, message) => {
  const refused = run('simulator', option, value);

  expect(await refused.exited).toEqual({ code: 2, signal: null });
  expect(refused.stderr).toMatch(message);
  expect(refused.stdout).toBe('');
});

test('a refusal shows what was typed without what a terminal would obey', async () => {
  const refused = run('simulator', '--region', 'a\u001b[31m\nb');

  expect(await refused.exited).toEqual({ code: 2, signal: null });
  expect(refused.stderr).toContain('a\\u{1b}[31m');
  expect(refused.stderr).not.toContain('\u001b');
});

test('arguments that do not fit together, or not this machine, are refused', async () => {
  const cases = [
    { args: ['--cluster', 'a', '--cluster', 'b', '--snapshot', 'c'], message: /'--snapshot' argument 'c'.*c=CLUSTER/ },
    { args: ['--cluster', 'a', '--cluster', 'A:2'], message: /cluster A is given twice/ },
    { args: ['--snapshot', 'a', '--snapshot', 'A'], message: /snapshot A is given twice/ },
    { args: ['--bucket', 'aaa', '--bucket', 'aaa'], message: /bucket aaa is given twice/ },
    { args: ['--host', '203.0.113.1'], message: /'--host' argument '203\.0\.113\.1' is invalid.*try 127\.0\.0\.1/ },
  ];

  const runs = cases.map(({ args }) => run('simulator', ...args));

  for (const [index, { message }] of cases.entries()) {
    expect(await runs[index]?.exited).toEqual({ code: 2, signal: null });
    expect(runs[index]?.stderr).toMatch(message);
  }
});

test('a port in use is told as such', async () => {
  const occupant = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void occupant.close());
  await once(occupant, 'listening');
  const address = occupant.address();
  const port = String(typeof address === 'object' ? address?.port : '');

  const refused = run('simulator', '--port', port);

  expect(await refused.exited).toEqual({ code: 1, signal: null });
  expect(refused.stderr).toBe(
    `error: port ${port} of 127.0.0.1 is in use: end what uses it, or choose another with --port\n`
  );
});

test('help is told on stdout; no command, or one that is unknown, is a mistake', async () => {
  const [help, none, unknown] = [run('simulator', '--help'), run(), run('simulate')];

  expect([await help.exited, await none.exited, await unknown.exited].map(({ code }) => code)).toEqual([0, 2, 2]);
  for (const option of [
    'port',
    'host',
    'region',
    'account',
    'copy-takes',
    'export-takes',
    'shard-size',
    'bucket',
    's3-endpoint',
    'quota',
    'cluster',
    'snapshot',
    'json',
  ]) {
    expect(help.stdout).toContain(`--${option}`);
  }
  expect(help.stdout).toContain('Examples:');
  expect(none.stderr).toContain('simulator');
  expect(unknown.stderr).toContain("unknown command 'simulate'");
});

test('the worker says which variables it reads, and their defaults: those of the README', async () => {
  const running = run('worker', '--help');

  expect(await running.exited).toEqual({ code: 0, signal: null });
  const ofReadme = readmeTable('variable').map(
    ([variables = '', , usual = '']) => [variables.split(', '), usual] as const
  );
  expect(ofReadme.length).toBeGreaterThan(8);
  for (const [variables, usual] of ofReadme) {
    const [first = '', ...others] = variables.filter((name) => name !== '…');
    const told = running.stdout.slice(running.stdout.indexOf(`\n  ${first}`) + 1).split(/\n {2}(?=[A-Z])/)[0] ?? '';
    for (const name of [first, ...others]) expect(told).toContain(name);
    if (/^[A-Za-z\d:-]+$/.test(usual) && usual !== 'none') expect(told).toContain(usual);
  }
});

test('the worker takes no arguments', async () => {
  const running = run('worker', 'prod');

  expect(await running.exited).toEqual({ code: 2, signal: null });
  expect(running.stderr).toContain('too many arguments');
});
