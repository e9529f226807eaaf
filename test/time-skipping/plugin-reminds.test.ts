import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inScene, installNotes, Notes } from '../support/consumers/scene';
import { startTimeSkipping } from '../support/start-time-skipping';
import { inTempFolder, linkPackages, PACKAGE, writeFiles } from '../support/consumers/temp-folder';
import { describeWith } from '../support/temporal-servers';

type Files = Readonly<Record<string, string>>;

const OURS = `'${PACKAGE}/workflows'`;
const THEIRS = 'export async function theirs() {}';
const COMPILED = 'Object.defineProperty(exports, "__esModule", { value: true });';
const STAR = `var __exportStar = (this && this.__exportStar) || function (m, exports) {
  for (var p in m) if (p !== 'default' && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p];
};`;
const PARENT = `
  import { executeChild } from '@temporalio/workflow';
  import { childJob, copyMemoryDBSnapshot } from ${OURS};
  export async function theirs(input: any) { return executeChild(copyMemoryDBSnapshot, childJob(input)); }`;

/** The first file is what `workflowsPath` names, or its folder where that is another path. */
type Row = readonly [what: string, files: Files, workflowsPath?: string];

const FORGOTTEN: readonly Row[] = [
  ['a file of ES modules', { 'workflows.ts': THEIRS }],
  ['a file in JavaScript', { 'workflows.js': THEIRS }],
  ['a folder', { 'workflows/index.ts': THEIRS }, 'workflows'],
  ['a folder with a package.json', { 'flows/main.js': THEIRS, 'flows/package.json': '{"main":"main.js"}' }, 'flows'],
  ['a file of CommonJS', { 'workflows.js': `${COMPILED} exports.theirs = async () => {};` }],
  ['a file of CommonJS with one object', { 'workflows.js': 'module.exports = { theirs: async () => {} };' }],
  ['export *', { 'workflows.ts': `export * from './theirs';`, 'theirs.ts': THEIRS }],
  [
    'export * that is compiled',
    { 'workflows.js': `${STAR} __exportStar(require('./theirs'), exports);`, 'theirs.js': THEIRS },
  ],
  ['a parent that imports ours without exporting it', { 'workflows.ts': PARENT }],
  [
    'a parent that is compiled',
    {
      'workflows.js': `${COMPILED} const ours = require(${OURS}); exports.theirs = async () => ours.copyMemoryDBSnapshot;`,
    },
  ],
  ['export * of such a parent', { 'workflows.ts': `export * from './theirs';`, 'theirs.ts': PARENT }],
  [
    'a folder with a package.json, of such a parent',
    { 'flows/main.ts': PARENT, 'flows/package.json': '{"main":"main.ts"}' },
    'flows',
  ],
  ['a re-export under another name', { 'workflows.ts': `export { copyMemoryDBSnapshot as copy } from ${OURS};` }],
  ['a re-export of something else of ours', { 'workflows.ts': `export { childJob } from ${OURS};` }],
  ['a type of ours', { 'workflows.ts': `export type { copyMemoryDBSnapshot } from ${OURS}; ${THEIRS}` }],
];

const REMEMBERED: readonly Row[] = [
  ['a file of ES modules', { 'workflows.ts': `export { copyMemoryDBSnapshot } from ${OURS}; ${THEIRS}` }],
  ['a folder', { 'workflows/index.ts': `export { copyMemoryDBSnapshot } from ${OURS};` }, 'workflows'],
  [
    'a file of CommonJS',
    { 'workflows.js': `${COMPILED} exports.copyMemoryDBSnapshot = require(${OURS}).copyMemoryDBSnapshot;` },
  ],
  [
    'a file of CommonJS that is compiled',
    {
      'workflows.js': `${COMPILED} var ours = require(${OURS});
        Object.defineProperty(exports, 'copyMemoryDBSnapshot', { enumerable: true, get: function () { return ours.copyMemoryDBSnapshot; } });`,
    },
  ],
  ['a file of CommonJS with one object', { 'workflows.js': `module.exports = { ...require(${OURS}) };` }],
  ['export *', { 'workflows.ts': `export * from ${OURS};` }],
  ['export * that is compiled', { 'workflows.js': `${STAR} __exportStar(require(${OURS}), exports);` }],
  [
    'export * of a file that has it',
    { 'workflows.ts': `export * from './ours';`, 'ours.ts': `export * from ${OURS};` },
  ],
  ['a parent that exports it, too', { 'workflows.ts': `${PARENT} export { copyMemoryDBSnapshot };` }],
  ['a workflow of their own by our name', { 'workflows.ts': 'export async function copyMemoryDBSnapshot() {}' }],
];

describe('while bundling, the plugin', () => {
  test.for(FORGOTTEN)('names the line that is missing in %s', ([, files, path]) =>
    inUserFolder(files, path, async (workflowsPath) => {
      const { notes } = await bundle(workflowsPath);

      expect(notes.advice).toBe(1);
    })
  );

  test.for(REMEMBERED)('says nothing about %s', ([, files, path]) =>
    inUserFolder(files, path, async (workflowsPath) => {
      const { notes } = await bundle(workflowsPath);

      expect(notes.entries).toEqual([]);
    })
  );

  test('sees through a symbolic link to a parent that forgot it', () =>
    inUserFolder({ 'real.ts': PARENT }, undefined, async (real) => {
      const link = join(real, '..', 'link.ts');
      symlinkSync(real, link);

      const { notes } = await bundle(link);

      expect(notes.advice).toBe(1);
    }));

  test("keeps the user's own hook, and speaks after it", () =>
    inUserFolder({ 'workflows.ts': THEIRS }, undefined, async (workflowsPath) => {
      const { notes, code } = await bundle(workflowsPath, (config) => ({
        ...config,
        output: { ...config.output, library: '__THEIRS__' },
      }));

      expect(code).toContain('__THEIRS__');
      expect(notes.advice).toBe(1);
    }));

  test('says nothing where the bundle cannot be made: the bundler has an error to tell', () =>
    inUserFolder({ 'workflows.ts': `export { nothing } from './nowhere';` }, undefined, async (workflowsPath) => {
      const notes = new Notes();

      const made = bundleWorkflowCode({ workflowsPath, logger: notes, plugins: [new MemoryDBSnapshotPlugin()] });

      await expect(made).rejects.toThrow('Webpack finished with errors');
      expect(notes.advice).toBe(0);
    }));
});

describeWith('time-skipping server', 'when a worker is made, the plugin', () => {
  let notes: Notes;
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    notes = installNotes();
    env = await startTimeSkipping();
  });
  beforeEach(() => void notes.entries.splice(0));
  afterAll(() => env.teardown());

  test("tells the Runtime's logger what is missing in the user's workflows", () =>
    inUserFolder({ 'workflows.ts': THEIRS }, undefined, (workflowsPath) =>
      inScene(env, async ({ plugin, worker }) => {
        const running = await worker({ plugins: [plugin], workflowsPath });
        await running.runUntil(Promise.resolve());

        expect(notes.advice).toBe(1);
      })
    ));

  test.for(['code', 'codePath'] as const)('tells what is missing in a prebuilt bundle given by its %s', (given) =>
    inUserFolder({ 'workflows.ts': THEIRS }, undefined, (workflowsPath) =>
      inScene(env, async ({ plugin, worker }) => {
        const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
        const codePath = join(workflowsPath, '..', 'bundle.js');
        writeFileSync(codePath, code);

        const running = await worker({
          plugins: [plugin],
          workflowBundle: given === 'code' ? { code } : { codePath },
        });
        await running.runUntil(Promise.resolve());

        expect(notes.advice).toBe(1);
      })
    )
  );

  test.for(['workflowsPath', 'workflowBundle'] as const)(
    'tells it once when it is on both connection and worker: %s',
    (given) =>
      inUserFolder({ 'workflows.ts': THEIRS }, undefined, (workflowsPath) =>
        inScene(env, async ({ plugin, worker }) => {
          const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
          const connection = await NativeConnection.connect({ address: env.address, plugins: [plugin] });
          try {
            const running = await worker({
              connection,
              plugins: [plugin],
              ...(given === 'workflowsPath' ? { workflowsPath } : { workflowBundle }),
            });
            await running.runUntil(Promise.resolve());

            expect(notes.advice).toBe(1);
          } finally {
            await connection.close();
          }
        })
      )
  );
});

async function inUserFolder(
  files: Files,
  path: string | undefined,
  work: (workflowsPath: string) => Promise<void>
): Promise<void> {
  await inTempFolder(async (folder) => {
    linkPackages(folder, ['@temporalio/workflow', PACKAGE]);
    const first = writeFiles(folder, files);
    await work(path === undefined ? first : join(folder, path));
  });
}

async function bundle(
  workflowsPath: string,
  webpackConfigHook?: NonNullable<Parameters<typeof bundleWorkflowCode>[0]['webpackConfigHook']>
): Promise<{ notes: Notes; code: string }> {
  const notes = new Notes();
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: notes,
    plugins: [new MemoryDBSnapshotPlugin()],
    ...(webpackConfigHook && { webpackConfigHook }),
  });
  return { notes, code };
}
