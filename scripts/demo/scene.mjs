import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';

/** @import { CallRecord } from 'temporal-memorydb-snapshots/testing' */

export const SOURCE = 'automatic.prod-2026-11-23-03-15';
export const TARGET = 'prod-before-upgrade';
export const EXPORT_TARGET = 'prod-2026-11-23';
export const BUCKET = 'acme-backups';

/**
 * A simulated MemoryDB with something to copy, and a simulated S3 with a bucket for its exports.
 *
 * @typedef {object} Scene
 * @property {Readonly<Record<string, string>>} env what points a worker at it, as it would be pointed at AWS
 * @property {() => () => Record<string, number>} startCounting what it returns tells the calls of each operation since
 * @property {() => number} countAcceptedCopies how often CopySnapshot took effect
 * @property {(key: string) => Promise<string>} readObject
 * @property {() => Promise<void>} close
 */

/**
 * On a bad day for the copy: the first CopySnapshot is throttled, the second is accepted and its answer is lost.
 *
 * @returns {Promise<Scene>}
 */
export async function openScene() {
  const simulator = await MemoryDBSimulator.start();
  simulator.addCluster('prod', { shards: 3 });
  simulator.addSnapshot(SOURCE, { cluster: 'prod', tags: { team: 'payments' } });
  simulator.addBucket(BUCKET);
  simulator.set({ copyTakes: '6s', exportTakes: '3s' });
  simulator.fail('CopySnapshot', { error: 'ThrottlingException', message: 'Rate exceeded' });
  const lost = simulator.fail('CopySnapshot', { connection: 'drop', when: 'after' });
  const { endpoint, region, credentials } = simulator.aws.memorydb;
  return {
    env: {
      AWS_ENDPOINT_URL_MEMORYDB: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: '',
    },
    startCounting() {
      const before = simulator.calls.length;
      return () => countByOperation(simulator.calls.slice(before));
    },
    countAcceptedCopies: () =>
      simulator.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok').length + lost.hits,
    async readObject(key) {
      const object = await simulator.object(BUCKET, key);
      if (object === undefined) throw new Error(`${BUCKET} has no ${key}`);
      return object.bytes().toString();
    },
    close: () => simulator.close(),
  };
}

/**
 * @param {readonly CallRecord[]} calls
 * @returns {Record<string, number>}
 */
function countByOperation(calls) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
