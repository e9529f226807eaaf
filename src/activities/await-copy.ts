import { addSighting, judgeCopy } from '../aws/snapshot-status';
import { describeSnapshot } from '../aws/snapshots';
import { identify } from '../aws/target';
import { done, type Verdict } from '../aws/verdict';
import type { CopyPlan, CopyResult, SnapshotRecord, StartedCopy } from '../contract/job';
import { runAttempt, type Attempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** One look at the copy. The server repeats it until the copy is available and proven ours. */
export async function awaitCopy(setting: Setting, plan: CopyPlan, started: StartedCopy): Promise<CopyResult> {
  return runAttempt(async (attempt) => {
    const subject: Subject = { phase: 'copying', source: plan.source, target: plan.target };
    const ask = <T>(read: () => Promise<T>) => asking(read, 'possible', attempt, subject, setting.paces);

    const record = await ask(() => describeSnapshot(setting.memorydb, plan.target, attempt.signal));
    const before = attempt.memory?.sightings ?? { seen: started.adopted };
    const sightings = addSighting(before, record !== undefined, attempt.elapsedMs);
    attempt.remember({ sightings });
    const copy = valueOf(judgeCopy(plan.target, record, sightings, attempt.elapsedMs), attempt, subject, setting.paces);
    const snapshot = valueOf(await ask(() => proveOurs(setting, plan, copy, attempt)), attempt, subject, setting.paces);
    return { kind: 'copy', adopted: started.adopted, snapshot };
  });
}

/** Available is no proof: somebody may have deleted our copy and made another snapshot of that name. */
async function proveOurs(
  { memorydb }: Setting,
  plan: CopyPlan,
  copy: SnapshotRecord,
  attempt: Attempt
): Promise<Verdict<SnapshotRecord>> {
  const { found } = await identify(memorydb, copy, plan.ownership, attempt.signal);
  if (found === 'ours') return done(copy);
  if (found === 'unreadable') {
    return {
      verdict: 'wait',
      pace: 'poll',
      reason: 'OwnerUnknown',
      message: `${plan.target} is available, and its tags cannot be read`,
      hint: 'If this lasts, grant the worker memorydb:ListTags on the snapshot.',
      status: copy.Status,
    };
  }
  return {
    verdict: 'final',
    type: 'SnapshotVanished',
    message: `the snapshot that is now called ${plan.target} is not this job's copy`,
    hint: `Somebody replaced the copy, or took the tag ${plan.ownership.key} off it: look in CloudTrail, then run the job again under another name.`,
    status: copy.Status,
  };
}
