import { fileURLToPath } from 'node:url';

/** What the SDKs of AWS and Temporal are configured by, and what leads around this machine. */
const MEANT_FOR_ELSEWHERE = /^(AWS|TEMPORAL)_|_proxy$/i;

/** Where those SDKs look beside the environment: in the home folder, unless told. */
const FILES = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'TEMPORAL_CONFIG_FILE'];

/** Not the null device: Temporal's reader takes a file that is missing, and fails at one that is empty. */
const NO_FILE = fileURLToPath(new URL('./no-such-file', import.meta.url));

/**
 * Takes the user's own settings for AWS and Temporal out of an environment: a profile, an API key or a proxy would make
 * the demo fail, or send it to the real AWS. Who is started from then on inherits that.
 *
 * @param {Record<string, string | undefined>} env
 */
export function keepToThisMachine(env) {
  for (const name of Object.keys(env)) if (MEANT_FOR_ELSEWHERE.test(name)) delete env[name];
  for (const name of FILES) env[name] = NO_FILE;
  env['no_proxy'] = '127.0.0.1';
}
