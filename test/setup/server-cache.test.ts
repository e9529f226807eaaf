import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { createMachine } from '../../scripts/machine/machine.mjs';
import { findServer } from '../../scripts/servers/find-server.mjs';
import { NotHere } from '../../scripts/servers/not-here.mjs';
import { cacheFolder, fillEntry } from '../../scripts/servers/server-cache.mjs';
import { fromCache, intoCache, type Verify } from '../../scripts/servers/sources.mjs';
import { startBeside } from './beside';
import { test, write, writeProgram } from './in-folder';

const machine = createMachine({ say: () => {} });
const verify: Verify = async (path) => {
  const { code, stderr } = await machine.run(path, []);
  if (code !== 0) throw new NotHere(stderr);
};

/** A cache and a builder for its one entry, with real executables. */
function arrange(folder: string) {
  const said: string[] = [];
  const path = join(folder, 'server-1', 'run');
  const entry = { cacheDir: folder, name: 'server-1', executable: 'run', verify };
  const builder = intoCache('builder', entry, (into) => {
    writeProgram(join(into, 'run'), '');
  });
  const cache = fromCache({ cacheDir: folder, say: (line) => said.push(line) }, ['server-1'], 'run', verify);
  return { find: () => findServer('server', [cache, builder]), path, said };
}

describe('an entry of the cache', () => {
  test.for([
    { fault: 'has lost its marker', damage: (path: string) => rmSync(join(path, '..', 'complete.json')) },
    { fault: 'has a garbled marker', damage: (path: string) => write(join(path, '..', 'complete.json'), '{"fi') },
    { fault: 'has lost its executable', damage: (path: string) => rmSync(path) },
    { fault: 'has an empty executable', damage: (path: string) => truncateSync(path) },
    { fault: 'may not be executed', damage: (path: string) => chmodSync(path, 0o644) },
    {
      fault: 'does not start',
      damage: (path: string) =>
        write(path, readFileSync(path, 'utf8').replace(process.execPath, '/'.padEnd(process.execPath.length, 'x'))),
    },
  ])('that $fault is removed and made again', async ({ damage }, { folder }) => {
    const { find, path, said } = arrange(folder);
    await find();
    damage(path);

    const found = await find();

    expect(found).toEqual({ path, source: 'builder' });
    expect(said).toEqual([expect.stringMatching(/server-1 is broken \(.+\): removing it/)]);
    expect(await find()).toEqual({ path, source: 'cache' });
    expect(readdirSync(folder)).toEqual(['server-1']);
  });

  test('appears as a whole, after it was seen to run', async ({ folder }) => {
    const { find } = arrange(folder);
    let seen: string[] | undefined;
    const looks: Verify = () => {
      seen = readdirSync(folder);
    };
    const entry = { cacheDir: folder, name: 'server-1', executable: 'run', verify: looks };

    await intoCache('builder', entry, (into) => void writeProgram(join(into, 'run'), '')).look();

    expect(seen).toEqual([expect.stringMatching(/^\.server-1-/)]);
    expect(await find()).toMatchObject({ source: 'cache' });
  });

  test('that two processes fill at once is there once, for both', async ({ folder }) => {
    const program = join(__dirname, 'programs', 'fill-when-told.mjs');
    const [first, second] = [startBeside(program, [folder, 'first']), startBeside(program, [folder, 'second'])];
    await Promise.all([first.printed('filled'), second.printed('filled')]);

    write(join(folder, 'go'), '');
    const outcomes = await Promise.all([first.ended, second.ended]);

    expect(outcomes).toEqual([0, 0]);
    expect(readdirSync(folder).sort()).toEqual(['go', 'server-1']);
    expect(['first', 'second']).toContain(readFileSync(join(folder, 'server-1', 'by'), 'utf8'));
  });

  test('whose making fails leaves nothing behind', async ({ folder }) => {
    const fails = fillEntry(folder, 'server-1', (into) => {
      write(join(into, 'half'), '');
      throw new NotHere('no');
    });

    await expect(fails).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the cache folder', () => {
  test.for([
    { env: { XDG_CACHE_HOME: '/x', HOME: '/h' }, where: '/x/temporal-memorydb-snapshots' },
    { env: { XDG_CACHE_HOME: '', HOME: '/h' }, where: '/h/.cache/temporal-memorydb-snapshots' },
    { env: { HOME: '/h' }, where: '/h/.cache/temporal-memorydb-snapshots' },
  ])('is $where for $env', ({ env, where }) => {
    expect(cacheFolder(env)).toBe(where);
  });

  test('is made when it is not there', async ({ folder }) => {
    const deep = join(folder, 'a', 'b');

    const entry = await fillEntry(deep, 'server-1', (into) => void write(join(into, 'file'), 'x'));

    expect(existsSync(join(entry, 'file'))).toBe(true);
  });
});
