/** Control and format characters, line separators, and lone surrogates, which protobuf refuses. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** A failure's message stays under 2 KB, in UTF-8: Temporal drops the type of a failure that is too long. */
export const MAX_TEXT_BYTES = 2_000;

const ELLIPSIS = '…';

/**
 * Makes text from a user, a file or AWS safe for a failure, an id, a memo, a summary or a terminal. Characters that a
 * reader cannot see are escaped as `\u{1b}`; lone surrogates are too, because a message with one ends the whole worker.
 * A text that is too long is cut between two characters and ends with `…`.
 *
 * @param maxBytes of the result, in UTF-8
 */
export function safeText(text: string, maxBytes: number = MAX_TEXT_BYTES): string {
  let shown = '';
  let bytes = 0;
  /** Where the text is cut if what follows does not fit. */
  let cutAt = 0;
  for (const character of text) {
    const next = UNSAFE.test(character) ? escape(character) : character;
    bytes += utf8Length(next);
    if (bytes > maxBytes) return shown.slice(0, cutAt) + ELLIPSIS;
    shown += next;
    if (bytes <= maxBytes - utf8Length(ELLIPSIS)) cutAt = shown.length;
  }
  return shown;
}

/** The first character that {@link safeText} would escape; undefined where a text is safe as it is. */
export function findUnsafe(text: string): string | undefined {
  const [character] = UNSAFE.exec(text) ?? [];
  return character && escape(character);
}

/** The first UTF-16 units of a text that is well-formed, without the half of a character at the end. */
export function firstUnits(text: string, count: number): string {
  return text.slice(0, count).replace(/[\ud800-\udbff]$/, '');
}

/** Text as a code span of Markdown: nothing in it is markup, and a backtick does not end it. */
export function codeSpan(text: string, maxBytes?: number): string {
  return `\`${safeText(text, maxBytes).replaceAll('`', '\\u{60}')}\``;
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Bytes in UTF-8; the sandbox has no TextEncoder. A lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
