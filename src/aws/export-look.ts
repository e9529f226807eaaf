import type { PlannedObject, SeenObject } from '../contract/export';
import type { OwnershipTag } from '../contract/job';
import { readText, type Bucket } from './bucket';
import { keyOf } from '../contract/export-keys';
import { listObjects, type ListedObject } from './listing';
import { parseManifest, type Manifest } from './manifest';
import { OUTCOMES } from './outcomes';
import { classifyS3Fault } from './s3-faults';
import { done, type Final, type Verdict } from './verdict';

/** Our claim, as it was read. */
export interface Claim {
  readonly manifest: Manifest;
  readonly etag: string;
}

/** What is there under the keys of an export. */
export interface ExportLook {
  /** A manifest of that key, whoever wrote it; `manifest` is absent where it is none. */
  readonly found: { readonly manifest: Manifest | undefined; readonly etag: string } | undefined;
  readonly seen: readonly SeenObject[];
  readonly missing: readonly string[];
}

/** Where an export goes. */
export interface ExportPlace {
  readonly target: string;
  readonly manifestKey: string;
  readonly shards: readonly PlannedObject[];
}

/** Reads the manifest and lists the expected keys, two calls for up to a thousand objects. */
export async function lookAtExport(bucket: Bucket, place: ExportPlace, signal?: AbortSignal): Promise<ExportLook> {
  const [file, objects] = await Promise.all([
    readText(bucket, place.manifestKey, signal),
    listExpected(bucket, place, signal),
  ]);
  return { ...objects, found: file && { manifest: parseManifest(file.text), etag: file.etag } };
}

/** The manifest alone, whoever wrote it; undefined where there is none that can be read, for whatever reason. */
export async function recallManifest(bucket: Bucket, key: string, signal: AbortSignal): Promise<Manifest | undefined> {
  try {
    const file = await readText(bucket, key, signal);
    return file && parseManifest(file.text);
  } catch (err) {
    if (signal.aborted || OUTCOMES[classifyS3Fault(err).meaning].none !== 'final') throw err;
    return undefined;
  }
}

/** The expected keys alone. MemoryDB lower-cases names on read: where no key is as it was asked for, such keys count. */
export async function listExpected(
  bucket: Bucket,
  { target, shards }: ExportPlace,
  signal?: AbortSignal
): Promise<Pick<ExportLook, 'seen' | 'missing'>> {
  const listed = new Map<string, ListedObject>();
  const spellings = [...new Set([target, target.toLowerCase()])];
  for (const spelling of spellings) {
    for (const object of await listObjects(bucket, `${spelling}-`, signal)) listed.set(object.key, object);
  }
  const isUsed = (spelling: string) => shards.some(({ shard }) => listed.has(keyOf(spelling, shard)));
  const used = spellings.find(isUsed) ?? target;
  return {
    seen: shards.flatMap(({ shard }) => {
      const object = listed.get(keyOf(used, shard));
      return object ? [{ ...object, shard }] : [];
    }),
    missing: shards.flatMap(({ shard }) => (listed.has(keyOf(used, shard)) ? [] : [keyOf(target, shard)])),
  };
}

/** Free (undefined), or ours (the claim), or somebody else's: never adopted, never deleted. */
export function judgeExportTarget(
  { target, manifestKey }: ExportPlace,
  look: ExportLook,
  expected: OwnershipTag
): Verdict<Claim | undefined> {
  const { found, seen } = look;
  if (found === undefined) {
    if (seen.length === 0) return done(undefined);
    return taken(
      `${seen
        .map(({ key }) => key)
        .slice(0, 5)
        .join(', ')} ${seen.length === 1 ? 'is' : 'are'} there, and no manifest of this job`
    );
  }
  const { manifest, etag } = found;
  if (manifest === undefined) return taken(`${manifestKey} is there, and is no manifest of an export`);
  if (manifest.job !== expected.jobHash) return taken(`${manifestKey} is the manifest of another job`);
  if (manifest.request !== expected.requestHash) {
    return mismatch(`${target} is this job's export, but another request made it`);
  }
  if (expected.sourceHash !== undefined && manifest.source.hash !== expected.sourceHash) {
    return mismatch(`${target} is this job's export of an earlier snapshot, which had the source's name`);
  }
  return done({ manifest, etag });
}

/** The keys are somebody else's. */
export function taken(message: string): Final {
  return {
    verdict: 'final',
    type: 'ExportTargetTaken',
    message,
    hint: 'Choose another TargetSnapshotName, or move those objects away: a job never overwrites or deletes what is not its own.',
  };
}

function mismatch(message: string): Final {
  return {
    verdict: 'final',
    type: 'RequestMismatch',
    message,
    hint: 'Choose another TargetSnapshotName, or delete the old export and its manifest.',
  };
}
