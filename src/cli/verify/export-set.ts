import { findSlotFault, readableSlots } from '../../aws/export-slots';
import type { Manifest } from '../../aws/manifest';
import { parseSlots } from '../../rdb/slot-ranges';
import type { ListedObject, Place } from './source';
import type { ExportSubject, Member, Problem } from './subject';

type ManifestObject = Manifest['objects'][number];

/** An object of the manifest, and its key where the export is now. */
export interface Planned {
  readonly object: ManifestObject;
  readonly key: string;
}

/** The objects of an export as they are planned, and what is there under such keys. */
export interface Look {
  readonly planned: readonly Planned[];
  readonly listed: readonly ListedObject[];
}

/** A manifest, and what is there of its export. */
export interface ManifestedExport extends Look {
  readonly manifest: Manifest;
  readonly manifestKey: string;
}

/** What can be said of an export before its objects are read. */
export function judgeExport(
  place: Place,
  { manifest, manifestKey, planned, listed }: ManifestedExport,
  argument: string
): ExportSubject {
  const pairs = planned.map((plan) => ({ ...plan, found: listed.find((there) => there.key === plan.key) }));
  const strangers = listed.filter((object) => !pairs.some(({ found }) => found === object));
  return {
    kind: 'export',
    argument,
    manifest: place.nameOf(manifestKey),
    members: pairs.flatMap(({ object, found }) => (found ? [memberOf(place, object, found)] : [])),
    problems: [
      ...judgeManifest(manifest),
      ...pairs.flatMap(({ object, key: wanted, found }) => compare(object, wanted, found)),
      ...strangers.map(({ key: detail }): Problem => ({ problem: 'not-of-this-export', detail })),
    ],
  };
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
