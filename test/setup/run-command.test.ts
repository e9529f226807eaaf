import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { Interrupted } from '../../scripts/machine/errors.mjs';
import { createMachine } from '../../scripts/machine/machine.mjs';
import { narrate } from '../../scripts/machine/narrate.mjs';
import { startBeside } from './beside';
import { test, write } from './in-folder';

const node = process.execPath;

describe('a command', () => {
  test.for([
    { program: `console.log('out'); console.error('err')`, outcome: { code: 0, stdout: 'out\n', stderr: 'err\n' } },
    { program: `process.exitCode = 3`, outcome: { code: 3, stdout: '', stderr: '' } },
    { program: `process.kill(process.pid, 'SIGTERM')`, outcome: { code: 143, stdout: '', stderr: '' } },
  ])('that does $program comes to $outcome.code', async ({ program, outcome }) => {
    expect(await createMachine().run(node, ['-e', program])).toEqual(outcome);
  });

  test('that is not installed comes to 127', async () => {
    const { run } = createMachine({ env: { PATH: '' } });

    expect(await run('no-such-command', [])).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('ENOENT') as string,
    });
  });

  test('sees the machine and what is laid over it', async () => {
    const { run } = createMachine({ env: { A: 'a', B: 'b' } });

    const { stdout } = await run(node, ['-p', 'process.env.A + process.env.B'], { env: { B: 'other' } });

    expect(stdout).toBe('aother\n');
  });

  test('that takes too long is ended', async () => {
    const { code } = await createMachine().run(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 50 });

    expect(code).toBe(124);
  });

  test('does not wait for what it leaves running, and ends it', async () => {
    const leaves = `const { spawn } = require('node:child_process');
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      left.unref();`;

    // What is left holds the pipe: without an end to it there is no outcome.
    expect(await createMachine().run(node, ['-e', leaves])).toMatchObject({ code: 0 });
  });

  test('is ended by an interruption, and none is started after it', async () => {
    const stop = new AbortController();
    const { run } = createMachine({ interruption: stop.signal });
    const runs = run(node, ['-e', 'setInterval(() => {}, 1000)']);

    stop.abort('SIGINT');

    await expect(runs).rejects.toThrow(Interrupted);
    await expect(run(node, ['-e', ''])).rejects.toThrow(Interrupted);
  });
});

describe('a long step', () => {
  test('says that it begins, that it is still at it, and how long it took', async () => {
    const said: string[] = [];
    let finish = (): void => {};
    const say = (line: string): void => {
      said.push(line);
      if (said.length === 3) finish();
    };

    await narrate(say, 'building', () => new Promise<void>((resolve) => (finish = resolve)), { everyMs: 1 });

    expect(said).toEqual([
      'building ...',
      expect.stringMatching(/^building: still at it after \d+\.\d s$/),
      expect.stringMatching(/^building: still at it after \d+\.\d s$/),
      expect.stringMatching(/^building: done in \d+\.\d s$/),
    ]);
  });
});

describe('a program in the foreground', () => {
  test('gets a signal once although it comes twice, and its exit code is ours', async ({ folder }) => {
    const child = write(
      join(folder, 'child.cjs'),
      `let heard = 0;
      process.on('SIGINT', () => { heard += 1; console.log('heard'); setTimeout(() => process.exit(40 + heard), 2_000); });
      setInterval(() => {}, 1000); console.log('ready');`
    );
    const beside = startBeside(join(__dirname, 'programs', 'foreground.mjs'), [child]);
    await beside.printed('ready');

    process.kill(beside.pid, 'SIGINT');
    await beside.printed('heard');
    process.kill(beside.pid, 'SIGINT');

    expect(await beside.ended).toBe(41);
  });
});
