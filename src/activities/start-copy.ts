import { classifyFault } from '../aws/faults';
import { judgeFault } from '../aws/judge-fault';
import { GRACE_MS } from '../aws/snapshot-status';
import { describeSnapshot, sendCopy } from '../aws/snapshots';
import { judgeBusySource } from '../aws/source';
import { judgeTarget, lookAtTarget } from '../aws/target';
import type { Verdict, Wait } from '../aws/verdict';
import type { CopyPlan, StartedCopy } from '../contract/job';
import { runAttempt } from './attempt';
import { mayShowUp } from './may-show-up';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/**
 * CopySnapshot, exactly once. The call has no idempotency token, so every attempt looks first whether an earlier one
 * was accepted without our knowing: what is proven ours is adopted. Nothing here carries the abort signal, because a
 * cancelled send may be accepted all the same.
 */
export async function startCopy({ memorydb, paces }: Setting, plan: CopyPlan): Promise<StartedCopy> {
  return runAttempt(async (attempt) => {
    const { source, target } = plan;
    const subject: Subject = { phase: 'starting', source, target };
    const maybeSentMs = attempt.memory?.maybeSentMs;
    const acceptance = maybeSentMs === undefined ? 'none' : 'possible';
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, paces);
    const adoptOurs = async () => {
      const look = () => lookAtTarget(memorydb, target, plan.ownership);
      const record = settle(judgeTarget(target, await asking(look, acceptance, attempt, subject, paces)));
      return record && { adopted: true, arn: record.ARN };
    };

    // Before anything else: heartbeats after the first one are held back for seconds, and a kill swallows them.
    attempt.remember({ maybeSentMs: attempt.elapsedMs });
    const adopted = await adoptOurs().catch((err: unknown) => {
      attempt.remember({ maybeSentMs });
      throw err;
    });
    if (adopted) return adopted;
    attempt.throwIfCancelled();

    try {
      const record = await sendCopy(memorydb, plan);
      return { adopted: false, ...(record && { arn: record.ARN }) };
    } catch (err) {
      const fault = classifyFault(err);
      if (fault.kind === 'trouble' || fault.kind === 'unknown') return settle(judgeFault(fault, 'possible'));

      attempt.remember({ maybeSentMs }); // this one was refused, so only an earlier one can have been accepted
      if (fault.kind === 'state') {
        const read = () => describeSnapshot(memorydb, source);
        return settle(judgeBusySource(source, await asking(read, acceptance, attempt, subject, paces)));
      }
      if (fault.kind === 'exists') return (await adoptOurs()) ?? settle(takenUnseen(target));
      const verdict = judgeFault(fault, acceptance);
      const recentlySent = maybeSentMs !== undefined && attempt.elapsedMs - maybeSentMs < GRACE_MS;
      return settle(recentlySent ? mayShowUp(target, verdict) : verdict);
    }
  });
}

/** The name is taken by what no look can see yet: perhaps by our own lost send. */
function takenUnseen(target: string): Wait {
  return {
    verdict: 'wait',
    pace: 'state',
    reason: 'SnapshotAlreadyExistsFault',
    message: `the name ${target} is taken by a snapshot that is not visible yet`,
    hint: 'Nothing to do: the job looks again, and adopts it if it is its own.',
  };
}
