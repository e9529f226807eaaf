import { availableParallelism } from 'node:os';

import { readSdkVersion } from '../servers/finding.mjs';
import { CHECKOUT } from '../set-up/checkout.mjs';

/**
 * What a measurement depends on.
 *
 * @typedef {object} Versions
 * @property {string} temporalSdk
 * @property {string} timeSkippingServer
 * @property {string} node
 * @property {number} cpus
 */

/**
 * @param {string} timeSkippingServerPath
 * @returns {Versions}
 */
export function readVersions(timeSkippingServerPath) {
  return {
    temporalSdk: readSdkVersion(CHECKOUT),
    // It does not tell its version; the cache's entries are named for it.
    timeSkippingServer: /temporal-test-server-([^/\\]+)/.exec(timeSkippingServerPath)?.[1] ?? 'of unknown version',
    node: process.versions.node,
    cpus: availableParallelism(),
  };
}
