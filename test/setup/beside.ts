import { spawn } from 'node:child_process';

/** A process that runs beside the test, and says on its output how far it is. */
export interface Beside {
  readonly pid: number;
  /** Resolves once the text was printed, on stdout or stderr; rejects when the process ends without it. */
  printed(text: string): Promise<void>;
  readonly output: () => string;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

export function startBeside(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Beside {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        waiting.push(look);
        look();
        void ended.then(() => reject(new Error(`ended without printing "${text}":\n${output}`)));
      }),
  };
}
