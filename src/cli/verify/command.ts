import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { readAccount, readUrl } from '../simulator/arguments';
import { LEVELS, readLevel, readRegion, readSlots, readTarget } from './arguments';
import { DETAILS } from './help';
import { verifyAll, type NamedTarget, type VerifyFlags } from './verify-all';

/** The `verify` command: judges RDB files and whole exports, wherever they lie. */
export function createVerifyCommand(): Command {
  return new Command('verify')
    .description('Verify RDB files, objects of S3 and whole exports: read every byte and judge it.')
    .addArgument(
      new Argument('<source...>', 'FILE, s3://bucket/key.rdb, s3://bucket/target or -').argParser(collectTarget)
    )
    .addOption(new Option('--level <level>', LEVELS.join(', ')).default('structure').argParser(readLevel))
    .addOption(
      new Option(
        '--slots <ranges>',
        'the slots of the shard, such as 0-5460: a key of another slot is corrupt'
      ).argParser(readSlots)
    )
    .option('--strict', 'counts that differ from what the file says of itself are corrupt, not a warning')
    .option('--json', 'print one document of JSON')
    .addOption(new Option('-q, --quiet', 'print only what is not verified').conflicts('json'))
    .addOption(new Option('--region <name>', 'region of S3').argParser(readRegion))
    .addOption(new Option('--endpoint-url <url>', 'another S3, addressed by path').argParser(readUrl))
    .addOption(new Option('--expected-bucket-owner <id>', 'refuse a bucket of another account').argParser(readAccount))
    .addHelpText('after', DETAILS)
    .action(async (named: readonly NamedTarget[], flags: VerifyFlags, command: Command) => {
      const fault = findMisuse(flags);
      if (fault !== undefined) command.error(`error: ${fault}`);
      process.exitCode = await verifyAll(named, flags);
    });
}

function collectTarget(argument: string, before: readonly NamedTarget[] = []): NamedTarget[] {
  const target = readTarget(argument);
  if (target.kind === 'stdin' && before.some((other) => other.target.kind === 'stdin')) {
    throw new InvalidArgumentError('stdin can be read once: give it once');
  }
  return [...before, { argument, target }];
}

/** What is asked for and would not be looked at. */
function findMisuse({ level, slots, strict }: VerifyFlags): string | undefined {
  if (level === 'structure' || level === 'deep') return undefined;
  const unheard = slots === undefined ? (strict ? '--strict' : undefined) : '--slots';
  return unheard && `option '${unheard}' is not looked at with --level ${level}: choose structure or deep`;
}
