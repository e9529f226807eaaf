import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { Interrupted } from '../../scripts/machine/errors.mjs';
import { withLock } from '../../scripts/machine/with-lock.mjs';
import { startBeside } from './beside';
import { test, write } from './in-folder';

function arrange(folder: string) {
  const stop = new AbortController();
  const said: string[] = [];
  let saidSomething: (line: string) => void = () => {};
  const firstLine = new Promise<string>((resolve) => (saidSomething = resolve));
  const say = (line: string): void => {
    said.push(line);
    saidSomething(line);
  };
  return { lock: join(folder, 'lock'), machine: { say, interruption: stop.signal }, said, firstLine, stop };
}

/** The id of a process that has ended. */
async function endedProcess(folder: string): Promise<number> {
  const { pid, ended } = startBeside(write(join(folder, 'nothing.cjs'), ''), []);
  await ended;
  return pid;
}

describe('a lock', () => {
  test('names its owner, and is gone afterwards, whatever the work comes to', async ({ folder }) => {
    const { lock, machine } = arrange(folder);

    const owner = await withLock(machine, lock, () => Promise.resolve(readFileSync(join(lock, 'owner'), 'utf8')));
    const fails = withLock(machine, lock, () => Promise.reject(new Error('no')));

    expect(owner).toBe(`process ${process.pid} on ${hostname()}`);
    await expect(fails).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('lets one work at a time', async ({ folder }) => {
    const { lock, machine, firstLine } = arrange(folder);
    const order: string[] = [];
    const first = withLock(machine, lock, async () => {
      order.push('first begins');
      await firstLine; // the second says that it waits
      order.push('first ends');
    });
    const second = withLock(machine, lock, () => Promise.resolve(void order.push('second')));

    await Promise.all([first, second]);

    expect(order).toEqual(['first begins', 'first ends', 'second']);
    expect(await firstLine).toContain('waiting for it');
  });

  test('is not waited for any longer when the set-up is told to end', async ({ folder }) => {
    const { lock, machine, firstLine, stop } = arrange(folder);
    write(join(lock, 'owner'), `process ${process.pid} on ${hostname()}`);
    const waits = withLock(machine, lock, () => Promise.resolve());
    await firstLine;

    stop.abort('SIGINT');

    await expect(waits).rejects.toThrow(Interrupted);
    expect(existsSync(lock)).toBe(true);
  });

  test('of a process that has ended is broken', async ({ folder }) => {
    const { lock, machine, said } = arrange(folder);
    write(join(lock, 'owner'), `process ${await endedProcess(folder)} on ${hostname()}`);

    expect(await withLock(machine, lock, () => Promise.resolve('worked'))).toBe('worked');
    expect(said).toEqual([]);
  });

  test.for([
    { whose: 'another host', owner: 'process 1 on elsewhere' },
    { whose: 'nobody yet', owner: undefined },
  ])('of $whose is broken when nobody has touched it for a while', async ({ owner }, { folder }) => {
    const { lock, machine, firstLine } = arrange(folder);
    mkdirSync(lock);
    if (owner !== undefined) write(join(lock, 'owner'), owner);
    const waits = withLock(machine, lock, () => Promise.resolve('worked'));
    await firstLine;
    const longAgo = new Date(Date.now() - 61_000);

    utimesSync(lock, longAgo, longAgo);

    expect(await waits).toBe('worked');
    expect(existsSync(lock)).toBe(false);
  });
});
