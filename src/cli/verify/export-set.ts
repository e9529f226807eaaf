import { findSlotFault, readableSlots } from '../../aws/export-slots';
import { parseManifest, type Manifest } from '../../aws/manifest';
import { parseSlots } from '../../rdb/slot-ranges';
import { AccessError, type ListedObject, type Place } from './source';
import { MANIFEST_ENDING, type ExportSubject, type Member, type Problem } from './subject';

type ManifestObject = Manifest['objects'][number];

/** The export that a manifest names, undefined where there is none; its objects lie beside it, wherever that is. */
export async function findManifestedExport(
  place: Place,
  key: string,
  argument: string
): Promise<ExportSubject | undefined> {
  const manifest = await readManifest(place, key);
  if (manifest === undefined) return undefined;
  const { planned, listed } = await findObjects(place, manifest, key);
  const pairs = planned.map((plan) => ({ ...plan, found: listed.find((there) => there.key === plan.key) }));
  const strangers = listed.filter((object) => !pairs.some(({ found }) => found === object));
  return {
    kind: 'export',
    argument,
    manifest: place.nameOf(key),
    members: pairs.flatMap(({ object, found }) => (found ? [memberOf(place, object, found)] : [])),
    problems: [
      ...judgeManifest(manifest),
      ...pairs.flatMap(({ object, key: wanted, found }) => compare(object, wanted, found)),
      ...strangers.map(({ key: detail }): Problem => ({ problem: 'not-of-this-export', detail })),
    ],
  };
}

/** The objects that bear the name of an export without a manifest; undefined where there are none. */
export async function findBareExport(
  place: Place,
  target: string,
  argument: string
): Promise<ExportSubject | undefined> {
  const listed = await listBeginning(place, `${target}-`);
  if (listed.length === 0) return undefined;
  const members = listed.map((found) => ({ source: place.open(found), shard: shardIn(found.key) }));
  return { kind: 'export', argument, members, problems: [{ problem: 'no-manifest' }] };
}

async function readManifest(place: Place, key: string): Promise<Manifest | undefined> {
  const text = await place.readText(key);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  const name = place.nameOf(key);
  throw new AccessError(`${name} is no manifest of an export, or one of a newer version: name the objects one by one`);
}

/** An object of the manifest, and its key where the export is now. */
interface Planned {
  readonly object: ManifestObject;
  readonly key: string;
}

/** The objects of an export as they are planned, and what is there under such keys. */
interface Look {
  readonly planned: readonly Planned[];
  readonly listed: readonly ListedObject[];
}

/**
 * MemoryDB lower-cases names on read, and may write them so; which it was, a claim does not know yet. All objects of an
 * export are written alike: what is there in the other case is none of them, and may well be another export.
 */
async function findObjects(place: Place, manifest: Manifest, manifestKey: string): Promise<Look> {
  const asNamed = await lookFor(
    place,
    planObjects(manifest, manifestKey, (name) => name)
  );
  if (manifest.state === 'complete' || isAnyThere(asNamed)) return asNamed;
  const inLowerCase = await lookFor(
    place,
    planObjects(manifest, manifestKey, (name) => name.toLowerCase())
  );
  return isAnyThere(inLowerCase) ? inLowerCase : asNamed;
}

/** Where the job wrote them, or where they were moved to together with their manifest. */
function planObjects({ target, objects }: Manifest, manifestKey: string, spell: (name: string) => string): Planned[] {
  const folder = manifestKey.slice(0, manifestKey.lastIndexOf('/') + 1);
  const keyOf =
    manifestKey === target + MANIFEST_ENDING
      ? (key: string) => spell(key)
      : (key: string) => folder + spell(key.slice(key.lastIndexOf('/') + 1));
  return objects.map((object) => ({ object, key: keyOf(object.key) }));
}

async function lookFor(place: Place, planned: readonly Planned[]): Promise<Look> {
  const prefixes = new Set(planned.map(({ key }) => key.slice(0, -SHARD_ENDING.length)));
  const listed = await Promise.all([...prefixes].map((prefix) => listBeginning(place, prefix)));
  return { planned, listed: listed.flat() };
}

function isAnyThere({ planned, listed }: Look): boolean {
  return planned.some(({ key }) => listed.some((object) => object.key === key));
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

function memberOf(place: Place, { shard, slots: text, checksum }: ManifestObject, found: ListedObject): Member {
  const slots = readableSlots(text);
  return {
    source: place.open(found),
    shard,
    ...(slots !== undefined && { slots: parseSlots(slots) }),
    ...(checksum !== undefined && { checksum }),
  };
}

function judgeManifest({ state, objects }: Manifest): Problem[] {
  const shards = objects.map(({ shard, slots }) => ({ shard, slots: readableSlots(slots) }));
  const known = shards.flatMap(({ shard, slots }) => (slots === undefined ? [] : [{ shard, slots }]));
  const fault = known.length === shards.length ? findSlotFault(known) : undefined;
  return [
    ...(state === 'claimed' ? [{ problem: 'not-concluded' } as const] : []),
    ...(known.length < shards.length ? [{ problem: 'no-slots' } as const] : []),
    ...(fault === undefined ? [] : [{ problem: 'wrong-cover', detail: fault } as const]),
  ];
}

/** What the listing shows: only a bucket tells ETags. */
function compare(object: ManifestObject, key: string, found: ListedObject | undefined): Problem[] {
  if (found === undefined) return [{ problem: 'missing', detail: key }];
  const differences = (['size', 'etag'] as const)
    .filter((field) => object[field] !== undefined && found[field] !== undefined && object[field] !== found[field])
    .map((field) => `${field} ${found[field]} instead of ${object[field]}`);
  return differences.length === 0 ? [] : [{ problem: 'replaced', detail: `${found.key}: ${differences.join(', ')}` }];
}
