import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, findUnsafe, firstUnits, MAX_TEXT_BYTES, safeText, utf8Length } from '../../src/contract/text';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))).map((units) => units.join(''))
);

describe('safeText', () => {
  it.each([
    ['plain text', 'prod-2026', 'prod-2026'],
    ['letters of any script', 'größe 東京 🚀', 'größe 東京 🚀'],
    ['a lone high surrogate', 'a\ud83d', 'a\\u{d83d}'],
    ['a lone low surrogate', '\ude80a', '\\u{de80}a'],
    ['a line break', 'a\nb', 'a\\u{a}b'],
    ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
    ['NUL', 'a\u0000', 'a\\u{0}'],
    ['a mark that turns the direction of text', 'a\u202eb', 'a\\u{202e}b'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('shows %s', (_name, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('is well-formed, free of control characters and never longer than allowed, whatever comes', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 4_000 }), (text, maxBytes) => {
        const shown = safeText(text, maxBytes);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(maxBytes);
      })
    );
  });

  it('changes nothing of a text that is safe and short enough', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: MAX_TEXT_BYTES }), (text) => {
        expect(safeText(text)).toBe(text);
      })
    );
  });

  it('cuts between characters and escapes, and says so', () => {
    expect(safeText('🚀🚀🚀', 11)).toBe('🚀🚀…');
    expect(safeText('ab\u001bcdefgh', 13)).toBe('ab\\u{1b}cd…');
    expect(safeText('ab\u001bcdefgh', 10)).toBe('ab…');
    expect(safeText('x'.repeat(1_000_000))).toBe(`${'x'.repeat(MAX_TEXT_BYTES - 3)}…`);
  });
});

describe('findUnsafe', () => {
  it('finds what safeText would change of a short text, and nothing else', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(findUnsafe(text) === undefined).toBe(safeText(text, Infinity) === text);
      })
    );
    expect(findUnsafe('a\ud83db\n')).toBe('\\u{d83d}');
  });
});

describe('firstUnits', () => {
  it('is well-formed, and as long as it can be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, count) => {
        const first = firstUnits(text, count);

        expect(first.isWellFormed()).toBe(true);
        expect(text.startsWith(first)).toBe(true);
        expect(first.length).toBeGreaterThanOrEqual(Math.min(count, text.length) - 1);
      })
    );
  });
});

describe('codeSpan', () => {
  it('keeps a backtick and a line break from ending it', () => {
    expect(codeSpan('a`b\n# c')).toBe('`a\\u{60}b\\u{a}# c`');
  });
});

describe('utf8Length', () => {
  it('counts as UTF-8 is written, a lone surrogate as U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      })
    );
  });
});
