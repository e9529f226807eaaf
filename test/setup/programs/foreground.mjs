// Hands over to the program it is given, for the test that sends it signals, however long it takes between two of them.
import { runInForeground } from '../../../scripts/machine/run-in-foreground.mjs';

process.exitCode = await runInForeground(process.execPath, process.argv.slice(2), { echoMs: 60_000 });
