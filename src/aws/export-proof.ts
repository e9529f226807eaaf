import type { ExportedObject, JudgedObject, SeenObject } from '../contract/export';
import type { ExportPlan } from '../contract/job';
import { keyOf } from '../contract/export-keys';
import { nameSome } from './export-progress';
import type { Manifest } from './manifest';
import { done, type Final, type Verdict } from './verdict';

/**
 * Judges an export as a whole: each object of the plan was looked at, none is corrupt, and all are still those that were
 * looked at. What does not fit is named, all of it.
 *
 * @param seen what is there now
 * @param judged what was found out before, in any order
 */
export function judgeProof(
  { target, shards, level, requireVerified }: Pick<ExportPlan, 'target' | 'shards' | 'level' | 'requireVerified'>,
  seen: readonly SeenObject[],
  judged: readonly JudgedObject[]
): Verdict<readonly ExportedObject[]> {
  const [seenOf, judgedOf] = [byShard(seen), byShard(judged)];
  const objects: ExportedObject[] = [];
  const misfits: string[] = [];
  const unverified: string[] = [];
  for (const { shard } of shards) {
    const [there, known] = [seenOf.get(shard), judgedOf.get(shard)];
    const misfit = findMisfit(there, known);
    if (misfit !== undefined) misfits.push(`${there?.key ?? keyOf(target, shard)} (${misfit})`);
    else if (there !== undefined && known !== undefined) {
      objects.push({ ...there, level, ...known });
      if (known.verdict !== 'verified') unverified.push(`${there.key} (${describe(known)})`);
    }
  }
  if (misfits.length > 0) return notWhole(misfits);
  if (requireVerified !== true || unverified.length === 0) return done(objects);
  return {
    verdict: 'final',
    type: 'ExportVerificationFailed',
    message: `the export is not verified: ${nameSome(unverified)}`,
    hint: 'Nothing is proven wrong: leave requireVerified out to accept what cannot be proven, or export anew.',
  };
}

/**
 * Judges what an earlier run put down of the objects, which binds: an object is not another one since, and one that is
 * proven wrong stays so.
 */
export function judgeKnown({ objects }: Manifest, seen: readonly SeenObject[]): Verdict<void> {
  const seenOf = byShard(seen);
  const misfits = objects.flatMap(({ shard, etag, verdict, reason = 'corrupt', offset }) => {
    const there = seenOf.get(shard);
    if (there === undefined || etag === undefined) return [];
    if (there.etag !== etag) return [`${there.key} (replaced since an earlier run)`];
    return verdict === 'corrupt' ? [`${there.key} (${atByte(reason, offset)})`] : [];
  });
  return misfits.length > 0 ? notWhole(misfits) : done(undefined);
}

function notWhole(misfits: readonly string[]): Final {
  return {
    verdict: 'final',
    type: 'ExportVerificationFailed',
    message: `the export is not whole: ${nameSome(misfits)}`,
    hint: 'Remove the objects and the manifest, or choose another TargetSnapshotName (the same keys may have another writer), and run the job again; a job never deletes to make room.',
  };
}

function describe({ verdict, reason, offset, strayKeys, straySlots }: JudgedObject): string {
  const strays = strayKeys === undefined ? '' : `, ${strayKeys} of slots ${straySlots}`;
  return atByte(`${verdict}${reason === undefined ? '' : `: ${reason}`}${strays}`, offset);
}

function atByte(what: string, offset: number | undefined): string {
  return offset === undefined ? what : `${what} at byte ${offset}`;
}

function findMisfit(there: SeenObject | undefined, known: JudgedObject | undefined): string | undefined {
  if (known === undefined) return 'was not looked at';
  const { verdict, reason = 'corrupt', offset } = known;
  if (verdict === 'corrupt') return atByte(reason, offset);
  return there?.etag === known.etag ? undefined : 'replaced since it was looked at';
}

function byShard<T extends { readonly shard: string }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.shard, object]));
}
