import { checkExceptions, createWaiter, WaiterState } from '@smithy/util-waiter';

import { LOOK_EVERY, PATIENCE } from './ways.mjs';

/** @typedef {() => Promise<string | undefined>} Look gives the status of the copy */

/** @typedef {'waiter' | 'poll'} WayInside */

/**
 * The two ways to wait inside one attempt of an activity: both sleep in the worker.
 *
 * @type {Readonly<Record<WayInside, (look: Look, everyMs?: number) => Promise<void>>>}
 */
export const waitInside = { waiter: waitWithWaiter, poll: waitByPolling };

/**
 * As the waiters that AWS generates, with the bounds that all of them have; MemoryDB's client comes with none.
 *
 * @param {Look} look
 */
async function waitWithWaiter(look) {
  const bounds = { minDelay: 2, maxDelay: 120, maxWaitTime: PATIENCE / 1_000 };
  checkExceptions(
    await createWaiter({ ...bounds, client: {} }, {}, async () => {
      const status = await look();
      if (status === 'failed') return { state: WaiterState.FAILURE, reason: status };
      return { state: status === 'available' ? WaiterState.SUCCESS : WaiterState.RETRY, reason: status };
    })
  );
}

/**
 * @param {Look} look
 * @param {number} [everyMs]
 */
async function waitByPolling(look, everyMs = LOOK_EVERY) {
  for (;;) {
    const status = await look();
    if (status === 'available') return;
    if (status === 'failed') throw new Error('the copy failed');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
