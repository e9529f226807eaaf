// The demo's worker, as an application would write it; it ends when its standard input does, so that it cannot be
// left behind.
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE, MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';

/** @import { Paces } from 'temporal-memorydb-snapshots' */

/**
 * A real MemoryDB is asked every 5 s to 5 min; here a copy takes seconds.
 *
 * @type {Partial<Paces>}
 */
const paces = {
  poll: { floorMs: 500, share: 0.1, ceilingMs: 2_000 },
  throttled: { floorMs: 500, share: 0.5, ceilingMs: 2_000 },
};

Runtime.install({ logger: new DefaultLogger('WARN') });
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: DEFAULT_TASK_QUEUE,
  plugins: [new MemoryDBSnapshotPlugin({ paces })],
});
const running = worker.run();
process.stdin.resume().once('end', () => worker.shutdown());
await running;
await connection.close();
