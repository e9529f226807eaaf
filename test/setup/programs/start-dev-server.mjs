// Starts a dev server and waits for a signal, for the test that what it started ends with it.
import { startDevServer } from '../../../scripts/servers/start-dev-server.mjs';

const { address, namespace } = await startDevServer(process.argv[2] ?? '');
console.log(JSON.stringify({ address, namespace }));
