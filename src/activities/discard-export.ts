import { deleteObject } from '../aws/bucket';
import { lookAtExport } from '../aws/export-look';
import { mayHaveSent } from '../aws/manifest';
import { classifyS3Fault } from '../aws/s3-faults';
import { GRACE_MS } from '../aws/snapshot-status';
import { describeSnapshot } from '../aws/snapshots';
import { isExporting } from '../aws/source';
import type { EtagsByShard } from '../contract/export';
import type { Discarded, ExportPlan, StartedCopy } from '../contract/job';
import { askingS3, bucketOf } from './asking-s3';
import { runAttempt } from './attempt';
import type { Setting } from './setting';
import { asking, valueOf, type Subject } from './wait-or-fail';

/**
 * After a cancel: finds out what is left behind, and deletes it where the plan says so: the expected objects, as long
 * as they are the ones that were seen, and the claim.
 *
 * @param started null = nobody knows whether a send was accepted
 * @param etags of the objects as the job saw them; null = it saw none
 */
export async function discardExport(
  setting: Setting,
  plan: ExportPlan,
  started: StartedCopy | null,
  etags: EtagsByShard | null
): Promise<Discarded> {
  return runAttempt(async (attempt) => {
    const { target, bucket: name, source } = plan;
    const subject: Subject = { phase: 'cancelling', source, target, bucket: name };
    const bucket = bucketOf(setting, plan);
    const ask = <T>(call: () => Promise<T>) => askingS3(call, 'possible', name, attempt, subject, setting);

    const describe = () => describeSnapshot(setting.memorydb, source);
    const record = await asking(describe, 'possible', attempt, subject, setting.paces);
    const { found, seen } = await ask(() => lookAtExport(bucket, plan));
    const claim = found?.manifest?.job === plan.ownership.jobHash ? found.manifest : undefined;
    const there = `${seen.length} of ${plan.shards.length} objects of ${target} in ${name}`;
    if (found === undefined || claim === undefined) {
      const deleted = attempt.memory?.sightings?.seen === true;
      return deleted
        ? { outcome: 'deleted', detail: `the export ${target} in ${name} was deleted` }
        : { outcome: 'nothing was started', detail: `there is no claim of this job to ${target} in ${name}` };
    }
    if (plan.targetExisted) return { outcome: 'kept', detail: `${there}: the claim is older than this run` };
    const busy = isExporting(record);
    if (plan.onCancel === 'keep') {
      return { outcome: 'kept', detail: `${there}${busy ? ', and MemoryDB writes on' : ''}; the claim stays` };
    }
    const maybeSent = mayHaveSent(claim);
    // A send that was accepted just now shows on the source a little later.
    if (maybeSent && (busy || attempt.elapsedMs < GRACE_MS)) {
      return valueOf<never>(
        {
          verdict: 'wait',
          pace: 'poll',
          reason: 'ExportNotReady',
          message: `${there}, the source is ${record?.Status ?? 'gone'}`,
          hint: 'Nothing to do: the job deletes them when nobody writes any more.',
        },
        attempt,
        subject,
        setting.paces
      );
    }
    // What an earlier attempt deleted counts as well: its answer may be lost.
    const candidates = maybeSent ? seen : [];
    const objects = candidates.filter(({ shard, etag }) => etags === null || etags[shard] === etag);
    const exported = started !== null || objects.length > 0 || attempt.memory?.sightings?.seen === true;
    attempt.remember({ sightings: { seen: exported } });
    const outcomes = [];
    for (const { key, etag } of [...objects, { key: plan.manifestKey, etag: found.etag }]) {
      outcomes.push(await ask(() => orGone(() => deleteObject(bucket, key, etag))));
    }
    const kept = candidates.length - objects.length + outcomes.filter((outcome) => outcome === 'replaced').length;
    if (kept > 0) {
      return { outcome: 'kept', detail: `${kept} objects were replaced by somebody else, the rest is deleted` };
    }
    if (!exported) {
      return { outcome: 'nothing was started', detail: `the claim to ${target} in ${name} was deleted` };
    }
    return {
      outcome: outcomes.includes('delete marker') ? 'delete marker' : 'deleted',
      detail: `the export ${target} in ${name} was deleted`,
    };
  });
}

async function orGone<T>(remove: () => Promise<T>): Promise<T | 'replaced' | 'gone'> {
  try {
    return await remove();
  } catch (err) {
    const { meaning } = classifyS3Fault(err);
    if (meaning === 'replaced') return 'replaced';
    if (meaning === 'missing') return 'gone';
    throw err;
  }
}
