/** What a shell shows of a command that such a signal ends. */
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** From now on a signal ends the command at once, with a last line that says how far it came. */
export function endOnSignal(describe: () => string): void {
  for (const [signal, code] of Object.entries(SIGNAL_CODES)) {
    process.once(signal, () => {
      process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[2K' : ''}interrupted ${describe()}: no verdict\n`);
      process.exit(code);
    });
  }
}
