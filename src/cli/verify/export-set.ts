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
  const { names, keyOf } = findHome(manifest, key);
  const listed = await listExport(place, names);
  const pairs = manifest.objects.map((object) => ({ object, found: find(listed, keyOf(object), names) }));
  const strangers = listed.filter((object) => !pairs.some(({ found }) => found === object));
  return {
    kind: 'export',
    argument,
    manifest: place.nameOf(key),
    members: pairs.flatMap(({ object, found }) => (found ? [memberOf(place, object, found)] : [])),
    problems: [
      ...judgeManifest(manifest),
      ...pairs.flatMap(({ object, found }) => compare(object, keyOf(object), found)),
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
  const listed = await listExport(place, [target]);
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

interface Home {
  /** Of the export: as it was asked for, and in lower case, because MemoryDB lower-cases names on read. */
  readonly names: readonly [string, string];
  /** Where an object is now. */
  readonly keyOf: (object: ManifestObject) => string;
}

/** Where the job wrote it, or where it was moved to together with its manifest. */
function findHome({ target }: Manifest, manifestKey: string): Home {
  if (manifestKey === target + MANIFEST_ENDING) {
    return { names: [target, target.toLowerCase()], keyOf: ({ key }) => key };
  }
  const folder = manifestKey.slice(0, manifestKey.lastIndexOf('/') + 1);
  const nameIn = (key: string) => key.slice(key.lastIndexOf('/') + 1);
  const name = nameIn(target);
  return { names: [folder + name, folder + name.toLowerCase()], keyOf: ({ key }) => folder + nameIn(key) };
}

async function listExport(place: Place, names: readonly string[]): Promise<readonly ListedObject[]> {
  const prefixes = [...new Set(names)].map((name) => `${name}-`);
  const objects = (await Promise.all(prefixes.map((prefix) => place.list(prefix)))).flat();
  return objects.filter(({ key }) =>
    prefixes.some((prefix) => key.startsWith(prefix) && /^\d{4}\.rdb$/.test(key.slice(prefix.length)))
  );
}

function find(
  listed: readonly ListedObject[],
  key: string,
  [name, inLowerCase]: Home['names']
): ListedObject | undefined {
  const other = inLowerCase + key.slice(name.length);
  return listed.find((object) => object.key === key) ?? listed.find((object) => object.key === other);
}

function shardIn(key: string): string {
  return key.slice(-'0001.rdb'.length, -'.rdb'.length);
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
