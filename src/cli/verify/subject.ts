import type { SlotRange } from '../../rdb/slot-ranges';
import type { Source } from './source';

/** What one argument names. */
export type Subject = ObjectSubject | ExportSubject;

/** One object, by itself. */
export interface ObjectSubject {
  readonly kind: 'object';
  readonly argument: string;
  readonly members: readonly [Member];
}

/** The objects of an export, which belong together. */
export interface ExportSubject {
  readonly kind: 'export';
  readonly argument: string;
  /** Absent where none was found. */
  readonly manifest?: string;
  readonly members: readonly Member[];
  /** What could be said before any object was read. */
  readonly problems: readonly Problem[];
}

/** An object that is there, and what it is expected to be. */
export interface Member {
  readonly source: Source;
  readonly shard?: string;
  /** The slots of its shard. */
  readonly slots?: readonly SlotRange[];
  /** The checksum at its end, as the job saw it. */
  readonly checksum?: string;
}

/** Why an export is not `verified` although its objects may be, with the outcome and what it means. */
export const PROBLEMS = {
  'no-manifest': { outcome: 'unproven', means: 'no manifest: which objects belong to it is not known' },
  'not-concluded': { outcome: 'unproven', means: 'the manifest is a claim: no job has seen all objects there yet' },
  'no-slots': { outcome: 'unproven', means: 'the manifest does not tell the slots of every shard' },
  missing: { outcome: 'incomplete', means: 'an object of the manifest is not there' },
  'not-of-this-export': { outcome: 'corrupt', means: 'an object has a key of this export and is not in the manifest' },
  replaced: { outcome: 'corrupt', means: 'an object is not the one that the manifest names' },
  'same-content': { outcome: 'corrupt', means: 'two shards hold the same keys' },
  'wrong-cover': { outcome: 'corrupt', means: 'the shards of the manifest do not have every slot once' },
} as const;

/** Something that concerns an export as a whole. */
export interface Problem {
  readonly problem: keyof typeof PROBLEMS;
  /** Which object, and what is different. */
  readonly detail?: string;
}
