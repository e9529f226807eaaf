import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs, findProblems, patienceMs, refuseProblems } from '../../src/contract/request';
import { describeProblem } from '../../src/contract/request-problem';
import { anything, validInputs } from './arbitrary-inputs';

const REQUEST = { SourceSnapshotName: 'nightly', TargetSnapshotName: 'nightly-copy' };
const HOUR = 3_600_000;

const copyWith = (changes: object) => ({ request: { ...REQUEST, ...changes } });
const tags = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `k${i}` }));

/** What AWS documents. */
const NAMES_OF_NO_SNAPSHOT: readonly (readonly [name: string, problem: string])[] = [
  ['a--b', 'holds two hyphens in a row'],
  ['a-', 'ends with a hyphen'],
  ['automatic.a', 'holds more than letters, digits and hyphens'],
  ['a_b', 'holds more than letters, digits and hyphens'],
  ['a/b', 'holds more than letters, digits and hyphens'],
  ['a b', 'holds more than letters, digits and hyphens'],
  ['größe', 'holds more than letters, digits and hyphens'],
];

const UNSAFE: readonly (readonly [text: string, shown: string, found: string])[] = [
  ['a\ud83d', 'a\\ud83d', '\\u{d83d}'],
  ['\ude80a', '\\ude80a', '\\u{de80}'],
  ['a\nb', 'a\\nb', '\\u{a}'],
  ['a\u001b[31m', 'a\\u001b[31m', '\\u{1b}'],
  ['a\u0000', 'a\\u0000', '\\u{0}'],
  ['a\u009b', 'a\\u{9b}', '\\u{9b}'],
  ['a\u202eb', 'a\\u{202e}b', '\\u{202e}'],
  ['a\u2028b', 'a\\u{2028}b', '\\u{2028}'],
];

/** Where a text of the user's goes on to AWS. */
const PLACES: readonly (readonly [field: string, place: (text: string) => unknown])[] = [
  ['SourceSnapshotName', (text) => copyWith({ SourceSnapshotName: text })],
  ['TargetSnapshotName', (text) => copyWith({ TargetSnapshotName: text })],
  ['TargetSnapshotName', (text) => copyWith({ TargetSnapshotName: text, TargetBucket: 'acme' })],
  ['TargetBucket', (text) => copyWith({ TargetBucket: text })],
  ['KmsKeyId', (text) => copyWith({ KmsKeyId: text })],
  ['Tags[0].Key', (text) => copyWith({ Tags: [{ Key: text }] })],
  ['Tags[0].Value', (text) => copyWith({ Tags: [{ Key: 'a', Value: text }] })],
];

describe('an input that cannot work is refused with the field, its value and the fix', () => {
  test.for<readonly [input: unknown, message: string]>([
    [undefined, 'input undefined is not an object: pass { request: { … } }'],
    [null, 'input null is not an object: pass { request: { … } }'],
    ['nightly', 'input "nightly" is not an object: pass { request: { … } }'],
    [[REQUEST], `input [${JSON.stringify(REQUEST)}] is not an object: pass { request: { … } }`],
    [{}, 'request undefined is not an object: pass the fields of CopySnapshot'],
    [{ request: 'nightly' }, 'request "nightly" is not an object: pass the fields of CopySnapshot'],
    [
      { request: { ...REQUEST, TargetBucket: 'acme' }, verify: 'deeper' },
      "verify \"deeper\" is not known: use one of 'presence', 'header', 'checksum', 'structure', 'deep'",
    ],
    [
      { request: { ...REQUEST, TargetBucket: 'acme' }, requireVerified: 'yes' },
      'requireVerified "yes" is not true or false: pass a boolean',
    ],
    ...['presence', 'header'].map(
      (verify) =>
        [
          { request: { ...REQUEST, TargetBucket: 'acme' }, verify, requireVerified: true },
          `requireVerified true cannot be met at level '${verify}', which reads no content: leave it out, or verify at 'checksum', 'structure', 'deep'`,
        ] as const
    ),
    [
      { request: REQUEST, requireVerified: true },
      'requireVerified true is for exports: leave it out, or pass request.TargetBucket',
    ],
    [
      { request: REQUEST, verify: 'presence' },
      'verify "presence" is for exports: leave it out, or pass request.TargetBucket',
    ],
    [
      copyWith({ TargetBucket: 'acme', TargetSnapshotName: 'a//b' }),
      'TargetSnapshotName "a//b" holds an empty part: the objects are called <TargetSnapshotName>-<shard>.rdb: choose a plain prefix',
    ],
    [
      copyWith({ TargetBucket: 'acme', TargetSnapshotName: 'a/../b' }),
      'TargetSnapshotName "a/../b" holds a part "." or "..": the objects are called <TargetSnapshotName>-<shard>.rdb: choose a plain prefix',
    ],
    [
      copyWith({ TargetBucket: 'acme', TargetSnapshotName: 'ä'.repeat(506) }),
      `TargetSnapshotName "${'ä'.repeat(48)}… has more than 1,010 bytes: the objects are called <TargetSnapshotName>-<shard>.rdb: choose a plain prefix`,
    ],
    ...NAMES_OF_NO_SNAPSHOT.map(
      ([TargetSnapshotName, problem]) =>
        [
          copyWith({ TargetSnapshotName }),
          `TargetSnapshotName "${TargetSnapshotName}" ${problem}: use letters and digits, and single hyphens between them`,
        ] as const
    ),
    ...['SourceSnapshotName', 'TargetSnapshotName'].map(
      (field) =>
        [
          copyWith({ [field]: 'n'.repeat(256) }),
          `${field} "${'n'.repeat(96)}… has more than 255 characters: use a shorter name`,
        ] as const
    ),
    ...UNSAFE.flatMap(([text, shown, found]) =>
      PLACES.map(
        ([field, place]) =>
          [place(text), `${field} "${shown}" holds ${found}, which cannot be shown: leave it out`] as const
      )
    ),
    [
      copyWith({ Bucket: 'acme' }),
      'request.Bucket "acme" is not a field: known here: SourceSnapshotName, TargetSnapshotName, TargetBucket, KmsKeyId, Tags',
    ],

    [
      copyWith({ SourceSnapshotName: undefined }),
      'SourceSnapshotName undefined is missing: pass the name of a snapshot',
    ],
    [copyWith({ TargetSnapshotName: null }), 'TargetSnapshotName null is missing: pass the name of a snapshot'],
    [
      copyWith({ SourceSnapshotName: '' }),
      'SourceSnapshotName "" is not a snapshot name: pass a string that is not empty',
    ],
    [
      copyWith({ TargetSnapshotName: ' ' }),
      'TargetSnapshotName " " is not a snapshot name: pass a string that is not empty',
    ],
    [
      copyWith({ TargetSnapshotName: 7 }),
      'TargetSnapshotName 7 is not a snapshot name: pass a string that is not empty',
    ],
    [
      copyWith({ SourceSnapshotName: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly' }),
      'SourceSnapshotName "arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly" is an ARN: MemoryDB takes names here, for example "nightly"',
    ],
    [
      copyWith({ TargetSnapshotName: 'Nightly' }),
      'TargetSnapshotName "Nightly" is the source itself: choose another name (MemoryDB compares in lower case)',
    ],

    [
      copyWith({ TargetBucket: '' }),
      'TargetBucket "" is not the name of an S3 bucket: pass a string that is not empty',
    ],
    [copyWith({ TargetBucket: 7 }), 'TargetBucket 7 is not the name of an S3 bucket: pass a string that is not empty'],
    [
      copyWith({ TargetBucket: 'acme/backups' }),
      'TargetBucket "acme/backups" is not a bucket name: use letters, digits, ".", "_" and "-" only',
    ],
    [
      copyWith({ TargetBucket: 'b'.repeat(256) }),
      `TargetBucket "${'b'.repeat(96)}… has 256 characters: 255 are allowed`,
    ],
    [
      copyWith({ TargetBucket: 'acme', KmsKeyId: 'key-1' }),
      'KmsKeyId "key-1" cannot be used with TargetBucket: leave it out: set encryption on the bucket instead',
    ],

    [copyWith({ KmsKeyId: '' }), 'KmsKeyId "" is not the ARN or id of a KMS key: pass a string that is not empty'],
    [copyWith({ KmsKeyId: 'k'.repeat(2_049) }), `KmsKeyId "${'k'.repeat(96)}… has 2049 characters: 2048 are allowed`],

    [copyWith({ Tags: { a: 'b' } }), 'Tags {"a":"b"} is not a list: pass [{ Key, Value }, …]'],
    [copyWith({ Tags: tags(201) }), 'Tags "201 tags" is more than the 200 that a request may hold: pass fewer'],
    [copyWith({ Tags: tags(50) }), `Tags "50 tags" does not fit: pass 49 at most: 50 per copy, one is the job's`],
    [copyWith({ Tags: ['a'] }), 'Tags[0] "a" is not a tag: pass { Key, Value }'],
    [copyWith({ Tags: [{ Key: 'a', value: 'b' }] }), 'Tags[0].value "b" is not a field: known here: Key, Value'],
    [copyWith({ Tags: [{ Key: 'a' }, {}] }), 'Tags[1].Key undefined is not a tag key: pass a string that is not empty'],
    [
      copyWith({ Tags: [{ Key: 'k'.repeat(129) }] }),
      `Tags[0].Key "${'k'.repeat(96)}… has 129 characters: 128 are allowed`,
    ],
    [copyWith({ Tags: [{ Key: 'AWS:a' }] }), 'Tags[0].Key "AWS:a" is reserved by AWS: use another prefix than "aws:"'],
    [copyWith({ Tags: [{ Key: 'a' }, { Key: 'a', Value: 'b' }] }), 'Tags[1].Key "a" is there twice: keep one of them'],
    [
      copyWith({ Tags: [{ Key: 'a', Value: 7 }] }),
      'Tags[0].Value 7 is not a tag value: pass a string that is not empty',
    ],
    [
      copyWith({ Tags: [{ Key: 'a', Value: 'v'.repeat(257) }] }),
      `Tags[0].Value "${'v'.repeat(96)}… has 257 characters: 256 are allowed`,
    ],

    [{ request: REQUEST, onCancel: 'abort' }, `onCancel "abort" is not known: use one of 'keep', 'delete'`],
    [{ request: REQUEST, patience: '26h' }, `patience "26h" is not an object: pass { start: '26h', copy: '24h' }`],
    [
      { request: REQUEST, patience: { inspect: '1h' } },
      'patience.inspect "1h" is not a field: known here: start, copy',
    ],
    ...[0, -1, '0s', 'soon', '', '367d', true, Infinity].map(
      (start) =>
        [
          { request: REQUEST, patience: { start } },
          `patience.start ${JSON.stringify(start)} is not a duration: pass milliseconds or a string like '26h', up to a year`,
        ] as const
    ),
  ])('%j', ([input, message]) => {
    expect(findProblems(input).map(describeProblem)).toEqual([message]);
  });

  test('every problem is named, in the order of the fields', () => {
    const input = { request: { SourceSnapshotName: '', KmsKeyId: '' }, onCancel: 'abort', patience: { copy: 'soon' } };

    const fields = findProblems(input).map(({ field }) => field);

    expect(fields).toEqual(['SourceSnapshotName', 'TargetSnapshotName', 'KmsKeyId', 'onCancel', 'patience.copy']);
  });

  test('the failure is final, says every problem, and hints at the first fix', () => {
    const refused = catchFailure(() => refuseProblems({ request: { ...REQUEST, KmsKeyId: '' }, onCancel: 'abort' }));

    expect(refused).toMatchObject({
      type: 'InvalidRequest',
      nonRetryable: true,
      message: `KmsKeyId "" is not the ARN or id of a KMS key: pass a string that is not empty; onCancel "abort" is not known: use one of 'keep', 'delete'`,
      details: [{ phase: 'inspecting', hint: 'pass a string that is not empty' }],
    });
  });
});

/** Every place of an input that can hold a text. */
const EVERYWHERE: readonly ((text: string) => unknown)[] = [
  (text) => text,
  (text) => ({ [text]: 1 }),
  (text) => ({ request: text }),
  (text) => copyWith({ [text]: text }),
  (text) => copyWith({ SourceSnapshotName: { text } }),
  (text) => copyWith({ SourceSnapshotName: `arn:${text}` }),
  (text) => copyWith({ SourceSnapshotName: text, TargetSnapshotName: text }),
  (text) => copyWith({ TargetBucket: text, KmsKeyId: text }),
  (text) => copyWith({ KmsKeyId: text.padEnd(3_000, text) }),
  (text) => copyWith({ Tags: text }),
  (text) => copyWith({ Tags: [text, { Key: text, Value: [text] }, { Key: `aws:${text}`, [text]: text }] }),
  (text) => ({ request: REQUEST, onCancel: text, patience: text }),
  (text) => ({ request: REQUEST, patience: { start: text, [text]: text } }),
];

describe('however much is wrong', () => {
  test('ten problems are told, and how many more there are', () => {
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, i]));

    const { message } = catchFailure(() => refuseProblems({ request: REQUEST, ...unknown }));

    expect(message.match(/ is not a field: /g)).toHaveLength(10);
    expect(message).toMatch(/ \(and 4990 more\)$/);
  });

  test('the message has 2 KB at most, and counts what it leaves out', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 50, noNullPrototype: true }), (fields) => {
        const input = { request: REQUEST, ...fields };
        const count = findProblems(input).length;

        const { message, details } = catchFailure(() => refuseProblems(count === 0 ? null : input));

        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2_000);
        expect(Buffer.byteLength(JSON.stringify(details))).toBeLessThanOrEqual(8_000);
        const told = message.match(/ is not a field: /g)?.length ?? 0;
        if (told > 0 && told < count) expect(message).toContain(` (and ${count - told} more)`);
      })
    );
  });

  test('it is told well-formed, without control characters, whatever is passed', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const text = fc.string({ unit, minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...EVERYWHERE), text, (place, bad) => {
        const problems = findProblems(place(bad));
        if (problems.length === 0) return;

        const { message } = catchFailure(() => refuseProblems(place(bad)));

        expect(message.isWellFormed()).toBe(true);
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      })
    );
  });
});

describe('an input that can be sent', () => {
  test('has no problems', () => {
    fc.assert(
      fc.property(validInputs, (input) => {
        expect(findProblems(input)).toEqual([]);
      })
    );
  });

  test('may say null or undefined for what it leaves out', () => {
    for (const nothing of [null, undefined]) {
      const input = {
        request: { ...REQUEST, TargetBucket: nothing, KmsKeyId: nothing, Tags: nothing },
        onCancel: nothing,
        patience: nothing,
      };

      expect(findProblems(input)).toEqual([]);
    }
  });

  test('may name a source of the automatic kind, and values at their limits', () => {
    const input = {
      request: {
        SourceSnapshotName: 'automatic.prod-2026-11-23-03-15',
        TargetSnapshotName: 'prod',
        KmsKeyId: 'k'.repeat(2_048),
        Tags: [...tags(48), { Key: 'k'.repeat(128), Value: 'v'.repeat(256) }],
      },
      patience: { start: 1, copy: '366d' },
    };

    expect(findProblems(input)).toEqual([]);
  });
});

describe('whatever is passed', () => {
  const shapes = fc.oneof(
    anything,
    fc.record({ request: anything, onCancel: anything, patience: anything }, { requiredKeys: [] }),
    fc.record({
      request: fc.record(
        {
          SourceSnapshotName: anything,
          TargetSnapshotName: anything,
          TargetBucket: anything,
          KmsKeyId: anything,
          Tags: fc.oneof(anything, fc.array(fc.oneof(anything, fc.record({ Key: anything, Value: anything })))),
        },
        { requiredKeys: [] }
      ),
      patience: fc.record({ start: anything, copy: anything }),
    })
  );

  test('gives problems that can be told, or none, and never a crash', () => {
    fc.assert(
      fc.property(shapes, (input) => {
        for (const problem of findProblems(input)) expect(describeProblem(problem)).toContain(problem.field);
      }),
      { numRuns: 1_000 }
    );
  });

  test.for<readonly [what: string, value: unknown, shown: string]>([
    ['a bigint', 1n, 'bigint'],
    ['a symbol', Symbol('key'), 'symbol'],
    ['a function', () => 'key', 'function'],
    ['a circle', circle(), 'object'],
  ])('%s, which JSON cannot hold, is told by its type', ([, value, shown]) => {
    expect(findProblems(copyWith({ KmsKeyId: value })).map(describeProblem)).toEqual([
      `KmsKeyId ${shown} is not the ARN or id of a KMS key: pass a string that is not empty`,
    ]);
  });

  test('is never echoed by more than 100 characters', () => {
    const long = fc.string({ minLength: 101, maxLength: 3_000, unit: fc.constantFrom('a', 'b', ':', '/', '"') });
    fc.assert(
      fc.property(long, fc.constantFrom(...EVERYWHERE), (text, place) => {
        const message = findProblems(place(text)).map(describeProblem).join('; ');

        expect(message).not.toBe('');
        expect(message).not.toContain(text.slice(0, 101));
      })
    );
  });
});

describe('a duration', () => {
  test.for<readonly [duration: unknown, ms: number | undefined]>([
    ['26h', 26 * HOUR],
    [26 * HOUR, 26 * HOUR],
    ['90 seconds', 90_000],
    [undefined, undefined],
    [null, undefined],
    ['soon', undefined],
    [0, undefined],
    [NaN, undefined],
    [{}, undefined],
  ])('%j is %s ms', ([duration, ms]) => {
    expect(durationMs(duration)).toBe(ms);
  });

  test('of a phase is the default where the input says nothing', () => {
    expect(patienceMs({ request: REQUEST }, 'start')).toBe(26 * HOUR);
    expect(patienceMs({ request: REQUEST }, 'copy')).toBe(24 * HOUR);
    expect(patienceMs({ request: REQUEST, patience: { copy: '1h' } }, 'start')).toBe(26 * HOUR);
    expect(patienceMs({ request: REQUEST, patience: { copy: '1h' } }, 'copy')).toBe(HOUR);
  });
});

function circle(): object {
  const round: { self?: object } = {};
  round.self = round;
  return round;
}

function catchFailure(work: () => void): ApplicationFailure {
  try {
    work();
  } catch (err) {
    if (err instanceof ApplicationFailure) return err;
    throw err;
  }
  throw new Error('nothing was refused');
}
