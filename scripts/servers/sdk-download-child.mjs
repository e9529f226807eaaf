// Started by sdk-download.mjs: lets the Temporal SDK download a server into a folder, and start it once.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: sdk-download-child.mjs <dev-server | time-skipping> <folder>');

const server = { executable: { type: /** @type {const} */ ('cached-download'), downloadDir } };
try {
  const started =
    kind === 'dev-server'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await started.teardown();
} catch (error) {
  // Each layer of the native client repeats what the one below it said.
  console.error([...new Set(String(error).split(': '))].join(': '));
  process.exitCode = 1;
}
