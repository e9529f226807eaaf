import { activityType } from 'temporal-memorydb-snapshots/contract';

/** @import { Client } from '@temporalio/client' */

/**
 * @typedef {object} HistoryFacts
 * @property {string} runId
 * @property {number} events
 * @property {number} polls how often the copy was looked at while it was waited for
 */

/**
 * @param {Client} client
 * @param {string} workflowId
 * @returns {Promise<HistoryFacts>}
 */
export async function readHistory(client, workflowId) {
  const handle = client.workflow.getHandle(workflowId);
  const { events } = await handle.fetchHistory();
  const list = events ?? [];
  const scheduled = list.find(
    ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name === activityType('awaitCopy')
  );
  const started = list.find(
    ({ activityTaskStartedEventAttributes: it }) => `${it?.scheduledEventId}` === `${scheduled?.eventId}`
  );
  return {
    runId: (await handle.describe()).runId,
    events: list.length,
    polls: started?.activityTaskStartedEventAttributes?.attempt ?? 0,
  };
}
