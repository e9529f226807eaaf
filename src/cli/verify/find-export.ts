import { parseManifest, type Manifest } from '../../aws/manifest';
import { MANIFEST_ENDING } from '../../contract/export-keys';
import { manifestKeysFor, movesFrom, type Move } from './manifest-place';
import { judgeExport, type Look, type ManifestedExport, type Planned } from './export-set';
import { AccessError, type ListedObject, type Place } from './source';
import type { ExportSubject } from './subject';

/**
 * The export that a key names, its own or that of its manifest; undefined where there is none. Names are compared in
 * lower case, as MemoryDB compares them, but an export that is spelled like the key comes first.
 */
export async function findExport(place: Place, key: string, argument: string): Promise<ExportSubject | undefined> {
  const isManifest = key.endsWith(MANIFEST_ENDING);
  const name = isManifest ? key.slice(0, -MANIFEST_ENDING.length) : key;
  let inOtherCase: Found | undefined;
  for (const manifestKey of manifestKeysFor(name)) {
    const found = await findByManifest(place, manifestKey);
    if (found === undefined) continue;
    if (manifestKey === key || found.names.includes(name)) return judgeExport(place, found, argument);
    inOtherCase ??= found;
  }
  const bare = isManifest ? undefined : await findBareExport(place, name, argument);
  return bare ?? (inOtherCase && judgeExport(place, inOtherCase, argument));
}

/** A manifest, and what is there of its export. */
interface Found extends ManifestedExport {
  /** What the export is called where it is now: as it was asked for, and as its keys are spelled. */
  readonly names: readonly string[];
}

async function findByManifest(place: Place, manifestKey: string): Promise<Found | undefined> {
  const manifest = await readManifest(place, manifestKey);
  if (manifest === undefined) return undefined;
  const moves = movesFrom(place.kind, manifest.target, manifestKey);
  const look = await findObjects(place, manifest, moves);
  const names = moves.map((move) => move(manifest.target));
  return {
    manifest,
    manifestKey,
    ...look,
    names: [...names, ...prefixesOf(look.planned).map((prefix) => prefix.slice(0, -1))],
  };
}

async function readManifest(place: Place, key: string): Promise<Manifest | undefined> {
  const text = await place.readText(key);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  const name = place.nameOf(key);
  throw new AccessError(`${name} is no manifest of an export, or one of a newer version: name the objects one by one`);
}

/**
 * All objects of an export are in one place and written alike: the first place and spelling counts under which one of
 * them is there, and what is there under the others may well be another export. MemoryDB lower-cases names on read, and
 * may write them so; which it was, a claim does not know yet.
 */
async function findObjects(place: Place, { state, objects }: Manifest, moves: readonly Move[]): Promise<Look> {
  const spellings: readonly Move[] = state === 'claimed' ? [(key) => key, (key) => key.toLowerCase()] : [(key) => key];
  const ways = spellings.flatMap((spell) =>
    moves.map(
      (move): Move =>
        (key) =>
          move(spell(key))
    )
  );
  const plans = ways.map((way) => objects.map((object) => ({ object, key: way(object.key) })));
  let first: Look | undefined;
  for (const planned of plans) {
    const look = await lookFor(place, planned);
    if (isAnyThere(look)) return look;
    first ??= look;
  }
  return first ?? { planned: [], listed: [] };
}

async function lookFor(place: Place, planned: readonly Planned[]): Promise<Look> {
  const listed = await Promise.all(prefixesOf(planned).map((prefix) => listBeginning(place, prefix)));
  return { planned, listed: listed.flat() };
}

function isAnyThere({ planned, listed }: Look): boolean {
  return planned.some(({ key }) => listed.some((object) => object.key === key));
}

function prefixesOf(planned: readonly Planned[]): readonly string[] {
  return [...new Set(planned.map(({ key }) => key.slice(0, -SHARD_ENDING.length)))];
}

/** The objects that bear the name of an export without a manifest; undefined where there are none. */
async function findBareExport(place: Place, target: string, argument: string): Promise<ExportSubject | undefined> {
  const listed = await listBeginning(place, `${target}-`);
  if (listed.length === 0) return undefined;
  const members = listed.map((found) => ({ source: place.open(found), shard: shardIn(found.key) }));
  return { kind: 'export', argument, members, problems: [{ problem: 'no-manifest' }] };
}

/** What a key of MemoryDB ends with; the digits differ. */
const SHARD_ENDING = '0001.rdb';

async function listBeginning(place: Place, prefix: string): Promise<readonly ListedObject[]> {
  const objects = await place.list(prefix);
  return objects.filter(({ key }) => /^\d{4}\.rdb$/.test(key.slice(prefix.length)));
}

function shardIn(key: string): string {
  return key.slice(-SHARD_ENDING.length, -'.rdb'.length);
}
