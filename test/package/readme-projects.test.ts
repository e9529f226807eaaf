import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked } from '../support/consumers/install-packed';
import { CHECKOUT, writeFiles } from '../support/consumers/temp-folder';
import { readmeEsModule, readmeExamples } from '../support/readme';
import { runNode, runNodeTest } from '../support/run-node';
import { describeWith } from '../support/temporal-servers';

// The README's examples in a project of a user, with the package as it is published.

const TSC = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');

/** An example as a module of either kind: in an ES module, the README says what takes the place of `require.resolve`. */
const KINDS = {
  commonjs: (example: string) => example,
  module: (example: string) => {
    const { imports, path } = readmeEsModule();
    return example.includes('require.resolve')
      ? `${imports}\n${example.replace(/require\.resolve\('[^']+'\)/, path)}`
      : example;
  },
} as const;

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-project-')));
  installPacked(folder, ['@temporalio/testing']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.for(Object.entries(KINDS))('a project of type %s', ([type, convert]) => {
  const examples = [...readmeExamples()].map(([name, example]) => [name, convert(example)] as const);
  const home = () => join(folder, type);

  test('compiles the examples', async () => {
    writeFiles(home(), {
      'package.json': JSON.stringify({ type }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, types: ['node'], skipLibCheck: true },
      }),
      ...Object.fromEntries(examples),
    });

    const { code, output } = await runNode([TSC, '--project', home()]);

    expect(output).toBe('');
    expect(code).toBe(0);
  });

  test('loads what is for a process of Node', async () => {
    const modules = examples
      .filter(([name, example]) => !name.includes('.test.') && !example.includes('@temporalio/workflow'))
      .map(([name]) => join(home(), name.replace(/ts$/, 'js')));

    const { output } = await runNode([
      '--no-warnings',
      '--input-type=module',
      '--eval',
      `for (const path of ${JSON.stringify(modules)}) console.log(Object.keys(await import(path)).includes('default') || true);`,
    ]);

    expect(modules.length).toBeGreaterThan(2);
    expect(output.trim().split('\n')).toEqual(modules.map(() => 'true'));
    expect(readFileSync(modules[0] ?? '', 'utf8').includes('require(')).toBe(type === 'commonjs');
  });

  describeWith('time-skipping server', 'runs', () => {
    test.for(examples.map(([name]) => name).filter((name) => name.includes('.test.')))('%s', async (name) => {
      const { code, output, leftBehind } = await runNodeTest(join(home(), name.replace(/ts$/, 'js')));

      expect(output).toContain('# pass 1');
      expect([code, leftBehind]).toEqual([0, false]);
    });
  });
});
