import { bigEndian, bytesOf, littleEndian } from '../rdb-bytes';
import { type Element, listpack } from './write-packed';
import { counted, length, string } from './write-rdb';

/** The number of an entry: milliseconds, and which one of those. */
export type Id = readonly [ms: number, sequence: number];

interface Entry {
  readonly id: Id;
  /** Names of the fields; undefined where they are the same as those of the node's first entry. */
  readonly fields?: readonly Element[];
  readonly values: readonly Element[];
  readonly isDeleted?: boolean;
}

interface Group {
  readonly name: string;
  readonly last: Id;
  readonly entriesRead?: number;
  /** Entries that were handed out and not acknowledged, with the consumer that has them. */
  readonly pending: readonly { readonly id: Id; readonly consumer: string; readonly times: number }[];
  readonly consumers: readonly string[];
}

/** What a stream holds. */
export interface Stream {
  /** As many entries in a node as engines would put there; the first entry's fields are the node's. */
  readonly nodes: readonly (readonly [Entry, ...Entry[]])[];
  readonly groups?: readonly Group[];
  /** How many entries it says it has. @default those that are not deleted */
  readonly length?: number;
}

const SEEN = 1_700_000_000_000;
const [DELETED, SAME_FIELDS] = [1, 2];

/** A stream as the types 15, 19 and 21 have it. */
export function stream({ nodes, groups = [], ...says }: Stream, version: 1 | 2 | 3): Uint8Array {
  const entries = nodes.flat();
  const live = entries.filter(({ isDeleted }) => isDeleted !== true);
  const deleted = entries.filter(({ isDeleted }) => isDeleted === true);
  const since2 = [writeId(live[0]?.id ?? [0, 0]), writeId(deleted.at(-1)?.id ?? [0, 0]), length(entries.length)];
  return bytesOf(
    counted(...nodes.map((node) => [string(rawId(node[0].id)), string(writeNode(node))])),
    length(says.length ?? live.length),
    writeId(entries.at(-1)?.id ?? [0, 0]),
    ...(version >= 2 ? since2 : []),
    counted(...groups.map((group) => writeGroup(group, version)))
  );
}

function writeGroup({ name, last, entriesRead = 0, pending, consumers }: Group, version: 1 | 2 | 3): Uint8Array {
  return bytesOf(
    string(name),
    writeId(last),
    ...(version >= 2 ? [length(entriesRead)] : []),
    counted(...pending.map(({ id, times }) => [rawId(id), littleEndian(SEEN, 8), length(times)])),
    counted(
      ...consumers.map((consumer) => [
        string(consumer),
        littleEndian(SEEN, 8),
        ...(version >= 3 ? [littleEndian(SEEN - 1, 8)] : []),
        counted(...pending.filter((entry) => entry.consumer === consumer).map(({ id }) => rawId(id))),
      ])
    )
  );
}

/** A node: the fields of the first entry, then every entry, read backwards from its number of elements. */
function writeNode(entries: readonly [Entry, ...Entry[]]): Uint8Array {
  const [{ id: first, fields = [] }] = entries;
  const deleted = entries.filter(({ isDeleted }) => isDeleted === true).length;
  return listpack([
    entries.length - deleted,
    deleted,
    fields.length,
    ...fields,
    0,
    ...entries.flatMap((entry, index) => writeEntry(entry, first, index === 0)),
  ]);
}

function writeEntry({ id, fields, values, isDeleted }: Entry, first: Id, isFirst: boolean): Element[] {
  const isSame = isFirst || fields === undefined;
  const flags = (isSame ? SAME_FIELDS : 0) | (isDeleted === true ? DELETED : 0);
  const content = isSame ? values : [fields.length, ...fields.flatMap((field, index) => [field, values[index] ?? ''])];
  const elements = [flags, id[0] - first[0], id[1] - first[1], ...content];
  return [...elements, elements.length];
}

function writeId([ms, sequence]: Id): Uint8Array {
  return bytesOf(length(ms), length(sequence));
}

function rawId([ms, sequence]: Id): Uint8Array {
  return bytesOf(bigEndian(ms, 8), bigEndian(sequence, 8));
}
