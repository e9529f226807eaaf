import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { readSdkVersion } from '../../scripts/servers/finding.mjs';
import { knownServers } from '../../scripts/servers/known-servers.mjs';
import { startDevServer } from '../../scripts/servers/start-dev-server.mjs';

export interface RunningDevServer {
  readonly address: string;
  readonly namespace: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined outside the lane whose set-up this file is. */
    readonly devServer: RunningDevServer | { readonly missing: string } | undefined;
  }
}

/**
 * Starts the one dev server that the lane's files share: a child process, because the SDK's native runtime belongs into
 * the workers alone. Each file keeps to a task queue of its own.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executable = knownServers(process.env, readSdkVersion(join(__dirname, '..', '..'))).devServer;
  if (executable === undefined) {
    project.provide('devServer', { missing: 'no Temporal dev server; `npm test` finds one, or says why not' });
    return undefined;
  }
  const { address, namespace, stop } = await startDevServer(executable);
  project.provide('devServer', { address, namespace });
  return stop;
}
