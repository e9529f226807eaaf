import type { CopySnapshotInput, CopySnapshotResult } from '../contract/job';
import { awaitCopy, inspectSource, startCopy } from './activity-proxies';
import { concludeFailure } from './conclude-failure';
import { trackJob } from './progress';

/**
 * Copies a MemoryDB snapshot, exactly once, and returns when the copy is available and proven this job's own.
 *
 * @throws ApplicationFailure whose type is AWS's error name or one of `SnapshotFailureTypes`; a cancelled job ends as
 * cancelled, and its memo `memorydbSnapshots` says what it left behind
 */
export async function copyMemoryDBSnapshot(input: CopySnapshotInput): Promise<CopySnapshotResult> {
  const job = trackJob(input);
  try {
    // 1. Look before we leap: everything that can be refused now is refused now.
    const plan = job.planned(await job.during('inspecting', () => inspectSource(input)));
    // 2. CopySnapshot, exactly once.
    const started = job.accepted(await job.during('starting', () => startCopy(plan)));
    // 3. The wait: repeated by the server, no history per look.
    const copy = await job.during('copying', () => awaitCopy(plan, started));
    job.close('completed');
    return copy;
  } catch (err) {
    throw await concludeFailure(err, job);
  }
}
