import { fstatSync, writeFileSync } from 'node:fs';

/** Where the report goes. */
export interface ReportOutput {
  /** Whether some of it could not be written. That nobody wants to read on is no failure. */
  readonly hasFailed: boolean;
  /** Writes some of it, and says on stderr if that fails; once is enough. */
  print(text: string): Promise<void>;
}

/** The report on stdout. From now on nothing that goes wrong there, or on stderr, ends the process. */
export function openReportOutput(): ReportOutput {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let hasFailed = false;
  return {
    get hasFailed() {
      return hasFailed;
    },
    async print(text) {
      if (text === '') return;
      const error = await write(text);
      // Whoever reads the output may have enough of it: `memorydb-snapshots verify … | head -1`.
      if (error === undefined || error.code === 'EPIPE' || hasFailed) return;
      hasFailed = true;
      process.stderr.write(`the report cannot be written: ${error.message}\n`);
    },
  };
}

/** Node's own stream of a file takes a write that a full disk cuts short for a whole one. */
async function write(text: string): Promise<NodeJS.ErrnoException | undefined> {
  if (!fstatSync(process.stdout.fd).isFile()) {
    return new Promise((resolve) => process.stdout.write(text, (error) => resolve(error ?? undefined)));
  }
  try {
    writeFileSync(process.stdout.fd, Buffer.from(text));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
