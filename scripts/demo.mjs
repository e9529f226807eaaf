// `npm run demo`, on a fresh checkout as well: a copy and an export of a snapshot from start to end, with everything on this machine.
import { keepToThisMachine } from './demo/keep-to-this-machine.mjs';
import { readOptions, USAGE, UsageError } from './demo/options.mjs';
import { Interrupted, SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { findDevServer } from './servers/find-dev-server.mjs';
import { createFinding } from './servers/finding.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';

/** @import { DemoOptions } from './demo/options.mjs' */
/** @import { Machine } from './machine/machine.mjs' */

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else runEntry((machine) => runDemo(machine, options));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/**
 * @param {Machine} machine
 * @param {DemoOptions} options
 * @returns {Promise<number>}
 */
async function runDemo(machine, options) {
  machine.say(
    'a copy and an export of some 15 s; before them the set-up, which a fresh checkout needs minutes for and the next run seconds'
  );
  try {
    const executable = await setUp(machine);
    keepToThisMachine(process.env);
    // Not before the set-up: it imports what that installs and builds.
    const { play } = await import('./demo/play.mjs');
    await play({ executable, options, interruption: machine.interruption });
    return 0;
  } catch (error) {
    // Whatever a Ctrl-C made fail, it is the Ctrl-C that ended the demo.
    throw machine.interruption.aborted ? new Interrupted() : error;
  }
}

/**
 * @param {Machine} machine
 * @returns {Promise<string>} the Temporal CLI
 */
async function setUp(machine) {
  await ensureInstalled(machine, CHECKOUT);
  const [server] = await Promise.all([findDevServer(createFinding(machine, CHECKOUT)), ensureBuilt(machine, CHECKOUT)]);
  if ('missing' in server) throw new SetUpError(server.missing);
  return server.path;
}
