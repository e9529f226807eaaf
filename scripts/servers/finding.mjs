import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from './server-cache.mjs';
import { createSdkDownload } from './sdk-download.mjs';

/** @import { Machine } from '../machine/machine.mjs' */
/** @import { SdkDownload } from './sdk-download.mjs' */

/**
 * What the finders work with.
 *
 * @typedef {object} Finding
 * @property {Machine} machine
 * @property {string} cacheDir
 * @property {string} sdkVersion each SDK version downloads servers of its own choice
 * @property {SdkDownload} sdkDownload
 */

/**
 * @param {Machine} machine
 * @param {string} root the checkout, installed
 * @returns {Finding}
 */
export function createFinding(machine, root) {
  return {
    machine,
    cacheDir: cacheFolder(machine.env),
    sdkVersion: readSdkVersion(root),
    sdkDownload: createSdkDownload(machine),
  };
}

/**
 * @param {string} root
 * @returns {string}
 */
export function readSdkVersion(root) {
  const manifest = join(root, 'node_modules', '@temporalio', 'testing', 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
