// `node scripts/record-histories.mjs`: records the histories that test/replay replays, on the time-skipping server.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { CHECKOUT } from './set-up/checkout.mjs';
import { ensureBuilt } from './set-up/ensure-built.mjs';
import { ensureInstalled } from './set-up/ensure-installed.mjs';
import { findServers } from './set-up/find-servers.mjs';

/** @import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing' */
/** @import { CopySnapshotInput } from 'temporal-memorydb-snapshots' */

const SOURCE = 'automatic.prod-2026-11-23-03-15';
const BUCKET = 'acme-backups';
const EXPORT = { SourceSnapshotName: SOURCE, TargetSnapshotName: 'nightly', TargetBucket: BUCKET };

/**
 * What happens to a job, and where it is cancelled, if it is.
 *
 * @typedef {object} Scenario
 * @property {Partial<CopySnapshotInput>} [input]
 * @property {(sim: MemoryDBSimulator) => void} [arrange]
 * @property {(sim: MemoryDBSimulator) => Promise<unknown>} [cancelWhen]
 */

/** @type {Record<string, Scenario>} */
const SCENARIOS = {
  copied: {},
  exported: { input: { request: EXPORT } },
  'exported-unproven': {
    input: { request: { ...EXPORT, SourceSnapshotName: 'unchecked' }, requireVerified: true },
    arrange: (sim) => sim.addSnapshot('unchecked', { cluster: 'prod', rdbChecksum: false }),
  },
  'adopted-after-a-lost-answer': { arrange: (sim) => sim.fail('CopySnapshot', { connection: 'drop', when: 'after' }) },
  failed: { arrange: (sim) => sim.set({ copyEnds: 'failed' }) },
  refused: { arrange: (sim) => sim.removeSnapshot(SOURCE) },
  'patience-exhausted': { input: { patience: { copy: '1h' } }, arrange: (sim) => sim.set({ copyTakes: '4h' }) },
  'cancelled-and-kept': { cancelWhen: (sim) => sim.calledTimes('DescribeSnapshots', 4) },
  'cancelled-and-deleted': {
    input: { onCancel: 'delete' },
    cancelWhen: (sim) => sim.calledTimes('DescribeSnapshots', 4),
  },
  'cancelled-before-acceptance': {
    input: { onCancel: 'delete' },
    arrange: (sim) => sim.exhaustQuota('prod', { for: '20h' }),
    cancelWhen: (sim) => sim.calledTimes('CopySnapshot', 1),
  },
};

runEntry(async (machine) => {
  await ensureInstalled(machine, CHECKOUT);
  await ensureBuilt(machine, CHECKOUT);
  const { timeSkippingServer: server } = await findServers(machine, CHECKOUT);
  if (!('path' in server) || server.path === undefined)
    throw new SetUpError('recording needs the time-skipping server');
  await record(server.path, join(CHECKOUT, 'test', 'replay', 'histories'));
  return 0;
});

/**
 * @param {string} path of the time-skipping server
 * @param {string} folder
 */
async function record(path, folder) {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const { historyToJSON } = await import('@temporalio/common/lib/proto-utils.js');
  mkdirSync(folder, { recursive: true });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client: { identity: 'recorder' },
  });
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const history = await play(env, name, scenario);
      // Stack traces name files of this machine.
      writeFileSync(join(folder, `${name}.json`), `${historyToJSON(history).replaceAll(CHECKOUT, '.')}\n`);
    }
  } finally {
    await env.teardown();
  }
}

/**
 * @param {import('@temporalio/testing').TestWorkflowEnvironment} env
 * @param {string} name
 * @param {Scenario} scenario
 */
async function play(env, name, { input, arrange, cancelWhen }) {
  const { Worker } = await import('@temporalio/worker');
  const { MemoryDBSnapshotPlugin } = await import('temporal-memorydb-snapshots');
  const { MemoryDBSimulator } = await import('temporal-memorydb-snapshots/testing');
  const sim = await MemoryDBSimulator.start({ now: () => env.currentTimeMs() });
  try {
    sim.addCluster('prod', { shards: 3 });
    sim.addSnapshot(SOURCE, { cluster: 'prod' });
    sim.addBucket(BUCKET);
    arrange?.(sim);
    const taskQueue = `record-${name}`;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      identity: 'recorder',
      plugins: [new MemoryDBSnapshotPlugin(sim.aws)],
    });
    return await worker.runUntil(async () => {
      const request = { SourceSnapshotName: SOURCE, TargetSnapshotName: 'prod-copy' };
      const job = await env.client.workflow.start('copyMemoryDBSnapshot', {
        args: [{ request, ...input }],
        taskQueue,
        workflowId: `job-${name}`,
      });
      if (cancelWhen) {
        await cancelWhen(sim);
        await job.cancel();
      }
      await job.result().catch(() => undefined);
      return job.fetchHistory();
    });
  } finally {
    await sim.close();
  }
}
