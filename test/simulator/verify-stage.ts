import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { formatManifest, type Manifest } from '../../src/aws/manifest';
import { manifestKeyOf } from '../../src/contract/export-keys';
import { bucket, type ExportStage, setExportStage, source } from './stage';

const main = join(__dirname, '../../lib/cli/main.js');

/** The command while it runs, and what it printed so far. */
export interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  stdout: string;
  stderr: string;
  readonly exited: Promise<{ code: unknown; signal: unknown }>;
}

/** Starts `memorydb-snapshots verify` as a user does, with credentials for the simulator; it ends with the test. */
export function startVerify(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  return start(process.execPath, [main, 'verify', ...args], env);
}

/** Runs a line of bash, in which the command is called `verify`, to its end. */
export async function runShell(line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const command = 'verify() { "$NODE" "$MAIN" verify "$@"; }';
  const run = start('bash', ['--norc', '-c', `${command}; ${line}`], { NODE: process.execPath, MAIN: main, ...env });
  run.child.stdin.end();
  const { code } = await run.exited;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Run {
  const child = spawn(program, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_NO_WARNINGS: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...CALLER,
      ...env,
    },
  });
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }));
  const run: Run = { child, stdout: '', stderr: '', exited };
  child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString()));
  // The command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return run;
}

const CALLER = { AWS_ACCESS_KEY_ID: 'somebody', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };

/** How the command ended. */
export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end, with these bytes on stdin. */
export async function verify(args: readonly string[], stdin: Uint8Array | string = ''): Promise<Ended> {
  const run = startVerify(args);
  run.child.stdin.end(stdin);
  const { code } = await run.exited;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

const verdictSchema = z.enum(['verified', 'unproven', 'unsupported', 'unreadable', 'incomplete', 'corrupt']);

/** What `--json` promises. */
const documentSchema = z.strictObject({
  verdict: verdictSchema,
  exitCode: z.number(),
  level: z.string(),
  results: z.array(
    z.strictObject({
      argument: z.string(),
      kind: z.enum(['object', 'export']),
      verdict: verdictSchema,
      manifest: z.string().optional(),
      problems: z.array(
        z.strictObject({
          problem: z.string(),
          verdict: verdictSchema,
          means: z.string(),
          detail: z.string().optional(),
        })
      ),
      objects: z.array(
        z.looseObject({
          name: z.string(),
          verdict: verdictSchema,
          shard: z.string().optional(),
          expectedSlots: z.string().optional(),
          error: z.string().optional(),
          reason: z.string().optional(),
          means: z.string().optional(),
          offset: z.number().optional(),
          bytes: z.number().optional(),
          level: z.string().optional(),
          checksum: z.string().optional(),
          computedChecksum: z.string().optional(),
          databases: z.array(z.object({ db: z.number(), keys: z.number(), expires: z.number() })).optional(),
          slots: z.object({ first: z.number(), last: z.number() }).optional(),
        })
      ),
    })
  ),
});

/** The document of `--json`. */
export type Document = z.infer<typeof documentSchema>;

/** Runs the command with `--json`; the document, which agrees with the exit code. */
export async function verifyAsJson(args: readonly string[], stdin?: Uint8Array | string): Promise<Document> {
  const { code, stdout, stderr } = await verify(['--json', ...args], stdin);
  if (stderr !== '') throw new Error(stderr);
  const document = documentSchema.parse(JSON.parse(stdout));
  if (document.exitCode !== code) throw new Error(`exit code ${String(code)} is not ${document.exitCode}`);
  return document;
}

/** Puts files into a folder that ends with the test; their paths. */
export function writeFiles(files: Readonly<Record<string, Uint8Array | string>>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, content);
      return [name, path];
    })
  );
}

/** An export of the stage's snapshot to `nightly`, all of it there, and how the command finds its S3. */
export async function setExported(target = 'nightly'): Promise<
  ExportStage & {
    readonly keys: readonly string[];
    readonly at: readonly string[];
    readonly read: (key: string) => Promise<Buffer>;
    /** Writes the manifest of the objects as they are now. */
    readonly writeManifest: (changes?: Partial<Manifest>) => Promise<string>;
  }
> {
  const stage = await setExportStage();
  await stage.exportTo(target);
  stage.clock.advance('5m');
  const { sim } = stage;
  return {
    ...stage,
    keys: ['0001', '0002', '0003'].map((shard) => `${target}-${shard}.rdb`),
    at: ['--endpoint-url', sim.endpoint],
    read: async (key) => (await sim.object(bucket, key))?.bytes() ?? Buffer.alloc(0),
    writeManifest: async (changes = {}) => {
      const text = formatManifest({ ...(await manifestOf(stage, target)), ...changes });
      sim.putObject(bucket, manifestKeyOf(target), text);
      return text;
    },
  };
}

async function manifestOf({ client, sim }: ExportStage, target: string): Promise<Manifest> {
  const { Snapshots } = await client.describeSnapshots({ SnapshotName: source, ShowDetail: true });
  const shards = Snapshots?.[0]?.ClusterConfiguration?.Shards ?? [];
  const objects = await Promise.all(
    shards.map(async ({ Name: shard = '', Configuration }) => {
      const object = await sim.object(bucket, `${target}-${shard}.rdb`);
      if (object === undefined) throw new Error(`no object of shard ${shard}`);
      const { key, size, etag } = object;
      const checksum = object
        .bytes(size - 8)
        .reverse()
        .toString('hex');
      return { key, shard, slots: Configuration?.Slots, size, etag, checksum };
    })
  );
  return {
    ...{ version: 1, state: 'complete', job: 'a', request: 'b', target, startedAt: '2026-11-23T06:00:00.000Z' },
    source: { name: source, arn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/a', hash: 'c' },
    objects,
  };
}
