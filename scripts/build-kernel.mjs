// `node scripts/build-kernel.mjs`: compiles assembly/crc64.ts into src/rdb/crc64-wasm.ts; with `--check` it only says
// whether that file is what comes out.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';

/** @import { Machine } from './machine/machine.mjs' */

const SOURCE = join('assembly', 'crc64.ts');
const RESULT = join('src', 'rdb', 'crc64-wasm.ts');

const OPTIONS = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

runEntry(async (machine) => {
  await ensureInstalled(machine, CHECKOUT);
  const built = writeModule(await compile(machine));
  const path = join(CHECKOUT, RESULT);
  const isFresh = existsSync(path) && readFileSync(path, 'utf8') === built;
  if (process.argv.includes('--check')) {
    if (!isFresh)
      throw new SetUpError(`${RESULT} is not what ${SOURCE} compiles to: run node scripts/build-kernel.mjs`);
    machine.say(`${RESULT} is what ${SOURCE} compiles to`);
  } else {
    writeFileSync(path, built);
    machine.say(isFresh ? `${RESULT} was up to date` : `wrote ${RESULT}`);
  }
  return 0;
});

/**
 * @param {Machine} machine
 * @returns {Promise<Buffer>} the WebAssembly, the same on every machine
 */
async function compile(machine) {
  const folder = mkdtempSync(join(tmpdir(), 'crc64-kernel-'));
  try {
    const compiler = join('node_modules', 'assemblyscript', 'bin', 'asc.js');
    const output = join(folder, 'crc64.wasm');
    const args = [compiler, SOURCE, '--outFile', output, ...OPTIONS];
    const { code, stdout, stderr } = await machine.run(process.execPath, args, { cwd: CHECKOUT });
    if (code !== 0) throw new SetUpError(`${SOURCE} does not compile:\n${stdout}${stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {Buffer} wasm
 * @returns {string}
 */
function writeModule(wasm) {
  return [
    '/** The checksums in WebAssembly, as base64: what scripts/build-kernel.mjs makes of assembly/crc64.ts. */',
    'export const CRC64_WASM =',
    `  '${wasm.toString('base64')}';`,
    '',
  ].join('\n');
}
