import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

/**
 * Scans a packed set of so many different integers of 24 bits, five bytes each, as it is or compressed (in literals
 * alone), and prints what was found and what the process took at most, in MB.
 */
const MEASURE = `
  const { openScan } = require(process.argv[1]);
  const isCompressed = process.argv[2] === 'compressed';
  const count = Number(process.argv[3]);
  const u32 = (value) => { const four = Buffer.alloc(4); four.writeUInt32BE(value); return four; };
  const size = 7 + 5 * count;
  const listpackHead = Buffer.alloc(6, 0xff);
  listpackHead.writeUInt32LE(size);
  const tokens = Math.ceil(size / 32);
  const lengths = isCompressed
    ? [Buffer.of(0xc3, 0x80), u32(size + tokens), Buffer.of(0x80), u32(size)]
    : [Buffer.of(0x80), u32(size)];
  const scan = openScan({ level: 'deep' });
  scan.push(Buffer.concat([Buffer.from('REDIS0011'), Buffer.of(20, 1, 97), ...lengths]));
  let raw = listpackHead;
  let left = size;
  const push = (bytes) => {
    left -= bytes.length;
    if (!isCompressed) return scan.push(bytes);
    const packed = Buffer.alloc(bytes.length + Math.ceil(bytes.length / 32));
    for (let at = 0, to = 0; at < bytes.length; at += 32, to += 33) {
      packed[to] = Math.min(32, bytes.length - at) - 1;
      bytes.copy(packed, to + 1, at, at + 32);
    }
    scan.push(packed);
  };
  for (let at = 0; at < count; ) {
    const part = Buffer.alloc(5 * Math.min(100_000, count - at));
    for (let to = 0; to < part.length; to += 5, at += 1) {
      part[to] = 0xf2;
      part.writeUIntLE(at, to + 1, 3);
      part[to + 4] = 4;
    }
    raw = Buffer.concat([raw, part]);
    const whole = raw.length - (raw.length % 32);
    push(raw.subarray(0, whole));
    raw = raw.subarray(whole);
  }
  push(Buffer.concat([raw, Buffer.of(0xff)]));
  if (left !== 0) throw new Error(left + ' bytes were lost');
  scan.push(Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0]));
  console.log(scan.finding?.reason ?? 'nothing', scan.end().reason, process.resourceUsage().maxRSS / 1024);`;

test.for<readonly [how: string, count: number]>([
  ['as it is', 6_700_000],
  ['compressed', 6_400_000],
])('a packed set of nearly 32 MiB takes the memory of its bytes: %s', { timeout: 120_000 }, async ([how, count]) => {
  const lib = join(__dirname, '..', '..', '..', 'lib', 'rdb', 'index.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', MEASURE, lib, how, String(count)]);
  const [found, reason, megabytes] = stdout.trim().split(' ');

  expect([found, reason]).toEqual(['nothing', 'no-checksum']);
  expect(Number(megabytes)).toBeLessThan(170);
});
