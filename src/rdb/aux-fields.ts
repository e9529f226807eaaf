import { readString, type Head } from './strings';
import type { Finding } from './verdict';

/** What an engine notes about a file before the data. */
export interface AuxFields {
  /** In the order of the file; of a name that occurs twice, the last. */
  readonly fields: ReadonlyMap<string, string>;
  /** The first byte behind the last whole field. */
  readonly end: number;
  /** Something other than a field follows: there are no more. */
  readonly isComplete: boolean;
  /** Why a field cannot be. */
  readonly finding?: Finding;
}

const AUX = 0xfa;

/** A field that holds a user's script and not a note about the file (Redis before 7). */
const CONTENT = 'lua';

/** A report is not the place for more: engines write about ten fields of up to 40 characters. */
const MAX_FIELDS = 64;
const MAX_CHARACTERS = 256;

/** Half of a character is none. */
function cut(text: string): string {
  return text.slice(0, MAX_CHARACTERS).toWellFormed();
}

/** The auxiliary fields from an offset to the first other opcode, or as far as the head goes. */
export function readAuxFields(head: Head, start: number): AuxFields {
  const fields = new Map<string, string>();
  let end = start;
  while (head.bytes[end] === AUX) {
    const name = readString(head, end + 1);
    const value = name.kind === 'read' ? readString(head, name.end) : name;
    if (value.kind === 'cut') return { fields, end, isComplete: false };
    if (value.kind === 'wrong') return { fields, end, isComplete: false, finding: value.finding };
    if (name.kind === 'read' && name.value !== CONTENT && fields.size < MAX_FIELDS) {
      fields.set(cut(name.value), cut(value.value));
    }
    end = value.end;
  }
  return { fields, end, isComplete: end < head.bytes.length };
}
