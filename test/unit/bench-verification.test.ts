import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { needTemporal } from '../../scripts/bench/parts.mjs';
import { makeVerificationPlan } from '../../scripts/bench/plan.mjs';
import { measureCheckpoint } from '../../scripts/bench/verification-checkpoint.mjs';
import { measureDownload } from '../../scripts/bench/verification-download.mjs';
import { prepareFiles, requirePrograms, withWorkFolder } from '../../scripts/bench/verification-files.mjs';
import { measureKernel } from '../../scripts/bench/verification-kernel.mjs';
import { measureMemory } from '../../scripts/bench/verification-memory.mjs';
import { renderFigures, renderVerification } from '../../scripts/bench/verification-report.mjs';
import { timeByTurns } from '../../scripts/bench/verification-turns.mjs';
import { fakeMachine, type Answer } from '../setup/fake-machine';
import { writeProgram } from '../setup/in-folder';
import { test } from '../support/processes';

const CORPUS = join(__dirname, '..', 'rdb', 'corpus', 'files');
const MIB = 2 ** 20;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('contenders', () => {
  test('work by turns, and every run is timed', async () => {
    const order: string[] = [];

    const timed = await timeByTurns(2, 10, {
      ours: () => void order.push('ours'),
      theirs: async () => void order.push(await Promise.resolve('theirs')),
    });

    expect(order).toEqual(['ours', 'theirs', 'ours', 'theirs']);
    expect(timed).toEqual({
      ours: { bytes: 10, seconds: [expect.any(Number), expect.any(Number)] },
      theirs: { bytes: 10, seconds: [expect.any(Number), expect.any(Number)] },
    });
  });

  test('that fail end the benchmark', async () => {
    await expect(timeByTurns(1, 1, { ours: () => Promise.reject(new Error('corrupt')) })).rejects.toThrow('corrupt');
  });
});

describe('what is measured', () => {
  test('are files of 1 GiB at least and objects of 8 GiB, and little of either in a quick run', () => {
    const [quick, whole] = [makeVerificationPlan({ quick: true }), makeVerificationPlan({ quick: false })];

    expect(Math.min(whole.files.mix, whole.files.small, whole.files.blob)).toBeGreaterThan(1_024 * MIB);
    expect(whole.memory).toMatchObject({ small: 1_024 * MIB, large: 8_192 * MIB });
    expect(whole.runs).toBeGreaterThanOrEqual(5);
    expect(quick).toMatchObject({ quick: true, files: { mix: 64 * MIB }, runs: 3 });
  });

  test('needs no Temporal servers by itself', () => {
    expect(needTemporal(['verification'])).toBe(false);
    expect(needTemporal(['exports', 'verification'])).toBe(true);
  });

  test('over HTTPS is a whole object, read by the client of the SDK, with and without a checksum of S3', async () => {
    const path = join(CORPUS, 'shard.rdb');

    const timed = await measureDownload(path, 1, makeFolder());

    const once = { bytes: readFileSync(path).length, seconds: [expect.any(Number)] };
    expect(timed).toEqual({ drain: once, structure: once, 'with the checksum of S3': once });
  });

  test('over HTTPS is verified: a broken object ends the benchmark', async () => {
    const folder = makeFolder();
    const bytes = readFileSync(join(CORPUS, 'shard.rdb'));
    const path = join(folder, 'broken.rdb');
    writeFileSync(path, bytes.fill(0, bytes.length - 30, bytes.length - 20));

    await expect(measureDownload(path, 1, folder)).rejects.toThrow('plain.rdb is corrupt');
  });

  test('of the kernels is the same buffer', async () => {
    const timed = await measureKernel(join(CORPUS, 'everything.rdb'), 10_000, 2);

    const twice = { bytes: 10_000, seconds: [expect.any(Number), expect.any(Number)] };
    expect(timed).toEqual({ wasm: twice, javascript: twice });
  });

  test('of a checkpoint is the JSON that another process would go on from', () => {
    const bytes = measureCheckpoint(join(CORPUS, 'shard.rdb'));

    expect(bytes).toBeGreaterThan(200);
    expect(bytes).toBeLessThan(1_000);
  });

  test('of memory are the peaks of the command, over files and objects, and no file is left', async () => {
    const folder = makeFolder();

    const peaks = await measureMemory({ small: 2 * MIB, large: 3 * MIB, runs: 1 }, folder);

    const all = [peaks.file.small, peaks.file.large, peaks.s3.small, peaks.s3.large].flat();
    expect(all).toHaveLength(4);
    expect(Math.min(...all)).toBeGreaterThan(20 * MIB); // Node.js alone has more
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);
});

describe('the files', () => {
  const plan = makeVerificationPlan({ quick: true });
  const makeRdb: Answer = ([, kind = '', bytes = '', file = '']) => {
    writeFileSync(file, `${kind} ${bytes}`);
    return {};
  };
  const onMachine = (answer = makeRdb) =>
    fakeMachine({ XDG_CACHE_HOME: makeFolder() }, { [basename(process.execPath)]: answer });

  test('are made for this run alone', async () => {
    const { machine, calls } = onMachine();
    const workFolder = makeFolder();

    const folder = await prepareFiles(machine, plan, { keep: false, workFolder });

    expect(folder).toBe(workFolder);
    expect(readdirSync(folder).sort()).toEqual(['blob.rdb', 'coll.rdb', 'mix.rdb', 'small.rdb']);
    expect(readFileSync(join(folder, 'mix.rdb'), 'utf8')).toBe(`mix ${64 * MIB}`);
    expect(calls).toHaveLength(4);
  });

  test('that were to be kept are there for the next run, which may keep them or not', async () => {
    const { machine, calls, said } = onMachine();
    const workFolder = makeFolder();

    const kept = await prepareFiles(machine, plan, { keep: true, workFolder });
    const again = await prepareFiles(machine, plan, { keep: false, workFolder });

    expect(again).toBe(kept);
    expect(calls).toHaveLength(4);
    expect(said.at(-1)).toBe(`the RDB files are in ${kept}`);
    expect(readdirSync(workFolder)).toEqual([]);
  });

  test('that were kept are not taken for those of another plan, or when one was cut', async () => {
    const { machine, calls } = onMachine();
    const workFolder = makeFolder();
    const kept = await prepareFiles(machine, plan, { keep: true, workFolder });

    const whole = makeVerificationPlan({ quick: false });
    expect(await prepareFiles(machine, whole, { keep: false, workFolder })).toBe(workFolder);
    writeFileSync(join(kept, 'mix.rdb'), '');
    expect(await prepareFiles(machine, plan, { keep: true, workFolder })).toBe(kept);

    expect(readFileSync(join(kept, 'mix.rdb'), 'utf8')).toBe(`mix ${64 * MIB}`);
    expect(calls).toHaveLength(12);
  });

  test('that cannot be made leave nothing behind', async () => {
    const { machine } = onMachine(() => ({ code: 1, stderr: 'no space left' }));

    const inWork = withWorkFolder(machine, async (workFolder) => {
      expect(existsSync(workFolder)).toBe(true);
      return prepareFiles(machine, plan, { keep: true, workFolder });
    });

    await expect(inWork).rejects.toThrow('no space left');
    expect(readdirSync(join(machine.env['XDG_CACHE_HOME'] ?? '', 'temporal-memorydb-snapshots'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux').for([
    ['redis-server', 'apt-get install redis-server'],
    ['redis-check-rdb', 'apt-get install redis-tools'],
    ['openssl', 'apt-get install openssl'],
  ] as const)('want %s: where it is missing, the Debian package is named', async ([missing, remedy]) => {
    const here = ['redis-server', 'redis-check-rdb', 'openssl'].map((command): [string, Answer] => [
      command,
      () => (command === missing ? { code: 127 } : {}),
    ]);

    await expect(requirePrograms(fakeMachine({}, Object.fromEntries(here)).machine)).rejects.toThrow(remedy);
  });
});

describe.runIf(process.platform === 'linux')('Ctrl-C', () => {
  const PROGRAMS = ['redis-server', 'redis-check-rdb', 'openssl'] as const;

  /** Programs that do nothing; one of them connects to the test and hangs, unless it is asked for its version. */
  const arrange = (hanging: (typeof PROGRAMS)[number]) => {
    const folder = makeFolder();
    const [bin, path] = [join(folder, 'bin'), join(folder, 'socket')];
    const hang = `/version/.test(process.argv[2]) || require('node:net').connect(${JSON.stringify(path)})`;
    for (const name of PROGRAMS) writeProgram(join(bin, name), name === hanging ? hang : '');
    const hung = new Promise<Socket>((resolve) => {
      const server = createServer((socket) => resolve(socket.resume())).listen(path);
      onTestFinished(() => void server.close());
    });
    return { env: { PATH: `${bin}:${process.env['PATH']}`, XDG_CACHE_HOME: folder }, hung };
  };

  test.for([
    { hanging: 'redis-server', phase: 'a file is written', files: 'new' },
    { hanging: 'redis-check-rdb', phase: 'the speed is measured', files: 'kept' },
    { hanging: 'openssl', phase: 'a download is measured', files: 'kept' },
  ] as const)(
    'while $phase leaves no process and no file',
    { timeout: 120_000 }, // `lib` may have to be built
    async ({ hanging, files }, { startProgram }) => {
      const { env, hung } = arrange(hanging);
      const copyShard: Answer = ([, , , file = '']) => {
        copyFileSync(join(CORPUS, 'shard.rdb'), file);
        return {};
      };
      const { machine } = fakeMachine(env, { [basename(process.execPath)]: copyShard });
      const options = { keep: true, workFolder: env.XDG_CACHE_HOME };
      const kept =
        files === 'kept' ? [await prepareFiles(machine, makeVerificationPlan({ quick: true }), options)] : [];
      const bench = startProgram('scripts/bench.mjs', ['--only', 'verification', '--quick'], env);
      const lastOne = await Promise.race([hung, bench.ended.then(() => Promise.reject(new Error(bench.stderr)))]);
      const isGone = once(lastOne, 'close');

      bench.signal('SIGINT');

      expect(await bench.ended, bench.stderr).toEqual({ code: 130, signal: null });
      await isGone;
      const left = readdirSync(join(env.XDG_CACHE_HOME, 'temporal-memorydb-snapshots'));
      expect(left).toEqual(kept.map((folder) => basename(folder)));
    }
  );

  test('while a file is made by hand leaves no process and no file', async ({ startProgram }) => {
    const { env, hung } = arrange('redis-server');
    const folder = makeFolder();
    const making = startProgram('scripts/make-rdb.mjs', ['mix', '1e6', join(folder, 'mix.rdb')], env);
    const isGone = once(await hung, 'close');

    making.signal('SIGINT');

    expect(await making.ended, making.stderr).toEqual({ code: 130, signal: null });
    await isGone;
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the table of verification', () => {
  const timed = (...seconds: number[]) => ({ bytes: 1e9, seconds });
  const speeds = {
    checksum: timed(0.1),
    structure: timed(0.2),
    deep: timed(1),
    'redis-check-rdb': timed(2, 9, 2.5),
  };
  const report = {
    measuredAt: '2026-11-23T08:00:00.000Z',
    machine: { node: '20.20.2', cpus: 2 },
    plan: makeVerificationPlan({ quick: false }),
    measured: {
      redis: '7.0.15',
      speed: { mix: speeds, small: speeds, blob: speeds, coll: speeds },
      kernel: { wasm: timed(0.1), javascript: timed(0.46) },
      download: { drain: timed(0.74), structure: timed(1), 'with the checksum of S3': timed(1.2) },
      memory: {
        file: { small: [50e6, 60e6, 40e6], large: [56e6, 54e6, 55e6] },
        s3: { small: [200e6], large: [221e6] },
      },
      checkpointBytes: 999,
    },
  };

  test('compares medians, and says beside the goal that it was missed', () => {
    expect(renderFigures(report).split('\n')).toEqual([
      '| verification                                       |  measured |   against |   ratio |                                to reach |',
      '| -------------------------------------------------- | --------: | --------: | ------: | --------------------------------------: |',
      '| `checksum`, mixed data                             |   10 GB/s | 0.40 GB/s |  25.0 x |                                    20 x |',
      '| `structure`, mixed data                            |  5.0 GB/s | 0.40 GB/s |  12.5 x |                                    12 x |',
      '| `structure`, tiny keys                             |  5.0 GB/s | 0.40 GB/s |  12.5 x |                                     4 x |',
      '| `structure`, large blobs                           |  5.0 GB/s | 0.40 GB/s |  12.5 x |                                   3.5 x |',
      '| `deep`, mixed data                                 |  1.0 GB/s | 0.40 GB/s |   2.5 x |                         **missed**: 3 x |',
      '| `deep`, tiny keys                                  |  1.0 GB/s | 0.40 GB/s |   2.5 x |                                     2 x |',
      '| `deep`, large collections                          |  1.0 GB/s | 0.40 GB/s |   2.5 x |                                         |',
      '| CRC-64 in WebAssembly, against plain JavaScript    |   10 GB/s |  2.2 GB/s |   4.6 x |                                   4.5 x |',
      '| `structure` over HTTPS, against the download alone |  1.0 GB/s |  1.4 GB/s |  74.0 % |                        **missed**: 75 % |',
      "| the same, with S3's own checksum as well           | 0.83 GB/s |  1.4 GB/s |  61.6 % |                                         |",
      '| peak memory, file                                  |     55 MB |     50 MB | +10.0 % |             equal within 10 %, < 150 MB |',
      '| peak memory, S3                                    |    221 MB |    200 MB | +10.5 % | **missed**: equal within 10 %, < 300 MB |',
      '| state at a checkpoint, at most                     | 999 bytes |           |         |                                  < 1 KB |',
    ]);
  });

  test('says what the speed over HTTPS is compared with', () => {
    expect(renderVerification(report)).toContain('the same ranged reads by the same client of the SDK, without a scan');
  });

  test('says where it was measured, and of a quick run that it is one', () => {
    const quick = renderVerification({ ...report, plan: makeVerificationPlan({ quick: true }) });

    expect(renderVerification(report)).toContain(
      '_Measured on 2026-11-23 by `npm run bench`: medians of 5 runs, of memory 3; redis-check-rdb 7.0.15, Node 20.20.2, 2 CPUs._'
    );
    expect(renderVerification(report)).not.toContain('quick');
    expect(quick).toMatch(/^\*\*A quick run/);
    expect(quick).toContain('measured (quick)');
  });
});
