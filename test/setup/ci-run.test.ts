import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { createMachine } from '../../scripts/machine/machine.mjs';
import { findOnPath } from '../../scripts/servers/sources.mjs';
import { test, writeProgram } from './in-folder';

const CI_RUN = join(__dirname, '..', '..', '.ci', 'run');

/** What the script takes from the system; the rest is what a test puts in its place, or is not installed. */
const SYSTEM = ['bash', 'dirname', 'ln', 'mkdir', 'timeout'];

const NOTE_CALL = `const { appendFileSync, cpSync, mkdirSync } = require('node:fs');
const [, path, ...args] = process.argv;
appendFileSync(process.env.CALLS, [require('node:path').basename(path), ...args].join(' ') + '\\n');`;

/** Python without botocore and ensurepip; its environments get the pip of `brought`, and that brings moto. */
const PYTHON = `if (args[1] !== 'venv') process.exit(1);
mkdirSync(args.at(-1) + '/bin', { recursive: true });
cpSync(process.env.BROUGHT + '/pip', args.at(-1) + '/bin/pip');`;
const PIP = `cpSync(process.env.BROUGHT + '/moto_server', path.replace(/pip$/, 'moto_server'));`;

/** An npm whose `npm test` starts moto, as the tests do. */
const NPM = `if (args[0] !== 'test') process.exit(Number(process.env.CHECK ?? 0));
const { status } = require('node:child_process').spawnSync('moto_server', ['-p', '1']);
process.exit(status === 0 ? 0 : 1);`;

type Programs = Readonly<Record<string, string>>;

/** Runs the script on a machine that has these programs and no others. */
function arrange(folder: string, programs: Programs, more: Readonly<Record<string, string>> = {}) {
  const bin = join(folder, 'bin');
  const brought = { pip: PIP, moto_server: '' };
  mkdirSync(bin);
  for (const name of SYSTEM) symlinkSync(findOnPath(process.env, name) ?? '/nowhere', join(bin, name));
  for (const [name, body] of Object.entries({ npm: NPM, ...programs })) {
    writeProgram(join(bin, name), `${NOTE_CALL}\n${body}`);
  }
  for (const [name, body] of Object.entries(brought)) {
    writeProgram(join(folder, 'brought', name), `${NOTE_CALL}\n${body}`);
  }
  mkdirSync(join(folder, 'checkout', '.ci'), { recursive: true });
  const script = join(folder, 'checkout', '.ci', 'run');
  copyFileSync(CI_RUN, script);
  const [CALLS, XDG_CACHE_HOME] = [join(folder, 'calls'), join(folder, 'cache')];
  const DEBIAN_PYTHON = join(folder, 'no-python'); // this machine's own may have botocore
  const env = { PATH: bin, BROUGHT: join(folder, 'brought'), CALLS, XDG_CACHE_HOME, DEBIAN_PYTHON, ...more };
  return {
    run: () => createMachine({ env }).run('bash', [script]),
    calls: (start: string) => {
      const lines = existsSync(CALLS) ? readFileSync(CALLS, 'utf8').split('\n') : [];
      return lines.filter((line) => line.startsWith(start));
    },
  };
}

const root = { id: 'console.log(0)' };
const user = { id: 'console.log(1000)' };
const moto = { moto_server: '' };
const PACKAGES = ['awscli', 'python3-botocore', 'default-jre-headless', 'maven', 'redis-server', 'redis-tools'];

describe('.ci/run', () => {
  test('installs each package that it can, also where the lists are old and a name is unknown', async ({ folder }) => {
    const apt = `if (args.includes('update') || args.includes('maven')) process.exit(100);`;
    const { run, calls } = arrange(folder, { ...root, ...moto, 'apt-get': apt });

    const { code, stdout } = await run();

    const asked = calls('apt-get').map((call) => call.split(' ').at(-1));
    expect(asked).toEqual(['update', ...PACKAGES]);
    expect(stdout).toMatch(/^failed, or not done in 10m: apt-get .* maven$/m);
    expect(stdout.match(/^failed/gm)).toHaveLength(2);
    expect(calls('npm')).toEqual(['npm run check', 'npm test']);
    expect(code).toBe(0);
  });

  test.runIf(process.platform === 'linux')(
    'ends an installation that hangs, and what it started',
    async ({ folder }) => {
      const apt = `if (!args.includes('update')) process.exit(0);
      require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`;
      const { run, calls } = arrange(folder, { ...root, ...moto, 'apt-get': apt }, { CI_STEP_LIMIT: '2s' });

      const { code, stdout } = await run(); // which waits for all who could still write on the script's output

      expect(stdout).toMatch(/^failed, or not done in 2s: apt-get .* update$/m);
      expect(calls('npm')).toEqual(['npm run check', 'npm test']);
      expect(code).toBe(0);
    }
  );

  test('installs as root alone, and says what is missing to others', async ({ folder }) => {
    const { run, calls } = arrange(folder, { ...user, ...moto, 'apt-get': '' });

    const { stdout } = await run();

    expect(calls('apt-get')).toEqual([]);
    expect(stdout).toContain(`missing: ${PACKAGES.join(' ')} (`);
  });

  test('wants Python’s own installer where moto is missing', async ({ folder }) => {
    const { run, calls } = arrange(folder, { ...root, python3: PYTHON, 'apt-get': '' });

    await run();

    expect(calls('apt-get').map((call) => call.split(' ').at(-1))).toContain('python3-venv');
  });

  test('installs moto of a version that was tried, once, where npm test finds it', async ({ folder }) => {
    const { run, calls } = arrange(folder, { ...user, python3: PYTHON });

    const first = await run();
    const second = await run();

    expect(first).toMatchObject({ code: 0 });
    expect(second).toMatchObject({ code: 0 });
    expect(calls('pip')).toEqual(['pip install -q --disable-pip-version-check moto[server]==5.*']);
    expect(calls('moto_server -p')).toHaveLength(2);
  });

  test('goes on without moto, and fails where the tests do', async ({ folder }) => {
    const { run, calls } = arrange(folder, { ...user, python3: 'process.exit(1)' });

    const { code } = await run();

    expect(calls('npm')).toEqual(['npm run check', 'npm test']);
    expect(code).toBe(1);
  });

  test('fails where the check alone does, after the tests', async ({ folder }) => {
    const { run, calls } = arrange(folder, { ...user, ...moto }, { CHECK: '1' });

    const { code } = await run();

    expect(calls('npm')).toEqual(['npm run check', 'npm test']);
    expect(code).toBe(1);
  });
});
