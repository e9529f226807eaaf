import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { createMachine } from '../../scripts/machine/machine.mjs';
import { ensureBuilt, isBuilt } from '../../scripts/set-up/ensure-built.mjs';
import { test, write } from './in-folder';

const CHECKOUT = join(__dirname, '..', '..');

/** A checkout of two sources, with the real compiler. */
function arrange(root: string) {
  symlinkSync(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'));
  write(join(root, 'package-lock.json'), '{}');
  write(
    join(root, 'tsconfig.json'),
    '{ "compilerOptions": { "target": "es2022", "module": "node20", "types": [], "lib": ["es5"], "skipLibCheck": true } }'
  );
  const compilerOptions = { rootDir: 'src', outDir: 'lib', declaration: true };
  write(
    join(root, 'tsconfig.build.json'),
    JSON.stringify({ extends: './tsconfig.json', compilerOptions, include: ['src'] })
  );
  write(join(root, 'src', 'one.ts'), 'export const one: number = 1;');
  write(join(root, 'src', 'deep', 'two.ts'), 'export const two: number = 2;');
  const said: string[] = [];
  return { machine: createMachine({ say: (line) => said.push(line) }), said };
}

describe('lib', () => {
  test('is built when it is missing, and left alone when nothing has changed', async ({ folder }) => {
    const { machine, said } = arrange(folder);

    await ensureBuilt(machine, folder);
    const built = statSync(join(folder, 'lib', 'one.js')).mtimeMs;
    await ensureBuilt(machine, folder);

    expect(readdirSync(join(folder, 'lib')).sort()).toEqual(['.build', 'deep', 'one.d.ts', 'one.js']);
    expect(statSync(join(folder, 'lib', 'one.js')).mtimeMs).toBe(built);
    expect(said).toEqual(['building lib ...', expect.stringMatching(/^building lib: done in/)]);
  });

  test('gets back what was deleted, follows a changed source and loses what a removed one left', async ({ folder }) => {
    const { machine } = arrange(folder);
    await ensureBuilt(machine, folder);
    rmSync(join(folder, 'lib', 'one.js'));
    expect(isBuilt(folder)).toBe(false);
    await ensureBuilt(machine, folder);
    expect(existsSync(join(folder, 'lib', 'one.js'))).toBe(true);
    write(join(folder, 'src', 'one.ts'), 'export const one: number = 11;');
    rmSync(join(folder, 'src', 'deep', 'two.ts'));

    await ensureBuilt(machine, folder);

    expect(readFileSync(join(folder, 'lib', 'one.js'), 'utf8')).toContain('one = 11');
    expect(readdirSync(join(folder, 'lib', 'deep'))).toEqual([]);
  });

  test('whose sources have a mistake is an error with what the compiler said, every time', async ({ folder }) => {
    const { machine } = arrange(folder);
    write(join(folder, 'src', 'one.ts'), 'export const one: number = "1";');

    await expect(ensureBuilt(machine, folder)).rejects.toThrow(/the build failed:\nsrc\/one.ts\(1,14\): error TS2322/);
    await expect(ensureBuilt(machine, folder)).rejects.toThrow(/error TS2322/);
  });
});
