import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { openS3 } from '../../lib/aws/clients.js';
import { readRanges } from '../../lib/aws/read-ranges.js';
import { scanObject } from '../../lib/aws/scan-object.js';
import { withChild } from './verification-child.mjs';
import { ALL_SLOTS } from './verification-speed.mjs';
import { timeByTurns } from './verification-turns.mjs';

/** @import { Timed } from './verification-turns.mjs' */

/** @typedef {{ readonly port: number, readonly size: number, readonly etag: string }} Served */

/** @typedef {'drain' | 'structure' | 'with the checksum of S3'} Download */

const SERVER = fileURLToPath(new URL('./verification-static-server.mjs', import.meta.url));

/**
 * Level `structure` while an object is read over HTTPS by the SDK's client, without and with a checksum of S3's to
 * compute as well, against the same reads without a scan.
 *
 * @param {string} path the object's bytes
 * @param {number} runs
 * @param {string} folder for the certificate
 * @returns {Promise<Record<Download, Timed>>}
 */
export async function measureDownload(path, runs, folder) {
  const certificates = await makeCertificate(join(folder, 'tls'));
  const ca = readFileSync(join(certificates, 'cert.pem'));
  return withChild(SERVER, [path, certificates], async (/** @type {Served} */ { port, size, etag }) => {
    const access = openS3({
      region: 'us-east-1',
      endpoint: `https://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
      requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
    });
    const bucket = { s3: access.s3, name: 'bench', owner: undefined };
    const drain = async () => {
      let bytes = 0;
      for await (const chunk of readRanges(bucket, { key: 'plain.rdb', size, etag })) bytes += chunk.length;
      if (bytes !== size) throw new Error(`${bytes} of ${size} bytes came`);
    };
    const scan = (/** @type {string} */ key, /** @type {'matches' | undefined} */ expected) => async () => {
      const { report, s3Checksum } = await scanObject(
        bucket,
        { key, size, etag },
        { level: 'structure', slots: ALL_SLOTS }
      );
      if (report.verdict !== 'verified') throw new Error(`${key} is ${report.verdict}: ${report.reason}`);
      if (s3Checksum !== expected) throw new Error(`${key}: the checksum of S3 ${s3Checksum ?? 'is missing'}`);
    };
    const contenders = {
      drain,
      structure: scan('plain.rdb', undefined),
      'with the checksum of S3': scan('summed.rdb', 'matches'),
    };
    try {
      for (const warmUp of Object.values(contenders)) await warmUp();
      return await timeByTurns(runs, size, contenders);
    } finally {
      access.close();
    }
  });
}

/**
 * A key and a certificate for 127.0.0.1 that signs itself, for a day.
 *
 * @param {string} folder
 * @returns {Promise<string>} the folder
 */
async function makeCertificate(folder) {
  mkdirSync(folder, { recursive: true });
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  return folder;
}
