import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { createMachine } from '../../scripts/machine/machine.mjs';
import { ensureInstalled, judgeInstall } from '../../scripts/set-up/ensure-installed.mjs';
import { startBeside } from './beside';
import { fakeMachine } from './fake-machine';
import { test, write, writeProgram } from './in-folder';

const ASKED = {
  '': { version: '0.0.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-mac': { version: '1.0.0', integrity: 'sha512-m', optional: true },
};
const { 'node_modules/a': a, 'node_modules/for-mac': forMac } = ASKED;

/** Stands in for npm: notes that it was called and installs what the lock asks for, for this platform. */
const NPM = `
const { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules');
const { '': self, 'node_modules/for-mac': other, ...packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;

function arrange(folder: string, npm = NPM) {
  const root = join(folder, 'checkout');
  writeLock(root, ASKED);
  writeProgram(join(folder, 'bin', 'npm'), npm);
  const said: string[] = [];
  const machine = createMachine({ env: { PATH: join(folder, 'bin') }, say: (line) => said.push(line) });
  const npmCalls = (): string[] => {
    const file = join(root, 'npm-calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  return { root, machine, said, npmCalls };
}

const writeLock = (root: string, packages: object): string =>
  write(join(root, 'package-lock.json'), JSON.stringify({ packages }));
const writeInstalled = (root: string, packages: object): string =>
  write(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));

describe('node_modules', () => {
  test('that is missing is installed once', async ({ folder }) => {
    const { root, machine, said, npmCalls } = arrange(folder);

    await ensureInstalled(machine, root);
    await ensureInstalled(machine, root);

    expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund']);
    expect(said).toEqual([
      'node_modules is missing: npm ci ...',
      expect.stringMatching(/^node_modules is missing: npm ci: done in \d/),
    ]);
  });

  test('is installed again when the lock has changed since', async ({ folder }) => {
    const { root, machine, npmCalls } = arrange(folder);
    await ensureInstalled(machine, root);
    writeLock(root, { ...ASKED, 'node_modules/a': { ...a, version: '2.0.0' } });

    await ensureInstalled(machine, root);

    expect(npmCalls()).toHaveLength(2);
  });

  test('is installed again when npm has changed it since, and the lock was put back', async ({ folder }) => {
    const { root, machine, npmCalls } = arrange(folder);
    await ensureInstalled(machine, root);
    writeInstalled(root, { 'node_modules/a': { ...a, version: '2.0.0' } });

    await ensureInstalled(machine, root);

    expect(npmCalls()).toHaveLength(2);
  });

  test.for([
    { state: 'fresh', when: 'somebody ran npm ci', installed: { 'node_modules/a': a } },
    {
      state: 'fresh',
      when: 'the other platform is this one',
      installed: { 'node_modules/a': a, 'node_modules/for-mac': forMac },
    },
    { state: 'stale', when: 'a package is missing', installed: {} },
    { state: 'stale', when: 'a version is another', installed: { 'node_modules/a': { ...a, version: '1.0.1' } } },
    {
      state: 'stale',
      when: 'the content is another',
      installed: { 'node_modules/a': { ...a, integrity: 'sha512-b' } },
    },
    { state: 'stale', when: 'there is one too many', installed: { 'node_modules/a': a, 'node_modules/b': a } },
  ])('is $state when $when', ({ state, installed }, { folder }) => {
    const { root } = arrange(folder);
    writeInstalled(root, installed);

    expect(judgeInstall(root)).toBe(state);
  });

  test('counts as missing after an install that did not end', ({ folder }) => {
    const { root } = arrange(folder);
    write(join(root, 'node_modules', 'a', 'package.json'), '{}');

    expect(judgeInstall(root)).toBe('missing');
  });

  test('that npm cannot install is an error with what npm said', async ({ folder }) => {
    const { root, machine } = arrange(folder, `console.error('npm error no such registry'); process.exit(7)`);

    await expect(ensureInstalled(machine, root)).rejects.toThrow(/npm ci ended with 7:\nnpm error no such registry/);
    expect(readdirSync(root)).toEqual(['package-lock.json']);
  });

  test('whose install does not end is an error with how long that took', async ({ folder }) => {
    const { root } = arrange(folder);
    const { machine } = fakeMachine(
      {},
      {
        npm: (_, { timeoutMs }) => ({ code: timeoutMs === undefined ? 1 : 124, stderr: 'npm http fetch' }),
      }
    );

    await expect(ensureInstalled(machine, root)).rejects.toThrow(/npm ci did not end within 15 min:\nnpm http fetch/);
  });

  test('is installed once by two set-ups that start together, and one says that it waits', async ({ folder }) => {
    const { root, npmCalls } = arrange(
      folder,
      `const wait = () => require('node:fs').existsSync('go') ? install() : setTimeout(wait, 5);
      console.error('npm is at it'); wait(); function install() {${NPM}}`
    );
    const program = join(__dirname, 'programs', 'install.mjs');
    const env = { ...process.env, PATH: join(folder, 'bin') };
    const first = startBeside(program, [root], env);
    await first.printed('npm ci ...');
    const second = startBeside(program, [root], env);
    await second.printed(`another set-up is at work here (process ${first.pid} on `);

    write(join(root, 'go'), '');
    const outcomes = await Promise.all([first.ended, second.ended]);

    expect(outcomes).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
    expect(second.output()).not.toContain('npm ci');
  });

  test('is installed by a second set-up when the first was killed', async ({ folder }) => {
    const { root, machine, npmCalls } = arrange(
      folder,
      `const parent = process.ppid; setInterval(() => process.ppid === parent || process.exit(1), 5);
      require('node:fs').writeFileSync('../npm-is-at-it', '');`
    );
    const first = startBeside(join(__dirname, 'programs', 'install.mjs'), [root], {
      ...process.env,
      PATH: join(folder, 'bin'),
    });
    await first.printed('npm ci ...');
    // Its npm must have read its program before that is replaced.
    await expect.poll(() => existsSync(join(folder, 'npm-is-at-it')), { timeout: 20_000 }).toBe(true);
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    writeProgram(join(folder, 'bin', 'npm'), NPM);

    await ensureInstalled(machine, root);

    expect(npmCalls()).toHaveLength(1);
    rmSync(join(root, 'npm-calls'));
    expect(readdirSync(root).sort()).toEqual(['node_modules', 'package-lock.json']);
  });
});
