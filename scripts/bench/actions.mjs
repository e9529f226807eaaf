/**
 * What is read of a history's event.
 *
 * @typedef {object} HistoryEvent
 * @property {object | null} [workflowExecutionStartedEventAttributes]
 * @property {{ readonly activityType?: { readonly name?: string | null } | null } | null} [activityTaskScheduledEventAttributes]
 * @property {{ readonly attempt?: number | null } | null} [activityTaskStartedEventAttributes]
 * @property {object | null} [timerStartedEventAttributes]
 */

/**
 * Billable actions by kind.
 *
 * @typedef {object} Actions
 * @property {number} starts of workflow runs: a continue-as-new is one
 * @property {number} activities
 * @property {number} retries each further attempt of an activity
 * @property {number} timers
 * @property {number} heartbeats that reached the server: histories do not tell them
 */

/**
 * Counts what Temporal Cloud bills of the events that occur here, by https://docs.temporal.io/cloud/actions: a workflow
 * start or continue-as-new, an activity and each retry of it (attempts less one, on the started event), and a timer.
 *
 * @param {readonly HistoryEvent[]} events of all runs of a workflow
 * @param {number} heartbeats
 * @returns {Actions}
 */
export function countActions(events, heartbeats) {
  const count = (/** @type {(event: HistoryEvent) => unknown} */ isCounted) => events.filter(isCounted).length;
  return {
    starts: count((event) => event.workflowExecutionStartedEventAttributes),
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    retries: events
      .map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 1)
      .reduce((sum, attempt) => sum + attempt - 1, 0),
    timers: count((event) => event.timerStartedEventAttributes),
    heartbeats,
  };
}

/**
 * @param {Actions} actions
 * @returns {number}
 */
export function totalActions({ starts, activities, retries, timers, heartbeats }) {
  return starts + activities + retries + timers + heartbeats;
}

/** The activities of this package that tell their next attempt something: that a copy was sent, or what was seen. */
const REMEMBERING = ['memorydbStartCopy', 'memorydbAwaitCopy'];

/**
 * How many heartbeats of this package's copies reach a real server: one of each activity that sends or waits, however
 * often it is tried. A time-skipping server gets more, because it does not tell how long an activity has lasted.
 *
 * @param {readonly HistoryEvent[]} events
 * @returns {number}
 */
export function deriveJobHeartbeats(events) {
  return events.filter((event) =>
    REMEMBERING.includes(event.activityTaskScheduledEventAttributes?.activityType?.name ?? '')
  ).length;
}

/** The SDK's longest throttle interval, in milliseconds (`maxHeartbeatThrottleInterval`). */
const LONGEST_THROTTLE = 60_000;

/**
 * How many heartbeats of one attempt reach the server when its code heartbeats often: the SDK sends the first at once
 * and then the latest one each 80 % of the heartbeat time-out (https://docs.temporal.io/cloud/actions#activity).
 *
 * @param {number} attemptMs
 * @param {number} heartbeatTimeoutMs
 * @returns {number}
 */
export function deriveHeartbeats(attemptMs, heartbeatTimeoutMs) {
  return 1 + Math.floor(attemptMs / throttleMs(heartbeatTimeoutMs));
}

/**
 * @param {number} heartbeatTimeoutMs
 * @returns {number}
 */
export function throttleMs(heartbeatTimeoutMs) {
  return Math.min(0.8 * heartbeatTimeoutMs, LONGEST_THROTTLE);
}
