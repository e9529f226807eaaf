// `npm run check`: every gate but the tests. All of them run even if one fails.
import { join } from 'node:path';

import { Interrupted } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { narrate } from './machine/narrate.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';

/** @import { Machine } from './machine/machine.mjs' */

const GATES = [
  ['prettier', '--check', '.'],
  ['eslint', '.'],
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', join('src', 'workflows', 'tsconfig.json')],
  ['publint'],
  ['attw', '--pack', '.'],
  ['knip'],
  ['node', join('scripts', 'build-kernel.mjs'), '--check'],
];

runEntry(async (machine) => {
  await ensureInstalled(machine, CHECKOUT);
  await ensureBuilt(machine, CHECKOUT);
  /** @type {string[]} */
  const failed = [];
  for (const gate of GATES) {
    const name = gate.join(' ');
    await narrate(machine.say, name, () => passGate(machine, gate)).catch((error) => {
      if (error instanceof Interrupted) throw error;
      failed.push(`${name}: ${error.message}`);
    });
  }
  console.log(failed.length === 0 ? 'all checks passed' : ['failed checks:', ...failed].join('\n  '));
  return failed.length === 0 ? 0 : 1;
});

/**
 * @param {Machine} machine
 * @param {readonly string[]} gate
 */
async function passGate(machine, [command = '', ...args]) {
  const path = command === 'node' ? process.execPath : join(CHECKOUT, 'node_modules', '.bin', command);
  const { code } = await machine.run(path, args, { cwd: CHECKOUT, show: true });
  if (code !== 0) throw new Error(`ended with ${code}`);
}
