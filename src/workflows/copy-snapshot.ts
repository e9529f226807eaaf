import type { ExportResult } from '../contract/export';
import type {
  CopyResult,
  CopySnapshotInput,
  CopySnapshotResult,
  ExportSnapshotInput,
  PlainCopyInput,
} from '../contract/job';
import { awaitCopy, inspectSource, startCopy, waitingPhase } from './activity-proxies';
import { concludeFailure } from './conclude-failure';
import { trackJob } from './progress';
import { proveExport } from './prove-export';

/**
 * Copies a MemoryDB snapshot, exactly once, and returns when the copy is available and proven this job's own.
 *
 * @throws ApplicationFailure whose type is AWS's error name or one of `SnapshotFailureTypes`; a cancelled job ends as
 * cancelled, and its memo `memorydbSnapshots` says what it left behind
 */
export function copyMemoryDBSnapshot(input: ExportSnapshotInput): Promise<ExportResult>;
export function copyMemoryDBSnapshot(input: PlainCopyInput): Promise<CopyResult>;
export async function copyMemoryDBSnapshot(input: CopySnapshotInput): Promise<CopySnapshotResult> {
  const job = trackJob(input);
  try {
    // 1. Look before we leap: everything that can be refused now is refused now.
    const plan = job.planned(await job.during('inspecting', () => inspectSource(input)));
    for (let round = 1; ; round += 1) {
      // 2. CopySnapshot, exactly once.
      const started = job.accepted(await job.during('starting', () => startCopy(plan)));
      // 3. The wait: repeated by the server, no history per look.
      const copy = await job.during(waitingPhase(plan), () => awaitCopy(plan, started, round));
      if (copy.kind === 'again') continue; // an export that nobody writes is asked for again
      if (copy.kind === 'export seen') job.seen(copy.objects);
      // 4. The proof of an export: one activity per shard, a few at a time; then judge the set, write the manifest.
      const result = copy.kind === 'copy' ? copy : await job.during('verifying', () => proveExport(job, copy));
      job.close('completed');
      return result;
    }
  } catch (err) {
    throw await concludeFailure(err, job);
  }
}

/**
 * The same workflow, typed for exports: `TargetBucket` is required. A worker that knows `copyMemoryDBSnapshot` knows it,
 * because it is started under that name.
 *
 * @alias copyMemoryDBSnapshot
 */
export const exportMemoryDBSnapshot: (input: ExportSnapshotInput) => Promise<ExportResult> = copyMemoryDBSnapshot;
