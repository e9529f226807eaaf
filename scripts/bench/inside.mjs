import { readStatus, startCopy } from './activities.mjs';
import { countCalls, readEnd } from './simulator-record.mjs';
import { withSimulator } from './stage.mjs';
import { inVirtualTime } from './virtual-time.mjs';
import { waitInside } from './wait-inside.mjs';

/** @import { Run } from './plan.mjs' */
/** @import { WayInside } from './wait-inside.mjs' */

/**
 * What a wait inside an attempt costs, without Temporal's part of it.
 *
 * @typedef {Pick<Run, 'calls' | 'noticedAfterMs'> & { readonly attemptMs: number }} InsideCost
 */

const TARGET = 'prod-copy';

/**
 * Waits in virtual time of our own: an attempt that sleeps keeps a time-skipping server from skipping.
 *
 * @param {WayInside} way
 * @param {number} copyTakes in milliseconds
 * @returns {Promise<InsideCost>}
 */
export function runInside(way, copyTakes) {
  return withSimulator(
    () => Date.now(),
    (sim, client) =>
      inVirtualTime(async (time) => {
        sim.set({ copyTakes });
        await time.during(startCopy(client, TARGET));
        const begun = time.now();
        await waitInside[way](() => time.during(readStatus(client, TARGET)));
        return {
          calls: countCalls(sim.calls),
          attemptMs: time.now() - begun,
          noticedAfterMs: time.now() - (await readEnd(sim, TARGET, copyTakes)),
        };
      })
  );
}
