import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, inject, test } from 'vitest';

import { readSdkVersion } from '../../scripts/servers/finding.mjs';
import { knownServers } from '../../scripts/servers/known-servers.mjs';
import type { RunningDevServer } from './dev-server';

/** What a test may need and a machine may lack. */
export type Need =
  'time-skipping server' | 'dev server' | 'Temporal CLI' | 'AWS CLI' | 'botocore' | 'redis-server' | 'moto' | 'Maven';

const CHECKOUT = join(__dirname, '..', '..');

/**
 * A `describe` that is skipped where something it needs is missing, with the reason in its name. Under `CI=true` that
 * fails instead: there, a test that does not run is a hole.
 */
export function describeWith(needs: Need | readonly Need[], name: string, tests: () => void): void {
  const missing = [needs].flat().filter((need) => !isHere(need));
  const verdict = judgeNeeds(missing, process.env);
  if (verdict === 'run') describe(name, tests);
  else if (verdict === 'skip') describe.skip(`${name} (without ${missing.join(', ')})`, tests);
  else {
    describe(name, () => {
      test.for(missing)('has the %s', (need) => {
        lookFor[need]();
      });
    });
  }
}

/** The rule of {@link describeWith}. */
export function judgeNeeds(
  missing: readonly Need[],
  env: Readonly<Record<string, string | undefined>>
): 'run' | 'skip' | 'fail' {
  if (missing.length === 0) return 'run';
  return env['CI'] === 'true' || env['CI'] === '1' ? 'fail' : 'skip';
}

/** Options of `TestWorkflowEnvironment.createTimeSkipping`. */
export function timeSkippingServer(): { server: { executable: { type: 'existing-path'; path: string } } } {
  return {
    server: { executable: { type: 'existing-path', path: required('time-skipping server', 'timeSkippingServer') } },
  };
}

/** Path of the Temporal CLI, for a test that starts a dev server of its own. */
export function temporalCli(): string {
  return required('Temporal CLI', 'devServer');
}

/** The dev server that its lane shares; options of `TestWorkflowEnvironment.createFromExistingServer`. */
export function devServer(): RunningDevServer {
  const provided = inject('devServer');
  if (provided === undefined || 'missing' in provided)
    throw new Error(provided?.missing ?? 'not in the dev-server lane');
  return provided;
}

/** Version 2 of the AWS CLI brings a botocore of its own. */
const IMPORT_BOTOCORE = 'try:\n import botocore.session\nexcept ImportError:\n import awscli, botocore.session';

/** A Python that has botocore: the one on PATH, or the system's, where Debian's awscli puts it. */
export function botocorePython(): string {
  const python = ['python3', '/usr/bin/python3'].find((command) => runs(command, ['-c', IMPORT_BOTOCORE]));
  if (python === undefined) throw new Error('no Python with botocore');
  return python;
}

function isHere(need: Need): boolean {
  try {
    lookFor[need]();
    return true;
  } catch {
    return false;
  }
}

const lookFor: Readonly<Record<Need, () => void>> = {
  'time-skipping server': timeSkippingServer,
  'Temporal CLI': temporalCli,
  'dev server': devServer,
  'AWS CLI': () => {
    if (!runs('aws', ['--version'])) throw new Error('no AWS CLI');
  },
  botocore: botocorePython,
  'redis-server': () => {
    const lacking = ['redis-server', 'redis-check-rdb', 'redis-cli'].find((program) => !runs(program, ['--version']));
    if (lacking !== undefined) throw new Error(`no ${lacking}`);
  },
  moto: () => {
    if (!runs('moto_server', ['--help'])) throw new Error('no moto_server: pip install "moto[server]"');
  },
  Maven: () => {
    if (!runs('mvn', ['-version'])) throw new Error('no Maven');
  },
};

function required(need: Need, server: keyof ReturnType<typeof knownServers>): string {
  const path = knownServers(process.env, readSdkVersion(CHECKOUT))[server];
  if (path === undefined) throw new Error(`no ${need}; \`npm test\` finds one, or says why not`);
  return path;
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
