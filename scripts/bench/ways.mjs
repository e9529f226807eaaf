/** @typedef {'package' | 'timer-loop' | 'waiter' | 'poll'} WayName */

/**
 * @typedef {object} Way
 * @property {string} title
 * @property {boolean} isRandom whether two waits for the same copy differ
 */

/**
 * The ways to wait for a copy, in the order of the table.
 *
 * @type {Readonly<Record<WayName, Way>>}
 */
export const WAYS = {
  package: { title: 'this package', isRandom: true },
  'timer-loop': { title: 'a 30 s timer and an activity, in a workflow', isRandom: false },
  waiter: { title: "the AWS SDK's waiter, inside an activity", isRandom: true },
  poll: { title: 'a look every 30 s, inside an activity', isRandom: false },
};

/** What `timer-loop` and `poll` wait between two looks, in milliseconds. */
export const LOOK_EVERY = 30_000;

/** How long `waiter` and `poll` may wait, in milliseconds: as long as this package's own patience. */
export const PATIENCE = 24 * 3_600_000;

/** How soon a lost worker is noticed while `waiter` or `poll` waits, in milliseconds. */
export const HEARTBEAT_TIMEOUT = 60_000;
