import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

import { withChild } from './verification-child.mjs';

/** @import { S3ClientConfig } from '@aws-sdk/client-s3' */
/** @import { VerificationPlan } from './plan.mjs' */

/** @typedef {'file' | 's3'} Source */

/** @typedef {{ readonly s3: S3ClientConfig & { readonly endpoint: string }, readonly bucket: string, readonly keys: readonly string[] }} Served */

/**
 * The peaks of the command over files and objects of S3 of two sizes, in bytes, one for each run.
 *
 * @typedef {Record<Source, { readonly small: readonly number[], readonly large: readonly number[] }>} Peaks
 */

const SIMULATOR = fileURLToPath(new URL('./verification-simulator.mjs', import.meta.url));
const PEAK = new URL('./verification-peak.mjs', import.meta.url).href;
const COMMAND = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));

/**
 * @param {VerificationPlan['memory']} plan
 * @param {string} folder for a file of the larger size
 * @returns {Promise<Peaks>}
 */
export async function measureMemory({ small, large, runs }, folder) {
  return withChild(SIMULATOR, [String(small), String(large)], async (/** @type {Served} */ served) => {
    const measure = async (/** @type {number} */ index) => ({
      s3: await repeat(runs, () => verifyObject(served, served.keys[index] ?? '')),
      file: await withCopy(served, served.keys[index] ?? '', folder, (path) =>
        repeat(runs, () => readPeak([path], {}))
      ),
    });
    const [ofSmall, ofLarge] = [await measure(0), await measure(1)];
    return {
      file: { small: ofSmall.file, large: ofLarge.file },
      s3: { small: ofSmall.s3, large: ofLarge.s3 },
    };
  });
}

/**
 * @param {number} runs
 * @param {() => Promise<number>} work
 * @returns {Promise<number[]>}
 */
async function repeat(runs, work) {
  const results = [];
  for (let run = 0; run < runs; run += 1) results.push(await work());
  return results;
}

/**
 * @param {Served} served
 * @param {string} key
 * @returns {Promise<number>}
 */
function verifyObject({ s3, bucket }, key) {
  const nowhere = '/dev/null'; // no profile of whoever measures
  return readPeak([`s3://${bucket}/${key}`, '--endpoint-url', s3.endpoint, '--region', 'us-east-1'], {
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
  });
}

/**
 * Does `work` with an object on the disk.
 *
 * @template T
 * @param {Served} served
 * @param {string} key
 * @param {string} folder
 * @param {(path: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withCopy({ s3, bucket }, key, folder, work) {
  const path = join(folder, key);
  const client = new S3Client({ ...s3, responseChecksumValidation: 'WHEN_REQUIRED' });
  try {
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(body instanceof Readable)) throw new Error(`${key} has no stream`);
    await pipeline(body, createWriteStream(path));
    return await work(path);
  } finally {
    client.destroy();
    rmSync(path, { force: true });
  }
}

/**
 * Runs the command to its end.
 *
 * @param {readonly string[]} source
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Promise<number>} the most memory that it had resident, in bytes
 */
async function readPeak(source, env) {
  const child = spawn(process.execPath, ['--import', PEAK, COMMAND, 'verify', '--json', ...source], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const told = child.stdio[3];
  if (!(told instanceof Readable) || child.stdout === null) throw new Error('a pipe is missing');
  const [status, answer, [code]] = await Promise.all([text(told), text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`verify ${source.join(' ')} ended with ${code}:\n${answer}`);
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error('the process did not tell its peak');
  return Number(kilobytes) * 1_024;
}
