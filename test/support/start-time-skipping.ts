import { TestWorkflowEnvironment, type TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing';

import { timeSkippingServer } from './temporal-servers';

const TRIES = 5;

/** Starts a time-skipping server. The SDK waits 5 seconds for it, which a busy machine may take for the JVM alone. */
export async function startTimeSkipping(
  options: TimeSkippingTestWorkflowEnvironmentOptions = {}
): Promise<TestWorkflowEnvironment> {
  const server = options.server ?? timeSkippingServer().server;
  for (let tries = 1; ; tries += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({ ...options, server });
    } catch (err) {
      if (tries === TRIES || !String(err).includes('did not start within')) throw err;
    }
  }
}
