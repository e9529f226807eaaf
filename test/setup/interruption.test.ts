import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { startBeside } from './beside';
import { test, write, writeProgram } from './in-folder';

const FIND = join(__dirname, 'programs', 'find.mjs');
const BUILDING = 'with Go (3-4 min, once) ...';

/** A machine where the dev server has to be built, and the build takes for ever. */
function arrange(folder: string) {
  const go = `process.argv[2] === 'install' && setInterval(() => {}, 1000)`;
  writeProgram(join(folder, 'bin', 'go'), go);
  return {
    env: { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') },
    left: () => readdirSync(join(folder, 'cache', 'temporal-memorydb-snapshots')),
  };
}

describe('a set-up that is told to end', () => {
  test.for([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)('by $signal takes its build and its temporary folders along', async ({ signal, code }, { folder }) => {
    const { env, left } = arrange(folder);
    const beside = startBeside(FIND, [], env);
    await beside.printed(BUILDING);
    expect(left()).toHaveLength(1);

    process.kill(beside.pid, signal);

    expect(await beside.ended).toBe(code);
    expect(left()).toEqual([]);
  });

  test('together with npm does so too, although npm passes the signal to its shell alone', async ({ folder }) => {
    const { env, left } = arrange(folder);
    const shell = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(FIND)}], { stdio: 'inherit' })`;
    const npm = startBeside(write(join(folder, 'npm.cjs'), shell), [], { ...env, npm_lifecycle_event: 'test' });
    await npm.printed(BUILDING);

    process.kill(npm.pid, 'SIGKILL');

    await npm.ended; // when the last one to hold its output has ended
    expect(left()).toEqual([]);
  });
});
