import { join } from 'node:path';

import { narrate } from '../machine/narrate.mjs';
import { STEP_MS, tellEnd } from '../machine/step-limit.mjs';
import { findServer } from './find-server.mjs';
import { NotHere } from './not-here.mjs';
import { firstLine } from './first-line.mjs';
import { fromCache, fromPath, fromVariable, intoCache } from './sources.mjs';

/** @import { Finding } from './finding.mjs' */
/** @import { FoundServer, MissingServer } from './find-server.mjs' */

/** The last version that `go install` can build: later ones replace a module by a folder of their checkout. */
const VERSION = '1.5.1';
const EXECUTABLE = 'temporal';

/**
 * Finds the Temporal CLI, whose `server start-dev` is the dev server; builds it when nothing else helps.
 *
 * @param {Finding} finding
 * @returns {Promise<FoundServer | MissingServer>}
 */
export function findDevServer({ machine, cacheDir, sdkVersion, sdkDownload }) {
  const { env, run, say } = machine;
  const { bySdk, byGo } = devServerEntries(sdkVersion);

  /** @param {string} path */
  async function verify(path) {
    const { code, stdout, stderr } = await run(path, ['--version'], { timeoutMs: 30_000 });
    if (code === 0 && stdout.includes('temporal version')) return;
    throw new NotHere(`\`${path} --version\` ended with ${code}: ${firstLine(stderr || stdout)}`);
  }

  /** @param {string} folder */
  async function buildWithGo(folder) {
    if ((await run('go', ['version'])).code !== 0) throw new NotHere('Go is not installed');
    const module = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;
    await narrate(say, `building the Temporal CLI ${VERSION} with Go (3-4 min, once)`, async () => {
      const options = { env: { GOBIN: folder }, timeoutMs: STEP_MS };
      const { code, stderr } = await run('go', ['install', '-ldflags=-s -w', module], options);
      if (code !== 0) throw new NotHere(`it ${tellEnd(code)}: ${stderr.trim()}`);
    });
  }

  const entry = { cacheDir, executable: EXECUTABLE, verify };
  return findServer('Temporal dev server', [
    fromVariable(env, 'TEMPORAL_CLI_PATH', verify),
    fromPath(env, EXECUTABLE, verify),
    fromCache({ cacheDir, say }, [bySdk, byGo], EXECUTABLE, verify),
    intoCache('download by the SDK', { ...entry, name: bySdk }, (folder) =>
      sdkDownload('dev-server', join(folder, EXECUTABLE))
    ),
    intoCache('go install', { ...entry, name: byGo }, buildWithGo),
  ]);
}

/**
 * @param {string} sdkVersion
 * @returns {{ bySdk: string, byGo: string }} entries of the cache
 */
export function devServerEntries(sdkVersion) {
  return { bySdk: `temporal-cli-sdk-${sdkVersion}`, byGo: `temporal-cli-${VERSION}` };
}
