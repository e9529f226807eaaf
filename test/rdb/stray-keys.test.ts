import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { containsSlot, openScan, type RdbReport, type ScanOptions, type ScanState, slotOf } from '../../src/rdb';
import { readForeign } from './corpus/foreign-files';
import { A_KEY, AT_BODY, SHARD_OF_A, SLOT_OF_A } from './corpus/one-record';
import { compressed, database, record, resealed, slotImport, string, writeRdb } from './corpus/write-rdb';
import { judgeWithEngine } from './judges';
import { bytesOf } from './rdb-bytes';

const ofShard: ScanOptions = { level: 'structure', slots: SHARD_OF_A };
const LEVELS = ['structure', 'deep'] as const;

/** Keys of the shard that has the slot of `a` alone, and of others. */
const own = (index: number) => record(0, `{a}${index}`, string('v'));
const stray = (index: number) => record(0, `{${index}}`, string('v'));
const rangesOf = (...slots: readonly number[]) => slots.map((slot) => ({ first: slot, last: slot }));

describe('keys of slots that are not the shard’s', () => {
  test.for([
    [0, 0, undefined],
    [5, 0, undefined],
    [1, 1, 'stray-keys'],
    [99, 1, 'stray-keys'],
    [50, 50, 'stray-keys'],
    [50, 51, 'wrong-shard'],
    [1, 2, 'wrong-shard'],
    [0, 1, 'wrong-shard'],
    [0, 100, 'wrong-shard'],
  ] as const)('of %d own keys and %d others: %s', ([owns, strays, reason]) => {
    const keys = [
      ...Array.from({ length: owns }, (_, i) => own(i)),
      ...Array.from({ length: strays }, (_, i) => stray(i)),
    ];
    const file = writeRdb([database(0, keys.length), ...keys]);

    for (const level of LEVELS) {
      const report = judgeWithEngine(file, { ...ofShard, level });
      expect(report.verdict).toBe(reason === undefined ? 'verified' : reason === 'stray-keys' ? 'unproven' : 'corrupt');
      expect([report.reason, report.strayKeys ?? 0]).toEqual([reason, strays]);
      expect(report.databases).toMatchObject(keys.length === 0 ? [] : [{ keys: keys.length }]);
    }
  });

  test('are told with the byte of the first, and their slots: an own one, a compressed and an integer one', () => {
    const [long, number] = [`{${'x'.repeat(100)}}`, -300];
    const file = writeRdb([
      ...[A_KEY, A_KEY, A_KEY, A_KEY, record(0, 'b', string('b'))],
      ...[bytesOf(0, compressed(long), string('v')), bytesOf(0, 0xc1, 0xd4, 0xfe, string('v'))],
    ]);

    expect(judgeWithEngine(file, ofShard)).toMatchObject({
      ...{ verdict: 'unproven', reason: 'stray-keys', offset: AT_BODY + 4 * A_KEY.length + 1, strayKeys: 3 },
      straySlots: rangesOf(...['b', long, `${number}`].map(slotOf).sort((a, b) => a - b)),
    });
  });

  test('of many slots are told in four ranges', () => {
    const keys = Array.from({ length: 500 }, (_, index) => index);
    const { straySlots = [], strayKeys } = judgeWithEngine(writeRdb(keys.map(stray)), ofShard);

    expect(strayKeys).toBe(500);
    expect(straySlots).toHaveLength(4);
    expect(keys.filter((key) => !containsSlot(straySlots, slotOf(`${key}`)))).toEqual([]);
  });

  test('are corrupt where the checksum is wrong, and unproven where there is none', () => {
    const file = writeRdb([A_KEY, A_KEY, stray(1)]);

    expect(judgeWithEngine(file.with(-1, (file.at(-1) ?? 0) ^ 1), ofShard)).toMatchObject({
      ...{ verdict: 'corrupt', reason: 'checksum-mismatch', strayKeys: 1 },
    });
    expect(judgeWithEngine(resealed(file, 'zero checksum'), ofShard)).toMatchObject({
      ...{ verdict: 'unproven', reason: 'stray-keys', strayKeys: 1 },
    });
  });

  test('are counted on in another scan, whatever their number and order', () => {
    const someKeys = fc.array(fc.oneof(fc.nat({ max: 20 }), fc.nat()), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(someKeys, fc.boolean(), fc.nat(), (keys, isImporting, place) => {
        const imports = isImporting
          ? keys.slice(0, 5).map((key) => slotImport([slotOf(`${key}`), slotOf(`${key}`)]))
          : [];
        const file = writeRdb([...imports, ...keys.flatMap((key) => [own(key), stray(key)])], 'VALKEY080');
        const whole = judgeWithEngine(file, ofShard);

        expect(resumedAt(place % file.length, file)).toEqual(whole);
        expect(whole.straySlots?.length ?? 0).toBeLessThanOrEqual(4);
      }),
      { numRuns: 200, seed: 1 }
    );
  });
});

describe('slots that the shard imports', () => {
  const slots = [{ first: 0, last: 99 }];
  // Its key is of slot 7629.
  test.for([
    ['one-slot-import', [{ first: 0, last: 5_460 }]],
    [
      'two-slot-imports',
      [
        { first: 0, last: 100 },
        { first: 200, last: 16_383 },
      ],
    ],
  ] as const)('are read in a file of Valkey: %s', ([name, importedSlots]) => {
    for (const level of LEVELS) {
      expect(judgeWithEngine(readForeign(name), { level })).toMatchObject({
        ...{ verdict: 'verified', databases: [{ keys: 1 }], importedSlots },
      });
    }
    expect(judgeWithEngine(readForeign('two-slot-imports'), { level: 'deep', slots })).toMatchObject({
      verdict: 'verified',
    });
    expect(judgeWithEngine(readForeign('one-slot-import'), { level: 'deep', slots }).reason).toBe('wrong-shard');
  });

  test.for<[string, Uint8Array[], object]>([
    ['no others', [slotImport()], { reason: 'wrong-shard', strayKeys: 1 }],
    ['of one job', [slotImport([0, 5], [SLOT_OF_A, SLOT_OF_A])], { verdict: 'verified' }],
    ['of two jobs', [slotImport([0, 5]), slotImport([SLOT_OF_A - 9, SLOT_OF_A])], { verdict: 'verified' }],
    ['of other slots', [slotImport([SLOT_OF_A + 1, 16_383])], { reason: 'wrong-shard', strayKeys: 1 }],
  ])('are its own: %s', ([, imports, expected]) => {
    const file = writeRdb([...imports, database(0, 1), A_KEY], 'VALKEY080');

    expect(judgeWithEngine(file, { level: 'structure', slots })).toMatchObject(expected);
  });

  test('in more than four ranges are unproven: keys of slots between them cannot be told', () => {
    const ranges = Array.from({ length: 5 }, (_, index) => [1_000 * index, 1_000 * index] as const);
    const [four, five] = [ranges.slice(1), ranges].map((some) => writeRdb([slotImport(...some)], 'VALKEY080'));

    expect(judgeWithEngine(four ?? bytesOf(), ofShard).verdict).toBe('verified');
    expect(judgeWithEngine(five ?? bytesOf(), ofShard)).toMatchObject({
      ...{ verdict: 'unproven', reason: 'value-not-walked' },
    });
    expect(judgeWithEngine(five ?? bytesOf(), ofShard).importedSlots).toHaveLength(4);
    expect(judgeWithEngine(five ?? bytesOf(), { level: 'structure' }).verdict).toBe('verified');
  });
});

function resumedAt(offset: number, file: Uint8Array): RdbReport {
  const first = openScan(ofShard);
  first.push(file.subarray(0, offset));
  const state = JSON.parse(JSON.stringify(first.state())) as ScanState;
  const second = openScan(ofShard, state);
  second.push(file.subarray(state.offset));
  return second.end();
}
