import { randomBytes } from 'node:crypto';
import type { Content } from './contents';
import type { Spell } from './snapshots';
import { isWithin } from './snapshots';

/** A checksum that came with an object, by the name of its header. */
export interface GivenChecksum {
  readonly header: string;
  readonly value: string;
}

/** A version of an object, or of its absence. */
export interface ObjectVersion {
  readonly key: string;
  /** Undefined in a bucket without versions. */
  readonly versionId: string | undefined;
  /** Until this is over nobody sees it. */
  readonly hidden: Spell;
  /** Undefined for a delete marker. */
  content: Content | undefined;
  etag: string;
  readonly contentType: string;
  /** The checksum that S3 keeps; undefined: it makes a CRC-64/NVME itself. */
  checksum: GivenChecksum | undefined;
}

/** A version that is an object. */
export type StoredObject = ObjectVersion & { readonly content: Content };

/** The CRC-64/NVME of some content, as S3 tells it. */
export function writeChecksum(content: Content): GivenChecksum {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(content.checksum());
  return { header: 'x-amz-checksum-crc64nvme', value: bytes.toString('base64') };
}

/** When a version is there from on, in milliseconds since 1970. */
export function tellTime({ hidden }: ObjectVersion): number {
  return hidden.since.ms + hidden.forMs;
}

/** Whether a version is an object. */
export function isObject(version: ObjectVersion | undefined): version is StoredObject {
  return version?.content !== undefined;
}

/** The objects of a bucket: which version is the current one follows from the clock alone. */
export class ObjectStore {
  readonly #versions = new Map<string, ObjectVersion[]>();

  constructor(readonly versioned: boolean) {}

  /** Adds a version, to be there once it is no longer hidden. */
  put(version: Omit<ObjectVersion, 'versionId'>): ObjectVersion {
    const versionId = this.versioned ? randomBytes(16).toString('hex') : undefined;
    const added = { ...version, versionId };
    this.#versions.set(version.key, [...(this.#versions.get(version.key) ?? []), added]);
    return added;
  }

  /** The current version of a key: an object, a delete marker, or undefined. */
  find(key: string, now: number): ObjectVersion | undefined {
    return this.#listVisible(key, now).at(-1);
  }

  /** A certain version of a key. */
  findVersion(key: string, versionId: string, now: number): ObjectVersion | undefined {
    return this.#listVisible(key, now).find((version) => version.versionId === versionId || versionId === 'null');
  }

  /** The next version of a key that nobody sees yet. */
  findComing(key: string, now: number): ObjectVersion | undefined {
    return sortByTime((this.#versions.get(key) ?? []).filter(({ hidden }) => isWithin(hidden, now)))[0];
  }

  /** All current objects, keys in the order of their bytes. */
  list(now: number): StoredObject[] {
    return [...this.#versions.keys()]
      .map((key) => this.find(key, now))
      .filter(isObject)
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** Deletes what is there of a key; in a bucket with versions a delete marker hides it, which is given back. */
  delete(key: string, at: Spell['since'], now: number): ObjectVersion | undefined {
    if (this.versioned) {
      const hidden = { since: at, forMs: 0 };
      return this.put({ key, hidden, content: undefined, etag: '', contentType: '', checksum: undefined });
    }
    this.#keep(key, ({ hidden }) => isWithin(hidden, now));
    return undefined;
  }

  /** Removes a version for good. */
  remove(version: ObjectVersion): void {
    this.#keep(version.key, (other) => other !== version);
  }

  #keep(key: string, isKept: (version: ObjectVersion) => boolean): void {
    const kept = (this.#versions.get(key) ?? []).filter(isKept);
    if (kept.length > 0) this.#versions.set(key, kept);
    else this.#versions.delete(key);
  }

  #listVisible(key: string, now: number): ObjectVersion[] {
    const visible = (this.#versions.get(key) ?? []).filter(({ hidden }) => !isWithin(hidden, now));
    return this.versioned ? sortByTime(visible) : sortByTime(visible).slice(-1);
  }
}

/** The oldest first; of two at one time, the one that was put first. */
function sortByTime(versions: ObjectVersion[]): ObjectVersion[] {
  return versions.sort((a, b) => tellTime(a) - tellTime(b));
}
