import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { CHECKOUT, inTempFolder, linkPackages, writeFiles } from '../support/consumers/temp-folder';

const WORKFLOWS = join(CHECKOUT, 'lib', 'workflows', 'index.js');

/** Temporal's own, and what they bring along. */
const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];

/** Our rooms that may run in the sandbox. */
const ROOMS = ['contract', 'workflows'];

/** Characters without the source map. Most of it is Temporal's: 0.49 million without any workflow. */
const MOST_CODE = 600_000;
const MOST_CODE_OF_OURS = 110_000;

describe('the workflow bundle', () => {
  test('holds Temporal, our two rooms of the sandbox, and nothing else', async () => {
    const { modules } = await bundle(WORKFLOWS);

    expect(packagesOf(modules)).toEqual(PACKAGES);
    expect(roomsOf(modules)).toEqual(ROOMS);
  });

  test('is small, our part of it above all', async () => {
    const { code } = await bundle(WORKFLOWS);
    const { code: without } = await plantedBundle('export async function nothing() {}');

    expect(code.length).toBeLessThan(MOST_CODE);
    expect(code.length - without.length).toBeLessThan(MOST_CODE_OF_OURS);
  });

  test('shows an AWS SDK that a workflow imports: the bundler itself lets it pass', async () => {
    const planted = `
      import { MemoryDBClient } from '@aws-sdk/client-memorydb';
      export async function leaky() { return typeof new MemoryDBClient({}); }`;

    const { modules, code } = await plantedBundle(planted);

    expect(packagesOf(modules)).toContain('@aws-sdk/client-memorydb');
    expect(code.length).toBeGreaterThan(MOST_CODE);
  });

  test('does not show what a workflow imports for its types', async () => {
    const planted = `
      import type { Snapshot } from '@aws-sdk/client-memorydb';
      export async function tight(snapshot: Snapshot) { return snapshot.Name; }`;

    const { modules } = await plantedBundle(planted);

    expect(packagesOf(modules).filter((name) => !PACKAGES.includes(name))).toEqual([]);
  });
});

describe('the type check of the sandbox', () => {
  const settings = join(CHECKOUT, 'src', 'workflows', 'tsconfig.json');

  test('refuses what a workflow cannot have, and only that', async () => {
    const workflow = `
      import { proxyActivities, sleep } from '@temporalio/workflow';
      import type { Snapshot } from '@aws-sdk/client-memorydb';
      const { look } = proxyActivities<{ look(): Promise<Snapshot> }>({ startToCloseTimeout: '1m' });
      export async function wait(): Promise<string | undefined> {
        await sleep('1m');
        return (await look()).Name;
      }`;
    const planted = {
      'buffer.ts': `${workflow}\nexport const x: unknown = Buffer.from('');`,
      'fetch.ts': `${workflow}\nexport const x: unknown = fetch('http://x');`,
      'module.ts': `${workflow}\nexport { readFile } from 'node:fs';`,
      'process.ts': `${workflow}\nexport const x: unknown = process.env;`,
      'wholesome.ts': workflow,
    };

    const { stdout, status } = await inTempFolder((folder) => {
      linkPackages(folder, ['@temporalio/workflow', '@aws-sdk/client-memorydb', '@types/node']);
      const config = { extends: settings, include: ['*.ts'] };
      writeFiles(folder, { ...planted, 'tsconfig.json': JSON.stringify(config) });
      return tsc(['-p', folder]);
    });

    const complaints = [...stdout.matchAll(/(\w+\.ts)\(.*?Cannot find (?:name|module) '([\w:]+)'/g)];
    expect(complaints.map(([, file, what]) => `${file ?? ''}: ${what ?? ''}`)).toEqual([
      'buffer.ts: Buffer',
      'fetch.ts: fetch',
      'module.ts: node:fs',
      'process.ts: process',
    ]);
    expect(stdout.match(/error TS/g)).toHaveLength(4);
    expect(status).not.toBe(0);
  });

  test('is done on every file of both rooms', () => {
    const { stdout } = tsc(['-p', settings, '--listFilesOnly']);

    const checked = stdout.split(/\r?\n/).map((path) => relative(join(CHECKOUT, 'src'), path));
    expect(ROOMS.flatMap(filesOf).filter((file) => !checked.includes(file))).toEqual([]);
  });
});

interface Bundle {
  readonly code: string;
  /** Paths relative to the checkout, `/` on every system. */
  readonly modules: readonly string[];
}

async function bundle(workflowsPath: string): Promise<Bundle> {
  const { code: whole } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const code = whole.slice(0, whole.lastIndexOf('//# sourceMappingURL='));
  // The bundle is made for development: each module stands under its path.
  const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, path]) => path ?? '');
  return { code, modules };
}

function plantedBundle(workflow: string): Promise<Bundle> {
  return inTempFolder((folder) => {
    linkPackages(folder, ['@temporalio/workflow', '@aws-sdk/client-memorydb']);
    return bundle(writeFiles(folder, { 'workflows.ts': workflow }));
  });
}

function packagesOf(modules: readonly string[]): string[] {
  const names = modules.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function roomsOf(modules: readonly string[]): string[] {
  const names = modules.map((path) => /^\.\/lib\/([^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function filesOf(room: string): string[] {
  const names = readdirSync(join(CHECKOUT, 'src', room), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(room, name));
}

function tsc(args: readonly string[]): { readonly stdout: string; readonly status: number | null } {
  const path = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
}
