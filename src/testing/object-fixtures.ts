import type { BucketRecord } from './buckets';
import { type Content, type Writing, computeEtag, corrupt, keepBytes, truncate } from './contents';
import type { Moment } from './clock';
import { type OptionRules, checkOptions, flag, readElsewhere } from './option-rules';
import type { Spell } from './snapshots';
import { type GivenChecksum, type StoredObject, isObject, tellTime, writeChecksum } from './stored-objects';

/** An object as it stands in a bucket, seen by nobody's request. */
export interface SimulatedObject {
  readonly key: string;
  readonly size: number;
  /** In quotes, as S3 tells it. */
  readonly etag: string;
  /** In milliseconds since 1970. */
  readonly lastModified: number;
  readonly versionId?: string;
  /** Its bytes, or those from `start` up to `end`. */
  readonly bytes: (start?: number, end?: number) => Buffer;
}

/** Damage to an object: the byte `at`, from the end if negative, is changed by the bits in `xor`. */
export interface Corruption {
  readonly at: number;
  /** From 1 to 255. */
  readonly xor: number;
  /** Whether ETag and checksum stay, as when bytes rot in place. @default false, as if it had been written so */
  readonly keepEtag?: boolean;
}

const corruptionRules: OptionRules<Corruption> = { at: readElsewhere, xor: readElsewhere, keepEtag: flag };

/** How an object is stored. */
export interface Storing {
  readonly writing: Writing;
  readonly hidden: Spell;
  readonly contentType?: string;
  readonly checksum?: GivenChecksum | undefined;
}

/** Puts an object into a bucket. */
export function storeObject(bucket: BucketRecord, key: string, content: Content, storing: Storing): StoredObject {
  const { writing, hidden, contentType = 'binary/octet-stream', checksum } = storing;
  const etag = computeEtag(content, bucket.encryption === 'aws:kms' ? 'kms' : writing);
  const stored = bucket.objects.put({ key, hidden, content, etag, contentType, checksum });
  return { ...stored, content };
}

/** Puts an object as if somebody had just written it. */
export function putFixture(bucket: BucketRecord, key: string, content: Uint8Array | string, now: Moment): void {
  if (key === '') throw new TypeError('an object needs a key');
  storeObject(bucket, key, keepBytes(content), { writing: 'put', hidden: { since: now, forMs: 0 } });
}

/** Cuts or corrupts an object in place: the current one, or the one that is still to appear. */
export function spoilObject(bucket: BucketRecord, key: string, now: number, damage: number | Corruption): void {
  if (typeof damage !== 'number') checkOptions('corruptObject()', damage, corruptionRules);
  const version = getFixture(bucket, key, now);
  const before = version.content;
  version.content = typeof damage === 'number' ? truncate(version.content, damage) : corrupt(version.content, damage);
  if (typeof damage === 'object' && damage.keepEtag) {
    version.checksum ??= writeChecksum(before);
    return;
  }
  const writing = /-\d+"$/.test(version.etag) ? 'multipart' : 'put';
  version.etag = computeEtag(version.content, bucket.encryption === 'aws:kms' ? 'kms' : writing);
  version.checksum = undefined;
}

/** Deletes the current object of a key, or else the one that is still to appear; throws a TypeError when there is neither. */
export function deleteFixture(bucket: BucketRecord, key: string, now: Moment): void {
  const found = getFixture(bucket, key, now.ms);
  if (isObject(bucket.objects.find(key, now.ms))) bucket.objects.delete(key, now, now.ms);
  else bucket.objects.remove(found);
}

/** The current object of a key, or else the one that is still to appear; throws a TypeError when there is neither. */
export function getFixture(bucket: BucketRecord, key: string, now: number): StoredObject & { content: Content } {
  const current = bucket.objects.find(key, now);
  const found = isObject(current) ? current : bucket.objects.findComing(key, now);
  if (!isObject(found)) throw new TypeError(`no object ${key} in bucket ${bucket.name}`);
  return found;
}

/** The object as the simulator's owner sees it. */
export function inspectObject(object: StoredObject): SimulatedObject {
  const { key, etag, versionId, content } = object;
  return {
    key,
    size: content.size,
    etag,
    lastModified: tellTime(object),
    ...(versionId !== undefined && { versionId }),
    bytes: (start, end) => Buffer.concat([...content.read(start, end)]),
  };
}
