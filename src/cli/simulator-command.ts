import { Command, Option } from 'commander';
import { type Duration, MemoryDBSimulator } from '../testing';
import * as parse from './simulator-arguments';
import { announce, logCall } from './simulator-output';
import { ArgumentError, planStage } from './simulator-stage';

interface SimulatorFlags {
  readonly port: number;
  readonly host: string;
  readonly region: string;
  readonly account: string;
  readonly copyTakes: Duration;
  readonly quota: number;
  readonly cluster?: readonly parse.ClusterArgument[];
  readonly snapshot?: readonly parse.SnapshotArgument[];
  readonly json?: boolean;
}

const examples = `
With no --snapshot there is one automatic snapshot of each cluster; with no --cluster there is prod, of 3 shards.
A snapshot's cluster is told by =CLUSTER, by its own name (automatic.CLUSTER-...), or by there being only one.

Examples:
  memorydb-snapshots simulator --port 8123
  memorydb-snapshots simulator --cluster prod:3 --snapshot nightly=prod --copy-takes 4h
`;

/** The `simulator` command: a simulated MemoryDB on a port, until it is told to stop. */
export function createSimulatorCommand(): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description);
  return new Command('simulator')
    .description('Serve a simulated MemoryDB on a local port, for the AWS CLI and every SDK, until Ctrl-C.')
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
  const stage = planStage(flags.cluster, flags.snapshot, Date.now());
  const simulator = await start(flags);
  const stopped = untilSignal();
  simulator.set({ copyTakes: flags.copyTakes, quota: flags.quota });
  for (const { name, shards } of stage.clusters) simulator.addCluster(name, { shards });
  for (const { name, cluster } of stage.snapshots) simulator.addSnapshot(name, { cluster });
  simulator.onCall((call) => logCall(call, flags.json));
  announce(simulator, { ...stage, accountId: flags.account }, flags.json);
  await stopped;
  await simulator.close();
}

async function start({ port, host, region, account: accountId }: SimulatorFlags): Promise<MemoryDBSimulator> {
  try {
    return await MemoryDBSimulator.start({ port, host, region, accountId });
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
