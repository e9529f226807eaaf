import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test as base } from 'vitest';

const CHECKOUT = join(__dirname, '..', '..');

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of this package, run by Node as a user runs it. */
export interface Program {
  readonly pid: number;
  /** What it printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ending>;
  /** Resolves once it has printed the text, on stdout or stderr; rejects when it ends without. */
  printed(text: string): Promise<void>;
  /** Sends a signal to it alone. */
  signal(signal: NodeJS.Signals): void;
  /** Whether it, or anything that it started, still runs. */
  isAlive(): boolean;
}

/**
 * Starts a program in a process group of its own; it ends with the test, together with what it started.
 *
 * @param file relative to the checkout
 * @param env on top of what a program cannot do without: nothing of ours, of AWS's or of Temporal's is handed down
 */
export type StartProgram = (file: string, args?: readonly string[], env?: Readonly<Record<string, string>>) => Program;

/** A test that starts programs, which may run beside others. */
export const test = base.extend<{ startProgram: StartProgram }>({
  // vitest reads from this pattern what the fixture depends on: nothing
  startProgram: async ({}, use) => {
    const programs: Program[] = [];
    await use((file, args = [], env = {}) => {
      const program = start(file, args, env);
      programs.push(program);
      return program;
    });
    for (const { pid } of programs) signalGroup(pid, 'SIGKILL');
    await Promise.all(programs.map(({ ended }) => ended));
  },
});

function start(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [join(CHECKOUT, file), ...args], {
    env: { ...handedDown(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  const output = { stdout: '', stderr: '' };
  const looks = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of looks) look();
    });
  }
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', reject);
  });
  return {
    pid,
    ended,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!output.stdout.includes(text) && !output.stderr.includes(text)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`${file} ended without printing "${text}":\n${output.stdout}${output.stderr}`))
        );
      }),
    signal: (signal) => {
      child.kill(signal);
    },
    isAlive: () => signalGroup(pid, 0),
  };
}

/** A port of 127.0.0.1 at which nobody listens at the moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function handedDown(): Record<string, string> {
  const names = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'TEMPORAL_CLI_PATH'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** False when nobody is left in the group. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
