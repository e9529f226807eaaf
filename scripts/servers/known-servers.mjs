import { join, resolve } from 'node:path';

import { devServerEntries } from './find-dev-server.mjs';
import { timeSkippingServerEntries } from './find-time-skipping-server.mjs';
import { cacheFolder, inspectEntry } from './server-cache.mjs';
import { findOnPath } from './sources.mjs';

/** @import { Machine } from '../machine/machine.mjs' */

/**
 * The servers as far as a look at the disk tells, in the finders' order: for a test that is run by itself. Nothing is
 * started, fetched or built.
 *
 * @param {Machine['env']} env
 * @param {string} sdkVersion
 * @returns {{ devServer: string | undefined, timeSkippingServer: string | undefined }}
 */
export function knownServers(env, sdkVersion) {
  const { bySdk, byGo } = devServerEntries(sdkVersion);
  const testServers = timeSkippingServerEntries(sdkVersion);
  return {
    devServer: named(env, 'TEMPORAL_CLI_PATH') ?? findOnPath(env, 'temporal') ?? cached(env, [bySdk, byGo], 'temporal'),
    timeSkippingServer:
      named(env, 'TEMPORAL_TEST_SERVER_PATH') ??
      cached(env, [testServers.bySdk, testServers.byMaven], 'temporal-test-server'),
  };
}

/**
 * @param {Machine['env']} env
 * @param {string} variable
 * @returns {string | undefined}
 */
function named(env, variable) {
  return env[variable] ? resolve(env[variable]) : undefined;
}

/**
 * @param {Machine['env']} env
 * @param {readonly string[]} names
 * @param {string} executable
 * @returns {string | undefined}
 */
function cached(env, names, executable) {
  const whole = names.find((name) => inspectEntry(join(cacheFolder(env), name)).state === 'whole');
  return whole === undefined ? undefined : join(cacheFolder(env), whole, executable);
}
