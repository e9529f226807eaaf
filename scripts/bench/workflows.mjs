// What the benchmark's workers run: this package's workflow, and the other ways as careful people write them.
import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';

import { HEARTBEAT_TIMEOUT, LOOK_EVERY, PATIENCE } from './ways.mjs';

/** @import { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow' */
/** @import { OtherActivities } from './activities.mjs' */
/** @import { WayInside } from './wait-inside.mjs' */

export { copyMemoryDBSnapshot } from 'temporal-memorydb-snapshots/workflows';

/**
 * @param {string} target
 * @param {boolean} [started] by an earlier run
 */
export async function benchTimerLoop(target, started = false) {
  const { benchStartCopy, benchLook } = activities({ startToCloseTimeout: '1 minute' });
  if (!started) await benchStartCopy(target);
  while ((await benchLook(target)) !== 'available') {
    await sleep(LOOK_EVERY);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew(target, true);
  }
}

/**
 * @param {WayInside} way
 * @param {string} target
 * @param {number} [heartbeatTimeout] in milliseconds
 * @param {number} [lookEveryMs]
 */
export async function benchWaitInside(way, target, heartbeatTimeout = HEARTBEAT_TIMEOUT, lookEveryMs = LOOK_EVERY) {
  const { benchStartCopy } = activities({ startToCloseTimeout: '1 minute' });
  const { benchWaitInside } = activities({ startToCloseTimeout: PATIENCE, heartbeatTimeout });
  await benchStartCopy(target);
  await benchWaitInside(way, target, heartbeatTimeout / 6, lookEveryMs);
}

/**
 * @param {ActivityOptions} options
 * @returns {ActivityInterfaceFor<OtherActivities>}
 */
function activities(options) {
  return proxyActivities(options);
}
