import { collectTags, inheritsTags } from '../aws/copy-tags';
import { sourceHash } from '../aws/ownership';
import { describeSnapshot, listTags } from '../aws/snapshots';
import { judgeSource } from '../aws/source';
import { judgeTarget, lookAtTarget } from '../aws/target';
import type { Verdict } from '../aws/verdict';
import type { CopyPlan, CopySnapshotInput, SnapshotRecord, TagPair } from '../contract/job';
import { patienceMs } from '../contract/request';
import { runAttempt, type Attempt } from './attempt';
import { ownershipOf, patienceLeft } from './plan-parts';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/** Checks the request, the source and the target's name, and plans the copy. Sends nothing that changes anything. */
export async function inspectSource(setting: Setting, input: CopySnapshotInput): Promise<CopyPlan> {
  return runAttempt(async (attempt) => {
    const { request } = input;
    const { SourceSnapshotName: source, TargetSnapshotName: target } = request;
    const subject: Subject = { phase: 'inspecting', source, target };
    const ask = <T>(read: () => Promise<T>) => asking(read, 'none', attempt, subject, setting.paces);
    const settle = <T>(verdict: Verdict<T>) => valueOf(verdict, attempt, subject, setting.paces);

    const record = await ask(() => describeSnapshot(setting.memorydb, source, attempt.signal));
    // Which source it is can be read once it is available.
    if (record?.Status === 'creating') settle(judgeSource(source, record));
    const ownership = ownershipOf(setting, attempt.info, input, record && sourceHash(record));
    const look = await ask(() => lookAtTarget(setting.memorydb, target, ownership, attempt.signal));
    // A job that is run again proves again, even when its source is gone by now.
    if (look.found === 'nothing') settle(judgeSource(source, record));
    else if (look.found !== 'unreadable') settle(judgeTarget(target, look));

    const inherited = record && inheritsTags(request) ? await ask(() => readTags(setting, attempt, record)) : [];
    const tags = settle(collectTags(request, inherited, ownership));
    return {
      kind: 'copy',
      source,
      target,
      ...(request.KmsKeyId != null && { kmsKeyId: request.KmsKeyId }),
      tags,
      ownership,
      targetExisted: look.found !== 'nothing',
      patience: {
        startMs: patienceLeft(input, attempt),
        copyMs: patienceMs(input, 'copy'),
      },
      onCancel: input.onCancel ?? 'keep',
    };
  });
}

async function readTags({ memorydb }: Setting, attempt: Attempt, source: SnapshotRecord): Promise<TagPair[]> {
  return (await listTags(memorydb, source.ARN, attempt.signal)) ?? [];
}
