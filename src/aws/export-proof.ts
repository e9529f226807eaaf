import type { ExportedObject, JudgedObject, SeenObject } from '../contract/export';
import type { ExportPlan } from '../contract/job';
import { keyOf } from '../contract/export-keys';
import { nameSome } from './export-progress';
import { done, type Verdict } from './verdict';

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
  if (misfits.length > 0) {
    return {
      verdict: 'final',
      type: 'ExportVerificationFailed',
      message: `the export is not whole: ${nameSome(misfits)}`,
      hint: 'Remove the objects and the manifest, or choose another TargetSnapshotName (the same keys may have another writer), and run the job again; a job never deletes to make room.',
    };
  }
  if (requireVerified !== true || unverified.length === 0) return done(objects);
  return {
    verdict: 'final',
    type: 'ExportVerificationFailed',
    message: `the export is not verified: ${nameSome(unverified)}`,
    hint: 'Nothing is proven wrong: leave requireVerified out to accept what cannot be proven, or export anew.',
  };
}

function describe({ verdict, reason, offset }: JudgedObject): string {
  return `${verdict}${reason === undefined ? '' : `: ${reason}`}${offset === undefined ? '' : ` at byte ${offset}`}`;
}

function findMisfit(there: SeenObject | undefined, known: JudgedObject | undefined): string | undefined {
  if (known === undefined) return 'was not looked at';
  const { verdict, reason = 'corrupt', offset } = known;
  if (verdict === 'corrupt') return offset === undefined ? reason : `${reason} at byte ${offset}`;
  return there?.etag === known.etag ? undefined : 'replaced since it was looked at';
}

function byShard<T extends { readonly shard: string }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.shard, object]));
}
