import { createServer } from 'node:net';

/** @import { MetricsExporterConfig } from '@temporalio/worker' */

/**
 * Counts the heartbeats that the workers of this process sent: the SDK's own count of its requests.
 *
 * @typedef {object} HeartbeatMeter
 * @property {MetricsExporterConfig} metrics for `Runtime.install`
 * @property {() => Promise<number>} read all heartbeats so far
 */

/**
 * @returns {Promise<HeartbeatMeter>}
 */
export async function createHeartbeatMeter() {
  const bindAddress = `127.0.0.1:${await findFreePort()}`;
  return {
    metrics: { prometheus: { bindAddress } },
    async read() {
      const response = await fetch(`http://${bindAddress}/metrics`);
      if (!response.ok) throw new Error(`the SDK's metrics answered ${response.status}`);
      return countHeartbeats(await response.text());
    },
  };
}

/**
 * @param {string} metrics in Prometheus' text format
 * @returns {number}
 */
export function countHeartbeats(metrics) {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('temporal_request{') && line.includes('operation="RecordActivityTaskHeartbeat"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/**
 * @returns {Promise<number>}
 */
function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
