// `npm test`, on a fresh checkout as well: installs, finds the servers, builds, runs every lane this machine can run.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { judgeRun } from './lanes/judge-run.mjs';
import { needsServers, vitestArguments } from './lanes/vitest-arguments.mjs';
import { runEntry } from './machine/machine.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';
import { findServers } from './set-up/find-servers.mjs';

/** @import { Machine } from './machine/machine.mjs' */
/** @import { Tally } from './lanes/judge-run.mjs' */

const REPORTER = fileURLToPath(new URL('./lanes/tally-reporter.mjs', import.meta.url));

let isJudged = false;
runEntry(async (machine) => {
  const given = process.argv.slice(2);
  const { env, reasons } = await setUp(machine, needsServers(given));
  const { tally, code } = await runLanes(machine, vitestArguments(given, REPORTER), env);
  const verdict = judgeRun(tally, code);
  console.log(['', ...reasons, ...verdict.lines].join('\n'));
  isJudged = true;
  return verdict.code;
});
// Whoever reads the last line gets one after a failed set-up too; at exit, when nobody else has a word to say.
process.once('exit', (code) => {
  if (!isJudged && code === 1) console.log('0 passed, 1 failed, 0 skipped');
});

/**
 * @param {Machine} machine
 * @param {boolean} withServers
 * @returns {Promise<{ env: Record<string, string>, reasons: string[] }>}
 */
async function setUp(machine, withServers) {
  await ensureInstalled(machine, CHECKOUT);
  const [servers] = await Promise.all([
    withServers ? findServers(machine, CHECKOUT) : undefined,
    ensureBuilt(machine, CHECKOUT),
  ]);
  /** @type {Record<string, string>} */
  const env = {};
  /** @type {string[]} */
  const reasons = [];
  for (const [variable, server] of Object.entries({
    TEMPORAL_CLI_PATH: servers?.devServer,
    TEMPORAL_TEST_SERVER_PATH: servers?.timeSkippingServer,
  })) {
    if (server === undefined) continue;
    if ('missing' in server) reasons.push(server.missing);
    else env[variable] = server.path;
  }
  return { env, reasons };
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<{ tally: Tally | undefined, code: number }>}
 */
async function runLanes(machine, args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'lanes-'));
  const file = join(folder, 'tally.json');
  try {
    const vitest = join(CHECKOUT, 'node_modules', 'vitest', 'vitest.mjs');
    const { code } = await machine.run(process.execPath, [vitest, ...args], {
      cwd: CHECKOUT,
      env: { ...env, TALLY_FILE: file },
      show: true,
    });
    return { tally: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
