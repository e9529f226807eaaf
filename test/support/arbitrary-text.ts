import fc from 'fast-check';

/** Text that something between a user and AWS may not bear: half characters, controls, marks, emptiness, 1 MB. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'a\ud83d',
    '\ude80',
    'a\nb',
    '\u0000',
    '\u001b[31mred',
    '\u202eb',
    '',
    ' ',
    '`',
    '__proto__',
    'toString',
    'constructor',
    '\ud83d'.repeat(300),
    'x'.repeat(1_000_000)
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 60 })
);
