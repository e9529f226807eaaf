import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { judgeRun } from '../../scripts/lanes/judge-run.mjs';
import { needsServers, vitestArguments } from '../../scripts/lanes/vitest-arguments.mjs';
import { createMachine } from '../../scripts/machine/machine.mjs';
import { judgeNeeds } from '../support/temporal-servers';
import { test, write } from './in-folder';

const CHECKOUT = join(__dirname, '..', '..');
const REPORTER = join(CHECKOUT, 'scripts', 'lanes', 'tally-reporter.mjs');

describe('the last line', () => {
  const tally = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped, skippedGroups: [] });

  test.for([
    { when: 'all passed', tally: tally(3, 0, 1), vitest: 0, code: 0, line: '3 passed, 0 failed, 1 skipped' },
    { when: 'one failed', tally: tally(3, 1, 0), vitest: 1, code: 1, line: '3 passed, 1 failed, 0 skipped' },
    { when: 'one failed unnoticed', tally: tally(3, 1, 0), vitest: 0, code: 1, line: '3 passed, 1 failed, 0 skipped' },
    { when: 'vitest alone failed', tally: tally(3, 0, 0), vitest: 1, code: 1, line: '3 passed, 1 failed, 0 skipped' },
    { when: 'vitest died', tally: undefined, vitest: 137, code: 1, line: '0 passed, 1 failed, 0 skipped' },
    { when: 'no test ran', tally: tally(0, 0, 0), vitest: 0, code: 1, line: '0 passed, 1 failed, 0 skipped' },
    { when: 'all were skipped', tally: tally(0, 0, 2), vitest: 0, code: 1, line: '0 passed, 1 failed, 2 skipped' },
  ])('when $when is "$line", with exit code $code', ({ tally, vitest, code, line }) => {
    const verdict = judgeRun(tally, vitest);

    expect(verdict.code).toBe(code);
    expect(verdict.lines.at(-1)).toBe(line);
  });

  test('counts what fails no test as well, and names what was skipped', async ({ folder }) => {
    symlinkSync(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
    const imports = `import { beforeAll, describe, expect, test } from 'vitest';`;
    write(
      join(folder, 'a.test.js'),
      `${imports} test('passes', () => {}); test('fails', () => { expect(1).toBe(2); });`
    );
    write(join(folder, 'b.test.js'), `${imports} throw new Error('does not load');`);
    write(
      join(folder, 'c.test.js'),
      `${imports} describe('hook', () => { beforeAll(() => { throw new Error('no'); }); test('x', () => {}); });`
    );
    write(
      join(folder, 'd.test.js'),
      `${imports} describe.skip('moon (no moon)', () => { describe('in', () => { test('y', () => {}); }); test('z', () => {}); });`
    );
    const file = join(folder, 'tally.json');
    const vitest = join(CHECKOUT, 'node_modules', 'vitest', 'vitest.mjs');

    const { code } = await createMachine().run(
      process.execPath,
      [vitest, ...vitestArguments(['--root', folder], REPORTER)],
      {
        cwd: folder,
        env: { TALLY_FILE: file },
      }
    );

    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      passed: 1,
      failed: 3,
      skipped: 3,
      skippedGroups: expect.arrayContaining(['c.test.js > hook', 'd.test.js > moon (no moon)']) as string[],
    });
  });
});

describe('what is given behind --', () => {
  test.for([
    { given: [], needs: true },
    { given: ['test/unit/pacing.test.ts'], needs: true },
    { given: ['--project', 'unit'], needs: false },
    { given: ['--project=unit', '--project=simulator', 'pacing'], needs: false },
    { given: ['--project', 'unit', '--project', 'time-skipping'], needs: true },
    { given: ['--project', '!unit'], needs: true },
  ])('asks for servers: $given -> $needs', ({ given, needs }) => {
    expect(needsServers(given)).toBe(needs);
  });

  test('goes to vitest, and wins over what we would choose', () => {
    expect(vitestArguments(['--maxWorkers', '1', '--reporter=verbose', 'x'], 'tally')).toEqual([
      'run',
      '--reporter=tally',
      '--maxWorkers',
      '1',
      '--reporter=verbose',
      'x',
    ]);
    expect(vitestArguments([], 'tally')).toEqual([
      'run',
      expect.stringMatching(/^--maxWorkers=[1-4]$/),
      '--reporter=default',
      '--reporter=tally',
    ]);
  });
});

describe('a test that needs what the machine lacks', () => {
  test.for([
    { missing: [], env: { CI: 'true' }, verdict: 'run' },
    { missing: ['AWS CLI'], env: {}, verdict: 'skip' },
    { missing: ['AWS CLI'], env: { CI: 'false' }, verdict: 'skip' },
    { missing: ['AWS CLI'], env: { CI: 'true' }, verdict: 'fail' },
    { missing: ['AWS CLI'], env: { CI: '1' }, verdict: 'fail' },
  ] as const)('will $verdict for $missing under $env', ({ missing, env, verdict }) => {
    expect(judgeNeeds(missing, env)).toBe(verdict);
  });
});
