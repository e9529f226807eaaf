import type { SeenObject } from '../contract/export';
import type { SnapshotRecord } from '../contract/job';
import type { ExportLook } from './export-look';
import { isGone, type Sightings } from './snapshot-status';
import { done, type Final, type Verdict } from './verdict';

/** How long nothing may change while nobody is writing, in milliseconds, or as a share of the time so far. */
const STALLED = { leastMs: 10 * 60_000, share: 0.25 };

/** How many of the keys are there while nobody is writing, and since when; milliseconds of the server's clock. */
export interface KeysSeen {
  readonly count: number;
  readonly sinceMs: number;
}

/** The same with one more look added; undefined while MemoryDB is at work. */
export function addLook(
  before: KeysSeen | undefined,
  count: number,
  elapsedMs: number,
  busy: boolean
): KeysSeen | undefined {
  if (busy) return undefined;
  return before?.count === count ? before : { count, sinceMs: elapsedMs };
}

/** `again`: there is no key and no export under way, so that the request may be sent once more. */
export type ExportSeen = { readonly whole: readonly SeenObject[] } | 'again';

/** While the source is in one of these, nobody is writing any more. */
const SETTLED: readonly string[] = ['available', 'failed', 'deleting'];

/**
 * Whether somebody may be writing: a status that nobody has heard of says nothing, and one look that does not find the
 * source may be mistaken.
 *
 * @param absence of the source, with this look added
 */
export function isBusy(source: SnapshotRecord | undefined, absence: Sightings, elapsedMs: number): boolean {
  return source === undefined ? !isGone(absence, elapsedMs) : !SETTLED.includes(source.Status);
}

/**
 * What the keys say about an export. All of them there is the end, even if the source is gone: the source's status
 * alone proves nothing, because it leaves `available` some time after the request and is back before a failure shows.
 *
 * @param idle undefined while MemoryDB is at work
 */
export function judgeExport(
  target: string,
  source: SnapshotRecord | undefined,
  { seen, missing }: Pick<ExportLook, 'seen' | 'missing'>,
  idle: KeysSeen | undefined,
  elapsedMs: number
): Verdict<ExportSeen> {
  if (missing.length === 0) return done({ whole: seen });
  const status = source?.Status ?? 'gone';
  if (idle !== undefined) {
    const unchangedMs = elapsedMs - idle.sinceMs;
    if (seen.length === 0 && unchangedMs >= STALLED.leastMs) return done('again');
    if (seen.length > 0 && unchangedMs >= Math.max(STALLED.leastMs, STALLED.share * elapsedMs)) {
      return incomplete(missing, status);
    }
  }
  return {
    verdict: 'wait',
    pace: 'poll',
    reason: 'ExportNotReady',
    message: `${target}: ${seen.length} of ${seen.length + missing.length} objects are there, the source is ${status}`,
    hint: 'Nothing to do: the job looks again.',
    status,
  };
}

/** Objects are missing, and nobody is writing them. */
export function incomplete(missing: readonly string[], status?: string): Final {
  return {
    verdict: 'final',
    type: 'ExportIncomplete',
    message: `MemoryDB ended the export without ${nameSome(missing)}`,
    hint: 'Remove the objects that are there and the manifest, or choose another TargetSnapshotName, and run the job again; a job never deletes to make room.',
    ...(status !== undefined && { status }),
  };
}

/** The first few of many names. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
