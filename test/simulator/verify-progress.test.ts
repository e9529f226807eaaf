import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatStanding, openProgress } from '../../src/cli/verify/progress';
import { bucket } from './stage';
import { setExported, startVerify, writeFiles } from './verify-stage';

const MiB = 1 << 20;
/** What a process does is read from /proc. */
const isLinux = process.platform === 'linux';

/** An RDB file of one huge string, without its bytes and without a checksum. */
function frameOf(length: number): { readonly head: Buffer; readonly tail: Buffer } {
  const size = Buffer.alloc(9);
  size[0] = 0x81;
  size.writeBigUInt64BE(BigInt(length), 1);
  const head = Buffer.concat([Buffer.from('REDIS0010\xfe\x00\x00\x01k', 'latin1'), size]);
  return { head, tail: Buffer.concat([Buffer.of(0xff), Buffer.alloc(8)]) };
}

test.skipIf(!isLinux)(
  '2 GiB through a pipe take no more memory than the first 256 MiB',
  { timeout: 60_000 },
  async () => {
    const run = startVerify(['--json', '-']);
    const { stdin, pid } = run.child;
    const piece = Buffer.alloc(MiB, 'x');
    const send = async (bytes: Buffer) => {
      if (!stdin.write(bytes)) await once(stdin, 'drain');
    };
    const peak = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    const { head, tail } = frameOf(2048 * MiB);

    await send(head);
    for (let sent = 0; sent < 256; sent += 1) await send(piece);
    const early = peak();
    for (let sent = 256; sent < 2048; sent += 1) await send(piece);
    const late = peak();
    stdin.end(tail);

    expect(await run.exited).toEqual({ code: 3, signal: null });
    expect(JSON.parse(run.stdout)).toMatchObject({
      results: [{ objects: [{ reason: 'no-checksum', bytes: 2048 * MiB + head.length + tail.length }] }],
    });
    expect(early).toBeGreaterThan(20 * MiB);
    expect(late - early).toBeLessThan(48 * MiB);
    expect(late).toBeLessThan(256 * MiB);
  }
);

describe('a signal ends it at once, and it says how far it came', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle of a pipe: exit code %i', async (signal, code) => {
    const run = startVerify(['--json', '-']);
    const { head } = frameOf(1024 * MiB);
    run.child.stdin.write(Buffer.concat([head, Buffer.alloc(4 * MiB)]));
    await once(run.child.stdin, 'drain');

    run.child.kill(signal);

    expect(await run.exited).toEqual({ code, signal: null });
    expect(run.stdout).toBe('');
    const [, read] = /^interrupted in stdin, after (\d\.\d) MiB: no verdict\n$/.exec(run.stderr) ?? [];
    expect(Number(read)).toBeGreaterThan(3);
  });

  test('in the middle of an object of S3', async () => {
    const { at, sim } = await setExported();
    const hung = sim.fail('GetObject', { connection: 'hang' });
    const run = startVerify([...at, `s3://${bucket}/nightly-0001.rdb`]);
    await hung.hit;

    run.child.kill('SIGINT');

    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(run.stderr).toMatch(
      /^interrupted in s3:\/\/acme-backups\/nightly-0001\.rdb, after 0\.0 of \d\.\d KiB: no verdict\n$/
    );
  });

  test.skipIf(!isLinux)('in the middle of a file', async () => {
    const { 'big.rdb': path = '' } = writeFiles({ 'big.rdb': '' });
    truncateSync(path, 64 * 1024 * MiB);
    const run = startVerify(['--level', 'checksum', path]);
    await expect
      .poll(() => readFileSync(`/proc/${run.child.pid}/io`, 'utf8'), { timeout: 30_000 })
      .toMatch(/^rchar: \d{9}/m);

    run.child.kill('SIGINT');

    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(run.stderr).toMatch(/^interrupted in .*big\.rdb, after \d+\.\d of 64\.0 GiB: no verdict\n$/);
  });
});

describe('progress', () => {
  const standing = { name: 'nightly-0001.rdb', done: 300 * MiB, total: 1200 * MiB, elapsedMs: 2_000 };

  test('is how much, how fast and how long still', () => {
    expect(formatStanding(standing, 79)).toBe(
      'nightly-0001.rdb  [##--------] 25 %  0.3 of 1.2 GiB  150.0 MiB/s  6 s left'
    );
    expect(formatStanding({ ...standing, total: undefined }, 79)).toBe('nightly-0001.rdb  300.0 MiB  150.0 MiB/s');
    expect(formatStanding({ ...standing, done: 0, elapsedMs: 0 }, 79)).toBe(
      'nightly-0001.rdb  [----------] 0 %  0.0 of 1.2 GiB'
    );
    expect(formatStanding({ ...standing, done: 0, total: 0 }, 79)).toBe(
      'nightly-0001.rdb  [##########] 100 %  0 of 0 bytes'
    );
  });

  test('fits into the terminal: of a long name the end is shown', () => {
    const long = { ...standing, name: `s3://bucket/${'deep/'.repeat(20)}nightly-0001.rdb` };

    for (const width of [20, 60, 80, 200]) expect(formatStanding(long, width).length).toBeLessThanOrEqual(width);
    expect(formatStanding(long, 80)).toMatch(/^…deep\/nightly-0001\.rdb {2}\[##/);
  });

  test('is drawn ten times a second at most, over all objects of an export, and cleared in the end', () => {
    let [nowMs, drawn] = [0, ''];
    const progress = openProgress({ columns: 80, write: (text) => (drawn += text) }, () => nowMs);
    progress.begin(2 * MiB);
    progress.enter('a');
    for (nowMs = 0; nowMs < 1_000; nowMs += 10) progress.tick(nowMs * 1_000);
    progress.leave(MiB);
    progress.enter('b');
    nowMs += 100;
    progress.tick(MiB / 2);

    const lines = drawn.split('\r\u001b[2K').slice(1);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toMatch(/^b {2}\[#######---\] 75 % {2}1\.5 of 2\.0 MiB/);
    progress.end();
    expect(drawn.endsWith('\r\u001b[2K')).toBe(true);
    expect(progress.describe()).toBe('in b, after 1.5 of 2.0 MiB');
  });

  test.skipIf(spawnSync('script', ['--version']).status !== 0)(
    'is on a terminal only, and not with --quiet or --json',
    async () => {
      const { read } = await setExported();
      const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': await read('nightly-0001.rdb') });
      const main = join(__dirname, '../../lib/cli/main.js');
      const onTerminal = async (...args: string[]) => {
        const command = [process.execPath, main, 'verify', ...args, path].map((word) => `'${word}'`).join(' ');
        const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
        let shown = '';
        child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
        const [code] = (await once(child, 'close')) as unknown[];
        return { code, shown };
      };

      const plain = await onTerminal();

      expect(plain.code).toBe(0);
      expect(plain.shown).toMatch(/\r\u001b\[2K.*\[-{10}\] 0 %.*\r\u001b\[2K.*a\.rdb: verified/s);
      expect(await onTerminal('--quiet')).toEqual({ code: 0, shown: '' });
      expect((await onTerminal('--json')).shown).not.toContain('\u001b');
    }
  );
});
