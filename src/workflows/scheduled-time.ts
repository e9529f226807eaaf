import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

const SCHEDULED_START_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * When the calling workflow was scheduled to start. A run that is late, or backfilled, starts at another time. For a
 * workflow that no schedule started it is the start of its first run.
 */
export function scheduledTime(): Date {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return typedSearchAttributes.get(SCHEDULED_START_TIME) ?? startTime;
}
