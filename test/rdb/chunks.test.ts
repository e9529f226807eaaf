import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import type { RdbReport, ScanOptions, ScanState } from '../../src/rdb/report';
import { openScan } from '../../src/rdb/scan';
import { openDice } from './corpus/dice';
import { HAND_WRITTEN } from './corpus/hand-written';
import { writeRandomRdb } from './corpus/random-rdb';
import { REFUSED } from './corpus/refused';
import { readCorpus, RECIPES } from './corpus/written-by-redis';
import { judgeWithEngine } from './judges';

const SHORT = 800;
const FILES = [...RECIPES.map(({ name }) => ({ name, file: readCorpus(name) })), ...HAND_WRITTEN, ...REFUSED];
const SHORT_FILES = FILES.filter(({ file }) => file.length <= SHORT);
const LONG_FILES = [
  ...FILES.filter(({ file }) => file.length > SHORT),
  { name: 'random', file: writeRandomRdb({ seed: 5, bytes: 400_000 }).file },
];
/** A shard of few slots: a key that is read wrongly would hardly be in one of them. */
const SHARD = { slots: [0, 99], file: writeRandomRdb({ seed: 6, bytes: 20_000, slots: [0, 99] }).file } as const;

const LEVELS = ['checksum', 'structure', 'deep'] as const;

/** Everything that a report can hold. */
const fully = (level: ScanOptions['level'], file: Uint8Array): ScanOptions => ({
  level,
  size: file.length,
  s3Checksum: true,
});

describe('a report does not depend on how the bytes come', () => {
  test.for(SHORT_FILES)('byte by byte: $name', ({ file }) => {
    for (const level of LEVELS) {
      const scan = openScan(fully(level, file));
      for (const byte of file) scan.push(Uint8Array.of(byte));

      expect(scan.received).toBe(file.length);
      expect(scan.end()).toEqual(judgeWithEngine(file, fully(level, file)));
    }
  });

  test.for(LONG_FILES)('in chunks of any size: $name', ({ file }) => {
    const dice = openDice(file.length);
    for (const level of LEVELS) {
      const expected = judgeWithEngine(file, fully(level, file));
      for (const most of [3, 100, 7_919, 100_000]) {
        const scan = openScan(fully(level, file));
        for (let at = 0; at < file.length;) at += give(scan, file, at, 1 + dice.roll(most), dice.roll(2) === 0);

        expect(scan.end(), `chunks of up to ${most} bytes`).toEqual(expected);
      }
    }
  });

  test('nor do the slots of the keys', () => {
    const [first, last] = SHARD.slots;
    for (let most = 1; most < 200; most += 1) {
      const scan = openScan({ level: 'structure', slots: [{ first, last }] });
      for (let at = 0; at < SHARD.file.length; at += most) scan.push(SHARD.file.subarray(at, at + most));

      expect(scan.end(), `chunks of ${most} bytes`).toMatchObject({ verdict: 'verified' });
    }
  });

  test.for(SHORT_FILES)('nor does it where there are more bytes than the size: $name', ({ file }) => {
    // Within the end, and before it.
    for (const tooFew of [1, 3, 12].filter((bytes) => bytes <= file.length)) {
      for (const level of ['checksum', 'deep'] as const) {
        const options = { ...fully(level, file), size: file.length - tooFew };
        const expected = judgeWithEngine(file, options);
        const inParts = openScan(options);
        for (let at = 0; at < file.length; at += 7) inParts.push(file.subarray(at, at + 7));
        const state = asJson(inParts.state());

        expect(expected).toMatchObject({ verdict: 'corrupt', reason: 'size-mismatch', offset: options.size });
        expect(inParts.end(), `${tooFew} bytes, level ${level}`).toEqual(expected);
        expect(resume(state, file, options), `${tooFew} bytes, level ${level}`).toEqual(expected);
      }
    }
  });

  test('what the size leaves out is not counted, and what it holds is: magic, fields and keys', () => {
    const { file, databases } = writeRandomRdb({ seed: 9, bytes: 3_000 });
    const report = judgeWithEngine(file, { level: 'structure', size: file.length - 1 });

    expect(report).toMatchObject({ reason: 'size-mismatch', magic: 'REDIS', version: 10, databases });
    expect(Object.keys(report.aux)).not.toEqual([]);
  });

  test('an object that goes on and on behind its size takes no more memory', () => {
    const { file } = writeRandomRdb({ seed: 9, bytes: 3_000 });
    const scan = openScan({ level: 'structure', size: file.length - 20 });
    scan.push(file);
    const rooms = Array.from({ length: 40 }, () => {
      const room = scan.space();
      scan.commit(room.length);
      return room.length;
    });

    expect(scan.finding?.verdict).toBe('corrupt');
    expect(scan.end()).toMatchObject({ reason: 'size-mismatch', offset: file.length - 20 });
    expect(Math.max(...rooms)).toBeLessThanOrEqual(2 << 20);
  });

  test('when the caller writes over a chunk that was taken in', () => {
    const { file } = writeRandomRdb({ seed: 6, bytes: 100_000 });
    const scan = openScan({ level: 'deep' });
    const chunk = new Uint8Array(1_000);
    for (let at = 0; at < file.length; at += chunk.length) {
      const part = file.subarray(at, at + chunk.length);
      chunk.set(part);
      scan.push(chunk.subarray(0, part.length));
      chunk.fill(0xff);
    }

    expect(scan.end()).toEqual(judgeWithEngine(file, { level: 'deep' }));
  });
});

describe('a scan goes on from the state of another', () => {
  test.for(SHORT_FILES)('at every byte: $name', ({ file }) => {
    const level = 'deep';
    const expected = judgeWithEngine(file, fully(level, file));
    const first = openScan(fully(level, file));
    for (let cut = 0; cut <= file.length; cut += 1) {
      const state = asJson(first.state());
      expect(resume(state, file, fully(level, file)), `from byte ${cut}, state of ${state.offset}`).toEqual(expected);
      expect(state.offset).toBeLessThanOrEqual(cut);
      first.push(file.subarray(cut, cut + 1));
    }

    expect(first.end(), 'a state that is taken changes nothing').toEqual(expected);
  });

  test.for(LONG_FILES)('at random, again and again: $name', ({ file }) => {
    const dice = openDice(file.length);
    for (const level of LEVELS) {
      const expected = judgeWithEngine(file, fully(level, file));
      for (let trial = 0; trial < 5; trial += 1) {
        let state: ScanState | undefined;
        for (let hop = 0; hop < 6; hop += 1) {
          const scan = openScan(fully(level, file), state);
          const from = state?.offset ?? 0;
          const to = from + dice.roll(file.length - from + 1);
          for (let at = from; at < to;) at += give(scan, file, at, Math.min(to - at, 1 + dice.roll(50_000)), false);
          state = asJson(scan.state());
        }

        expect(state && resume(state, file, fully(level, file))).toEqual(expected);
      }
    }
  });

  test('has less than a KiB of it, and goes on well behind the beginning', () => {
    const { file } = writeRandomRdb({ seed: 7, bytes: 2_000_000 });
    const scan = openScan(fully('deep', file));
    for (let at = 0; at < file.length; at += 50_000) {
      scan.push(file.subarray(at, at + 50_000));
      const state = scan.state();

      expect(JSON.stringify(state).length).toBeLessThan(1_024);
      expect(scan.received - state.offset).toBeLessThan(50_000);
    }
  });

  test('in another process: at every byte of short files, and of long ones at random', async () => {
    const dice = openDice(8);
    const tasks = [
      ...SHORT_FILES.map(({ file }) => taskOf(file, 1)),
      ...LONG_FILES.map(({ file }) => taskOf(file, 1 + dice.roll(file.length))),
    ];

    const reports = await resumeElsewhere(tasks);

    expect(tasks.reduce((sum, { states }) => sum + states.length, 0)).toBeGreaterThan(5_000);
    expect(reports).toEqual(tasks.map(({ file, options }) => [JSON.stringify(judgeWithEngine(file, options))]));
  });
});

function asJson(state: ScanState): ScanState {
  return JSON.parse(JSON.stringify(state)) as ScanState;
}

/** Gives a scan the next bytes, in one of its two ways, and says how many they were. */
function give(
  scan: ReturnType<typeof openScan>,
  file: Uint8Array,
  at: number,
  length: number,
  isInPlace: boolean
): number {
  const chunk = file.subarray(at, at + length);
  if (!isInPlace) {
    scan.push(chunk);
    return chunk.length;
  }
  const space = scan.space();
  const part = chunk.subarray(0, space.length);
  space.set(part);
  scan.commit(part.length);
  return part.length;
}

function resume(state: ScanState, file: Uint8Array, options: ScanOptions): RdbReport {
  const scan = openScan(options, state);
  scan.push(file.subarray(state.offset));
  return scan.end();
}

/** A file, and where its scan stood from time to time. */
interface Task {
  readonly file: Uint8Array;
  readonly options: ScanOptions;
  readonly states: readonly ScanState[];
}

/** Takes a state after so many bytes each. */
function taskOf(file: Uint8Array, chunk: number): Task {
  const options = fully('deep', file);
  const scan = openScan(options);
  const states = new Map([[0, scan.state()]]);
  for (let at = 0; at < file.length; at += chunk) {
    scan.push(file.subarray(at, at + chunk));
    const state = scan.state();
    states.set(state.offset, state);
  }
  return { file, options, states: [...states.values()] };
}

/** What is printed is too much for a report of each state: they should be the same. */
const ELSEWHERE = `
  const { openScan } = require(process.argv[1]);
  const tasks = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const reportsOf = ({ file, options, states }) => {
    const bytes = Buffer.from(file, 'base64');
    const reports = states.map((state) => {
      const scan = openScan(options, state);
      scan.push(bytes.subarray(state.offset));
      return JSON.stringify(scan.end());
    });
    return [...new Set(reports)];
  };
  console.log(JSON.stringify(tasks.map(reportsOf)));`;

/** Lets a new process, with the built package, go on from every state: its reports, equal ones once. */
async function resumeElsewhere(tasks: readonly Task[]): Promise<readonly (readonly string[])[]> {
  const lib = join(__dirname, '..', '..', 'lib', 'rdb', 'index.js');
  const run = promisify(execFile)(process.execPath, ['-e', ELSEWHERE, lib], { maxBuffer: 1 << 26 });
  run.child.stdin?.end(
    JSON.stringify(tasks.map((task) => ({ ...task, file: Buffer.from(task.file).toString('base64') })))
  );
  return JSON.parse((await run).stdout) as string[][];
}
