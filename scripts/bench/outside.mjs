import { TestWorkflowEnvironment } from '@temporalio/testing';

import { countActions, deriveJobHeartbeats } from './actions.mjs';
import { countCalls, readEnd } from './simulator-record.mjs';
import { jobOf, withSimulator, withWorker } from './stage.mjs';

/** @import { WorkflowBundleWithSourceMap } from '@temporalio/worker' */
/** @import { Run } from './plan.mjs' */

/** @typedef {'package' | 'timer-loop'} WayOutside */

/** @typedef {(way: WayOutside, copyTakes: number) => Promise<Omit<Run, 'way' | 'copyTakesMs' | 'offsetMs'>>} RunOutside */

/**
 * The ways that wait outside an attempt, on a time-skipping server that is also the simulator's clock. One run after
 * the other: the server's clock is one for all workflows, and would jump over the others.
 *
 * @template T
 * @param {string} serverPath
 * @param {WorkflowBundleWithSourceMap} bundle
 * @param {(run: RunOutside) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withTimeSkipping(serverPath, bundle, work) {
  const executable = /** @type {const} */ ({ type: 'existing-path', path: serverPath });
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  let runs = 0;
  try {
    return await withSimulator(
      () => env.currentTimeMs(),
      (sim, client) =>
        withWorker(env, bundle, sim, client, (runWorkflow) =>
          work(async (way, copyTakes) => {
            runs += 1;
            const target = `copy-${runs}`;
            sim.set({ copyTakes });
            const callsBefore = sim.calls.length;
            const { type, args } = WORKFLOWS[way](target);
            const { events, workflowRuns, closedAt } = await runWorkflow(type, `${way}-${runs}`, args);
            return {
              calls: countCalls(sim.calls.slice(callsBefore)),
              events: events.length,
              workflowRuns,
              actions: countActions(events, deriveJobHeartbeats(events)),
              noticedAfterMs: closedAt - (await readEnd(sim, target, copyTakes)),
            };
          })
        )
    );
  } finally {
    await env.teardown();
  }
}

/** @type {Readonly<Record<WayOutside, (target: string) => { readonly type: string, readonly args: unknown[] }>>} */
const WORKFLOWS = {
  package: jobOf,
  'timer-loop': (target) => ({ type: 'benchTimerLoop', args: [target] }),
};
