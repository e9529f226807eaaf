import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogEntry,
  type NativeConnectionOptions,
  type RuntimeOptions,
} from '@temporalio/worker';
import { BadConfiguration, readWorkerConfig, type WorkerConfig } from './config';
import { DEFAULT_TASK_QUEUE } from './jobs';
import { silenceNodeVersionWarning } from './node-version-warning';
import { MemoryDBSnapshotPlugin, type MemoryDBSnapshotPluginOptions } from './plugin';

/** What an AWS call in flight gets to end: longer than a send may take. */
const SHUTDOWN_GRACE = '20s';

const CHECK_MS = 10_000;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Something that the worker cannot start without is not to be had; the message names it, and its variable. */
class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/**
 * Runs a worker as this process, configured by the environment: it logs its errors, and the exit code says who can mend
 * one: 2 whoever configures the worker, 1 the machine.
 */
export async function runWorkerProcess(): Promise<void> {
  silenceNodeVersionWarning();
  const logger = new DefaultLogger('WARN', writeEntry);
  // Node prints a warning over several lines: whoever reads the log expects one entry per line.
  process.removeAllListeners('warning').on('warning', ({ name, message }) => logger.warn(message, { name }));
  try {
    await runWorker(readWorkerConfig());
  } catch (error) {
    const isExplained = error instanceof BadConfiguration || error instanceof CannotStart;
    logger.error(messageOf(error), isExplained ? {} : { error });
    process.exitCode = error instanceof BadConfiguration ? 2 : 1;
  }
}

/**
 * Runs a worker for snapshot jobs until SIGINT or SIGTERM: what is in flight ends first, a second signal ends it at
 * once. It installs Temporal's Runtime, so it is for a process of its own; an application's worker takes the plugin.
 *
 * @throws BadConfiguration when the environment cannot work, and other errors when Temporal cannot be had
 */
async function runWorker(config: WorkerConfig): Promise<void> {
  const { connectionOptions, namespace = 'default' } = readTemporalSettings();
  const region = await readRegion();
  const runtime = installRuntime(config);
  try {
    const { taskQueue = DEFAULT_TASK_QUEUE } = config;
    const { address = 'localhost:7233' } = connectionOptions;
    const connection = await connect(connectionOptions, address);
    try {
      await checkNamespace(connection, namespace, address);
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue,
        shutdownGraceTime: SHUTDOWN_GRACE,
        plugins: [new MemoryDBSnapshotPlugin(pluginOptions(config, region))],
      });
      const running = worker.run();
      const forget = onSignal((signal) => {
        runtime.logger.info('worker is shutting down', { signal, grace: SHUTDOWN_GRACE });
        worker.shutdown();
      });
      runtime.logger.info('worker is polling', { taskQueue, namespace, address, region });
      await running.finally(forget);
    } finally {
      await connection.close();
    }
  } finally {
    await runtime.shutdown();
  }
}

/** Endpoints and credentials are the AWS SDK's to find. */
function pluginOptions(
  { owner, allowedBuckets, bucketOwner, manifestEncryption, verification }: WorkerConfig,
  region: string
): MemoryDBSnapshotPluginOptions {
  return {
    memorydb: { region },
    ...(owner !== undefined && { owner }),
    ...(allowedBuckets !== undefined && { allowedBuckets }),
    ...(bucketOwner !== undefined && { bucketOwner }),
    ...(manifestEncryption !== undefined && { manifestEncryption }),
    ...(verification !== undefined && { verification }),
  };
}

/** From the TEMPORAL_ variables and the profile they name. */
function readTemporalSettings(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new BadConfiguration(`the TEMPORAL_ variables, or the profile they name: ${messageOf(error)}`);
  }
}

/** Without a region each job would fail by itself; better say so before there is one. */
async function readRegion(): Promise<string> {
  const client = new MemoryDBClient({});
  try {
    return await client.config.region();
  } catch (error) {
    throw new BadConfiguration(`no AWS region: set AWS_REGION, or a region in an AWS profile (${messageOf(error)})`);
  } finally {
    client.destroy();
  }
}

function installRuntime({ logLevel, metricsAddress }: WorkerConfig): Runtime {
  const options: RuntimeOptions = {
    logger: new DefaultLogger(logLevel, writeEntry),
    // A signal before the worker polls has its usual effect: there is nothing to shut down yet.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: logLevel === 'INFO' ? 'WARN' : logLevel, other: 'ERROR' }, forward: {} },
      ...(metricsAddress !== undefined && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  };
  try {
    return Runtime.install(options);
  } catch (error) {
    if (metricsAddress === undefined) throw error;
    throw new CannotStart(`no metrics at ${metricsAddress} (SNAPSHOTS_METRICS_ADDRESS): ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function connect(options: NativeConnectionOptions, address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    const message = `cannot reach Temporal at ${address} (TEMPORAL_ADDRESS): ${messageOf(error)}`;
    throw error instanceof TypeError ? new BadConfiguration(message) : new CannotStart(message, { cause: error });
  }
}

/** Before the worker is made: one that cannot be made leaves threads behind, and the process would not end. */
async function checkNamespace(connection: NativeConnection, namespace: string, address: string): Promise<void> {
  try {
    const call = () => connection.workflowService.describeNamespace({ namespace });
    await connection.withDeadline(Date.now() + CHECK_MS, call);
  } catch (error) {
    throw new CannotStart(`cannot use namespace ${namespace} (TEMPORAL_NAMESPACE) at ${address}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Calls back for the first signal only: the next one has its usual effect. */
function onSignal(callback: (signal: NodeJS.Signals) => void): () => void {
  const forget = () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
  const hear = (signal: NodeJS.Signals) => {
    forget();
    callback(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return forget;
}

/** One line of JSON per entry, on stderr, with what the SDK knows about it. */
function writeEntry({ level, message, timestampNanos, meta }: LogEntry): void {
  const head = { time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(), level, message };
  process.stderr.write(`${JSON.stringify({ ...head, ...meta, ...head }, toJson)}\n`);
}

function toJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error)
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (require.main === module) void runWorkerProcess();
