#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { safeText } from '../contract/text';
import { silenceNodeVersionWarning } from '../node-version-warning';
import { createSimulatorCommand } from './simulator/command';
import { createVerifyCommand } from './verify/command';
import { createWorkerCommand } from './worker/command';

async function main(): Promise<void> {
  silenceNodeVersionWarning();
  const program = new Command('memorydb-snapshots')
    .description('Tools around durable copies of Amazon MemoryDB snapshots.')
    .version(readVersion())
    .showHelpAfterError('(add --help for all options)')
    .configureOutput({ outputError: (text, write) => write(showLines(text)) })
    .exitOverride();
  for (const command of [createSimulatorCommand(), createVerifyCommand(), createWorkerCommand()]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

/** The version of this package. */
function readVersion(): string {
  const file = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

/** Commander has told of its own errors; the exit code says who can mend it: 2 the caller, 1 the machine. */
function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(showLines(`error: ${error instanceof Error ? error.message : String(error)}`));
  return 1;
}

/** What the user typed, or a file holds, may be in it: a terminal must not obey that. */
function showLines(text: string): string {
  return text
    .split('\n')
    .map((line) => safeText(line, Infinity))
    .join('\n');
}

void main();
