import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { REASONS } from '../../src/rdb';
import type { ContentLevel, RdbReport, ScanState } from '../../src/rdb/report';
import { openScan } from '../../src/rdb/scan';
import { type Dice, openDice } from './corpus/dice';
import { HAND_WRITTEN } from './corpus/hand-written';
import { mutate } from './corpus/mutate';
import { writeRandomRdb } from './corpus/random-rdb';
import { REFUSED } from './corpus/refused';
import { readCorpus, RECIPES } from './corpus/written-by-redis';
import { judgeWithEngine } from './judges';

/** How many files are tried: RDB_FUZZ_RUNS, or as many as there is time for. */
const RUNS = Number(process.env['RDB_FUZZ_RUNS'] ?? Infinity);
const SECONDS = Number.isFinite(RUNS) ? Infinity : 40;
/** The first run: where one failed, it is repeated with RDB_FUZZ_FIRST and RDB_FUZZ_RUNS=1. */
const FIRST = Number(process.env['RDB_FUZZ_FIRST'] ?? 0);

/** A file that takes longer than that hangs, whatever else runs on the machine. Milliseconds. */
const HANGS = 5_000;

const FILES = [
  ...RECIPES.map(({ name }) => readCorpus(name)),
  ...[...HAND_WRITTEN, ...REFUSED].map(({ file }) => file),
  ...[9, 10, 11, 12, 80].map((version) => writeRandomRdb({ seed: version, bytes: 2_000, version }).file),
].filter(({ length }) => length < 12_000);

describe('whatever the bytes', () => {
  test('there is an answer, soon, and the same however they come', { timeout: 86_400_000 }, async () => {
    const until = Date.now() + SECONDS * 1_000;
    let runs = 0;
    for (; runs < RUNS && Date.now() < until; runs += 1) {
      const problem = tryOne(openDice(FIRST + runs));
      if (problem !== undefined) expect.fail(`run ${FIRST + runs}: ${problem}`);
      // The runner wants to hear from its worker.
      if (runs % 256 === 0) await new Promise(setImmediate);
    }

    expect(runs).toBeGreaterThanOrEqual(Math.min(RUNS, 1_000));
  });
});

/** What is wrong with the answers to a file that was made with these dice. */
function tryOne(dice: Dice): string | undefined {
  const file = mutate(FILES, dice, 4);
  const start = performance.now();
  const [structure, deep] = [judge(file, 'structure'), judge(file, 'deep')];
  const elapsed = performance.now() - start;
  if (elapsed > HANGS) return `${elapsed} ms for ${file.length} bytes`;
  const problem = findProblem(structure, file) ?? findProblem(deep, file);
  if (problem !== undefined) return problem;
  if (deep.verdict === 'verified' && structure.verdict !== 'verified') {
    return `verified at level deep, and at level structure ${JSON.stringify(structure)}`;
  }
  if (structure.verdict === 'verified' && dice.roll(8) === 0) {
    const checksum = judge(file, 'checksum');
    if (checksum.verdict !== 'verified') return `verified at level structure, and below ${JSON.stringify(checksum)}`;
  }
  if (dice.roll(4) > 0) return undefined;
  const [level, report] = dice.pick([['structure', structure] as const, ['deep', deep] as const]);
  const [whole, inParts] = [JSON.stringify(report), JSON.stringify(scanInParts(file, level, dice))];
  return inParts === whole ? undefined : `in parts ${inParts}, but as a whole ${whole}`;
}

function judge(file: Uint8Array, level: ContentLevel): RdbReport {
  return judgeWithEngine(file, { level, size: file.length });
}

/** What no report may say. */
function findProblem(report: RdbReport, file: Uint8Array): string | undefined {
  const text = JSON.stringify(report);
  const { verdict, reason, offset = 0, bytes } = report;
  if (bytes !== file.length) return `not all of ${file.length} bytes: ${text}`;
  if (offset < 0 || offset > file.length || !Number.isInteger(offset)) return `no byte of the file: ${text}`;
  if (text.length > 20_000) return `a report of ${text.length} characters`;
  if (verdict === 'verified') return reason === undefined ? undefined : `a reason for being verified: ${text}`;
  if (reason === undefined || REASONS[reason].verdict !== verdict) return `a verdict of another reason: ${text}`;
  return undefined;
}

/** Pushes chunks of random size, and goes on in another scan now and then. */
function scanInParts(file: Uint8Array, level: ContentLevel, dice: Dice): RdbReport {
  let scan = openScan({ level, size: file.length });
  const most = dice.pick([2, 50, 5_000]);
  let hops = 0;
  for (let at = 0; at < file.length;) {
    const chunk = file.subarray(at, at + 1 + dice.roll(most));
    scan.push(chunk);
    at += chunk.length;
    // Not for ever: a state may stand where a long value begins.
    if (hops === 4 || dice.roll(50) > 0) continue;
    hops += 1;
    const state = JSON.parse(JSON.stringify(scan.state())) as ScanState;
    scan = openScan({ level, size: file.length }, state);
    at = state.offset;
  }
  return scan.end();
}

/** Scans what it is told, and prints what its process took at most, in MB. */
const MEASURE = `
  const { openScan } = require(process.argv[1]);
  const { files, long } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  for (const level of ['structure', 'deep']) {
    for (const file of files) {
      const scan = openScan({ level });
      scan.push(Buffer.from(file, 'base64'));
      // However much follows: what was promised never comes as a whole.
      for (let chunk = 0; chunk < 8; chunk += 1) scan.push(Buffer.alloc(1 << 20, chunk));
      scan.end();
    }
    for (const file of long) {
      const scan = openScan({ level });
      scan.push(Buffer.from(file, 'base64'));
      for (let chunk = 0; chunk < 400; chunk += 1) scan.push(Buffer.alloc(1 << 20, chunk));
      scan.end();
    }
  }
  console.log(process.resourceUsage().maxRSS / 1024);`;

describe('memory', () => {
  test('does not grow with what a file promises, nor with its length', { timeout: 120_000 }, async () => {
    const lib = join(__dirname, '..', '..', 'lib', 'rdb', 'index.js');
    const base64 = ({ file }: { file: Uint8Array }) => Buffer.from(file.subarray(0, -9)).toString('base64');
    const promises = REFUSED.filter(({ name }) => name.includes('2^63')).map(base64);
    const run = promisify(execFile)(process.execPath, ['-e', MEASURE, lib]);
    run.child.stdin?.end(JSON.stringify({ files: promises, long: promises.slice(0, 2) }));

    const megabytes = Number((await run).stdout);

    expect(promises.length).toBeGreaterThan(5);
    expect(megabytes).toBeLessThan(250);
  });
});
