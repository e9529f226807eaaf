import { MAGIC_LENGTH, type RdbMagic } from './formats';
import { describeNotes, HEAD_LENGTH, readHead, TAIL_LENGTH, type HeadReport } from './header';
import type { Finding } from './verdict';

/** What the first bytes of a file told, as a checkpoint keeps it. */
export interface FileNotes {
  readonly magic?: RdbMagic;
  readonly version?: number;
  readonly format?: string;
  readonly aux: Readonly<Record<string, string>>;
  /** Why the file is not read on. */
  readonly finding?: Finding;
}

/** So many bytes tell every other format from one that is not known. */
const START_LENGTH = 262;

/** A checkpoint is small: engines' own notes take up to 280 characters of JSON. */
const MAX_CHARACTERS = 320;

/** What a file's beginning tells; undefined where more bytes may tell something else. */
export function readNotes(start: Uint8Array, size: number | undefined, isWhole: boolean): FileNotes | undefined {
  // Bytes behind the size are a finding of the whole file; how many of them are here is chance.
  const head = start.subarray(0, Math.min(HEAD_LENGTH, size ?? HEAD_LENGTH));
  const report = readHead(head, size ?? (isWhole ? head.length : Infinity));
  const isAll = isWhole || head.length === HEAD_LENGTH || head.length === size;
  return isAll || isSettled(report, head.length) ? notesOf(report) : undefined;
}

/** What the report says of the file's origin. */
export function describeFile(notes: FileNotes): ReturnType<typeof describeNotes> {
  return describeNotes(new Map(Object.entries(notes.aux)), notes.magic);
}

function isSettled({ magic, version, complete, verdict, reason }: HeadReport, length: number): boolean {
  if (reason === 'unknown-version') return true;
  if (magic === undefined || version === undefined) return length >= START_LENGTH;
  // The shortest file there can be: one that ends before has another reason.
  if (length < MAGIC_LENGTH + TAIL_LENGTH) return false;
  return complete || verdict === 'corrupt';
}

function notesOf({ magic, version, format, aux, verdict, reason, offset }: HeadReport): FileNotes {
  return {
    ...(magic !== undefined && { magic }),
    ...(version !== undefined && { version }),
    ...(format !== undefined && { format }),
    aux: cutShort(aux),
    ...(reason !== 'content-not-read' && {
      finding: { verdict, reason, ...(offset !== undefined && { offset }) },
    }),
  };
}

function cutShort(aux: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let left = MAX_CHARACTERS;
  return Object.fromEntries(Object.entries(aux).filter((field) => (left -= JSON.stringify(field).length) >= 0));
}
