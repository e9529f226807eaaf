import { findDevServer } from '../servers/find-dev-server.mjs';
import { findTimeSkippingServer } from '../servers/find-time-skipping-server.mjs';
import { createFinding } from '../servers/finding.mjs';

/** @import { Machine } from '../machine/machine.mjs' */
/** @import { FoundServer, MissingServer } from '../servers/find-server.mjs' */

/**
 * Finds both Temporal servers, side by side.
 *
 * @param {Machine} machine
 * @param {string} root the checkout, installed
 * @returns {Promise<{ devServer: FoundServer | MissingServer, timeSkippingServer: FoundServer | MissingServer }>}
 */
export async function findServers(machine, root) {
  const finding = createFinding(machine, root);
  const [devServer, timeSkippingServer] = await Promise.all([findDevServer(finding), findTimeSkippingServer(finding)]);
  for (const server of [devServer, timeSkippingServer]) machine.say(describeServer(server));
  return { devServer, timeSkippingServer };
}

/**
 * @param {FoundServer | MissingServer} server
 * @returns {string}
 */
function describeServer(server) {
  return 'missing' in server ? server.missing : `${server.path} (${server.source})`;
}
