import { Command, Option } from 'commander';
import type { Duration, MemoryDBSimulator } from '../../testing';
import * as parse from './arguments';
import { announce, logCall } from './output';
import { ArgumentError, planStage } from './stage';

interface SimulatorFlags {
  readonly port: number;
  readonly host: string;
  readonly region: string;
  readonly account: string;
  readonly copyTakes: Duration;
  readonly exportTakes: Duration;
  readonly shardSize?: string;
  readonly quota: number;
  readonly bucket?: readonly string[];
  readonly s3Endpoint?: string;
  readonly cluster?: readonly parse.ClusterArgument[];
  readonly snapshot?: readonly parse.SnapshotArgument[];
  readonly json?: boolean;
}

const examples = `
With no --snapshot there is one automatic snapshot of each cluster; with no --cluster there is prod, of 3 shards.
Exports go to a bucket of the same port: aws s3 ls s3://acme-backups --endpoint-url ...
A snapshot's cluster is told by =CLUSTER, by its own name (automatic.CLUSTER-...), or by there being only one.

Examples:
  memorydb-snapshots simulator --port 8123
  memorydb-snapshots simulator --cluster prod:3 --snapshot nightly=prod --copy-takes 4h
`;

/** The `simulator` command: a simulated MemoryDB, with an S3 for its exports, on a port, until it is told to stop. */
export function createSimulatorCommand(): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description);
  return new Command('simulator')
    .description('Serve a simulated MemoryDB and S3 on a local port, for the AWS CLI and every SDK, until Ctrl-C.')
    .addOption(option('--port <number>', 'port to listen on').default(0, 'any free one').argParser(parse.readPort))
    .addOption(option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(option('--region <name>', 'region to play').default('us-east-1').argParser(parse.readRegion))
    .addOption(option('--account <id>', 'account to play').default('123456789012').argParser(parse.readAccount))
    .addOption(
      option('--copy-takes <duration>', 'how long a copy takes: 30s, 5m, 4h')
        .default('1m')
        .argParser(parse.readDuration)
    )
    .addOption(
      option('--export-takes <duration>', 'how long an export to S3 takes: 30s, 5m, 4h')
        .default('1m')
        .argParser(parse.readDuration)
    )
    .addOption(
      option('--shard-size <size>', "how large each shard's exported file is: 64 KB, 11 MB, 1 GB").argParser(
        parse.readSize
      )
    )
    .addOption(
      option('--bucket <name>', 'a bucket to begin with; repeatable; acme-backups if none').argParser(
        parse.collectBucket
      )
    )
    .addOption(
      option(
        '--s3-endpoint <url>',
        'another S3 to upload exports to, by the credentials simulator/simulator'
      ).argParser(parse.readUrl)
    )
    .addOption(
      option('--quota <number>', 'manual snapshots that a cluster may be given in 24 hours')
        .default(20)
        .argParser(parse.readQuota)
    )
    .addOption(
      option('--cluster <name[:shards]>', 'a cluster to begin with; repeatable').argParser(parse.collectCluster)
    )
    .addOption(
      option('--snapshot <name[=cluster]>', 'a snapshot to begin with; repeatable').argParser(parse.collectSnapshot)
    )
    .option('--json', 'print one line of JSON on stdout, and log calls as JSON')
    .addHelpText('after', examples)
    .action(async (flags: SimulatorFlags, command: Command) => {
      try {
        await runSimulator(flags);
      } catch (error) {
        if (error instanceof ArgumentError) command.error(`error: ${error.message}`);
        throw error;
      }
    });
}

async function runSimulator(flags: SimulatorFlags): Promise<void> {
  const buckets = flags.s3Endpoint === undefined ? (flags.bucket ?? ['acme-backups']) : [];
  const stage = { ...planStage(flags.cluster, flags.snapshot, Date.now()), buckets };
  const simulator = await start(flags);
  const stopped = untilSignal();
  simulator.set({ copyTakes: flags.copyTakes, exportTakes: flags.exportTakes, quota: flags.quota });
  for (const name of stage.buckets) simulator.addBucket(name);
  for (const { name, shards } of stage.clusters) simulator.addCluster(name, { shards });
  const size = flags.shardSize === undefined ? {} : { shardSize: flags.shardSize };
  for (const { name, cluster } of stage.snapshots) simulator.addSnapshot(name, { cluster, ...size });
  simulator.onCall((call) => logCall(call, flags.json));
  announce(simulator, { ...stage, accountId: flags.account }, flags.json);
  await stopped;
  await simulator.close();
}

async function start({
  port,
  host,
  region,
  account: accountId,
  s3Endpoint,
}: SimulatorFlags): Promise<MemoryDBSimulator> {
  // The AWS SDK, which it brings along, takes longer to load than most other commands take in all.
  const { MemoryDBSimulator } = await import('../../testing/index.js');
  const foreign = s3Endpoint === undefined ? {} : { s3Endpoint };
  try {
    return await MemoryDBSimulator.start({ port, host, region, accountId, ...foreign });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Error(`port ${port} of ${host} is in use: end what uses it, or choose another with --port`, { cause });
    }
    if (code === 'EACCES') {
      throw new ArgumentError(
        `option '--port' argument '${port}' is invalid. this user may not listen on it; try 8123`
      );
    }
    throw new ArgumentError(`option '--host' argument '${host}' is invalid. it is no address here; try 127.0.0.1`);
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
