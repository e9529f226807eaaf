import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { OPCODE } from './corpus/write-rdb';
import { auxField, bytesOf } from './rdb-bytes';

/** Records that say what the file holds, or what follows. Each of them may come without end, and without a key. */
const COUNTS: Readonly<Record<string, Uint8Array>> = {
  'the same database': bytesOf(OPCODE['select db'], 0),
  'one database and another': bytesOf(OPCODE['select db'], 0, OPCODE['select db'], 1),
  'a database of no key': bytesOf(OPCODE['resize db'], 0, 0),
  'a database of a key that is not there': bytesOf(OPCODE['resize db'], 1, 1),
  'a slot of no key': bytesOf(OPCODE['slot info'], 1, 0, 0),
  'a slot of a key that is not there': bytesOf(OPCODE['slot info'], 1, 1, 1),
  'a slot, by a field': auxField('slot-info', '1,0,0'),
};

/** Libraries of functions: strings that are passed over one by one. */
const USUAL = bytesOf(OPCODE.function, 1, 'f');

/** Scans 8 MiB of each record it is told in turns with those of the first, and prints the least ratio of CPU time. */
const MEASURE = `
  const { openScan } = require(process.argv[1]);
  const [usual, ...others] = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map((record) =>
    Buffer.alloc(9 + (8 << 20), 'REDIS0011').fill(Buffer.from(record, 'base64'), 9)
  );
  const secondsFor = (file) => {
    const before = process.cpuUsage().user;
    const scan = openScan({ level: 'structure', strict: true });
    scan.push(file);
    scan.end();
    return process.cpuUsage().user - before;
  };
  secondsFor(usual);
  const ratios = others.map((file) => Math.min(...[1, 2, 3].map(() => secondsFor(file) / secondsFor(usual))));
  console.log(JSON.stringify(ratios));`;

test('a file of nothing but what it says of itself is read nearly as fast as any other', async () => {
  const lib = join(__dirname, '..', '..', 'lib', 'rdb', 'index.js');
  const run = promisify(execFile)(process.execPath, ['-e', MEASURE, lib]);
  const records = [USUAL, ...Object.values(COUNTS)].map((record) => Buffer.from(record).toString('base64'));
  run.child.stdin?.end(JSON.stringify(records));
  const ratios = JSON.parse((await run).stdout) as number[];

  // Measured: 2 to 4. With all counts gone through for each record it was 10 to 24.
  const slow = Object.keys(COUNTS).filter((_, index) => (ratios[index] ?? Infinity) > 7);
  expect(slow, ratios.join(', ')).toEqual([]);
});
