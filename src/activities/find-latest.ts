import { judgeLatest } from '../aws/latest-snapshot';
import { listSnapshots } from '../aws/snapshots';
import type { LatestSnapshotQuery } from '../contract/job';
import { refuseQueryProblems } from '../contract/latest-query';
import { durationMs } from '../contract/request';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** The name of a cluster's newest available snapshot. */
export async function findLatest(setting: Setting, query: LatestSnapshotQuery): Promise<string> {
  refuseQueryProblems(query);
  const maxAgeMs = durationMs(query.maxAge);
  return runAttempt(async (attempt) => {
    const subject: Subject = { phase: 'inspecting' };
    const records = await asking(
      () => listSnapshots(setting.memorydb, query.cluster, attempt.signal),
      'none',
      attempt,
      subject,
      setting.paces
    );
    // When the attempt was scheduled, on the server's clock: under time skipping the worker's clock is another one.
    const nowMs = attempt.info.currentAttemptScheduledTimestampMs;
    return valueOf(judgeLatest(query, records, nowMs, maxAgeMs), attempt, subject, setting.paces);
  });
}
