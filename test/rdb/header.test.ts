import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HEAD_LENGTH, judgeHeader, readHead, readTail, REASONS, TAIL_LENGTH, type Reason } from '../../src/rdb';
import { auxField, BODY, bytesOf, END, END_CHECKSUM, FIELDS, plain, rdbFile } from './rdb-bytes';

const WHOLE = rdbFile();
const AT_BODY = 9 + FIELDS.length;

/** As a caller reads an object: its first and its last bytes. */
const judge = (file: Uint8Array, size = file.length) =>
  judgeHeader(file.subarray(0, HEAD_LENGTH), file.subarray(-TAIL_LENGTH), size);

describe('a whole file', () => {
  test('is told by its head and its tail, and not proven', () => {
    expect(judge(WHOLE)).toEqual({
      verdict: 'unproven',
      reason: 'content-not-read',
      magic: 'REDIS',
      version: 10,
      engine: 'redis',
      engineVersion: '7.0.15',
      createdAt: '2025-12-18T02:57:04.000Z',
      aux: {
        'redis-ver': '7.0.15',
        'redis-bits': '64',
        ctime: '1766026624',
        'used-mem': '123456',
        'aof-base': '0',
      },
      complete: true,
      bodyOffset: AT_BODY,
      checksum: END_CHECKSUM,
    });
  });

  test('makes a report that JSON keeps', () => {
    const report = judge(WHOLE);

    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('magic and version', () => {
  test.for([
    ['REDIS0000', 'unknown-version'],
    ['REDIS0001', 'no-checksum'],
    ['REDIS0004', 'no-checksum'],
    ['REDIS0005', 'content-not-read'],
    ['REDIS0009', 'content-not-read'],
    ['REDIS0010', 'content-not-read'],
    ['REDIS0011', 'content-not-read'],
    ['REDIS0012', 'content-not-read'],
    ['REDIS0013', 'unknown-version'],
    ['REDIS0079', 'unknown-version'],
    ['REDIS0080', 'unknown-version'],
    ['REDIS9999', 'unknown-version'],
    ['REDIS 010', 'unknown-version'],
    ['REDIS0x10', 'unknown-version'],
    ['REDIS-001', 'unknown-version'],
    ['VALKEY000', 'unknown-version'],
    ['VALKEY079', 'unknown-version'],
    ['VALKEY080', 'content-not-read'],
    ['VALKEY081', 'unknown-version'],
    ['VALKEY999', 'unknown-version'],
    ['VALKEY08\0', 'unknown-version'],
    ['NEXCACHE0010', 'unknown-magic'],
    ['KEYDB0010', 'unknown-magic'],
    ['redis0010', 'unknown-magic'],
    ['\x01EDIS0010', 'not-rdb'],
    ['\0\0\0\0\0\0\0\0\0', 'not-rdb'],
  ] as const)('%j: %s', ([magic, reason]) => {
    const end = Number(magic.slice(5)) < 5 ? bytesOf(0xff) : END;

    expect(judge(rdbFile({ magic, end })).reason).toBe(reason);
  });

  test('are in the report of a version that is not known', () => {
    expect(judge(rdbFile({ magic: 'VALKEY081' }))).toMatchObject({
      verdict: 'unsupported',
      offset: 6,
      magic: 'VALKEY',
      version: 81,
      aux: {},
    });
  });

  test.for([
    ['VKCS\x01\x01\0\0', 'valkey-compressed-stream'],
    ['$EOF:0123456789012345678901234567890123456789\r\nREDIS0010', 'replication-stream'],
    ['$1024\r\nREDIS0010', 'replication-stream'],
    ['+FULLRESYNC 0123 0\r\n', 'replication-stream'],
    ['*2\r\n$6\r\nSELECT\r\n', 'append-only-file'],
    ['#TS:1700000000\r\n*2\r\n', 'append-only-file'],
    ['file appendonly.aof.1.base.rdb seq 1 type b\n', 'append-only-file'],
    ['-LOADING Redis is loading the dataset in memory\r\n', 'resp-error'],
    ['\x1f\x8b\x08\0', 'gzip'],
    ['PK\x03\x04', 'zip'],
    ['\x28\xb5\x2f\xfd', 'zstd'],
    ['\x04\x22\x4d\x18', 'lz4'],
    ['\xfd7zXZ\0', 'xz'],
    ['BZh91AY', 'bzip2'],
    ['\xff\x06\0\0sNaPpY', 'snappy'],
    ['7z\xbc\xaf\x27\x1c', '7z'],
    [`${'dump.rdb'.padEnd(257, '\0')}ustar\0`, 'tar'],
    ['age-encryption.org/v1\n', 'age'],
    ['%PDF-1.7', 'pdf'],
    ['PAR1', 'parquet'],
    ['SQLite format 3\0', 'sqlite'],
    ['<?xml version="1.0"?><Error>', 'xml'],
    ['<!DOCTYPE html>', 'xml'],
    ['{"manifest": 1}', 'json'],
    ['[]', 'json'],
  ])('%j is not RDB but %s, however long', ([start = '', format]) => {
    for (const file of [bytesOf(start), bytesOf(start, WHOLE)]) {
      expect(judge(file)).toEqual({
        verdict: 'unsupported',
        reason: 'other-format',
        offset: 0,
        format,
        aux: {},
        complete: false,
      });
    }
  });
});

describe('the fields before the data', () => {
  const LZF_OF_A100 = bytesOf(0xc3, 5, 0x40, 100, 0, 'a', 0xe0, 90, 0);

  test.for([
    ['a plain string', plain('abc'), 'abc'],
    ['the empty string', plain(''), ''],
    ['14 bits of length', bytesOf(0x40, 70, 'x'.repeat(70)), 'x'.repeat(70)],
    ['32 bits of length', bytesOf(0x80, 0, 0, 0, 3, 'abc'), 'abc'],
    ['64 bits of length', bytesOf(0x81, 0, 0, 0, 0, 0, 0, 0, 3, 'abc'), 'abc'],
    ['8 bits', bytesOf(0xc0, 0xff), '-1'],
    ['16 bits', bytesOf(0xc1, 0x39, 0x30), '12345'],
    ['32 bits', bytesOf(0xc2, 0, 0, 0, 0x80), '-2147483648'],
    ['LZF', LZF_OF_A100, 'a'.repeat(100)],
    ['LZF with a short reference', bytesOf(0xc3, 6, 9, 2, 'abc', 0x80, 2), 'abcabcabc'],
    ['UTF-8', plain('\xc3\xbc'), 'ü'],
    ['what is not UTF-8', plain('\xff'), '\ufffd'],
    ['more than a report keeps', bytesOf(0x41, 0x2c, 'x'.repeat(300)), 'x'.repeat(256)],
    ['half a character', bytesOf(0x41, 0x03, 'x'.repeat(255), '\xf0\x9f\x94\x91'), `${'x'.repeat(255)}\ufffd`],
  ] as const)('hold %s', ([, value, text]) => {
    const report = judge(rdbFile({ fields: bytesOf(auxField('some', value), auxField('last', '1')) }));

    expect(report).toMatchObject({ reason: 'content-not-read', complete: true, aux: { some: text, last: '1' } });
  });

  test.for([
    ['REDIS0011', [auxField('valkey-ver', '8.0.1')], 'valkey', '8.0.1'],
    ['REDIS0011', [auxField('redis-ver', '7.2.4')], 'redis', '7.2.4'],
    ['REDIS0010', [], undefined, undefined],
    ['VALKEY080', [], 'valkey', undefined],
  ] as const)('of %s name the engine', ([magic, fields, engine, engineVersion]) => {
    const report = judge(rdbFile({ magic, fields: bytesOf(...fields) }));

    expect([report.engine, report.engineVersion]).toEqual([engine, engineVersion]);
  });

  test.for(['', 'soon', '-5', '1e9', '9999999999999'])('have no time in a ctime of %j', (ctime) => {
    expect(judge(rdbFile({ fields: auxField('ctime', ctime) }))).not.toHaveProperty('createdAt');
  });

  test('keep slot-info, and names that objects have of their own', () => {
    const fields = bytesOf(auxField('slot-info', '0,1,0'), auxField('__proto__', 'x'));

    expect(Object.entries(judge(rdbFile({ fields })).aux)).toEqual([
      ['slot-info', '0,1,0'],
      ['__proto__', 'x'],
    ]);
  });

  test('leave out scripts, and what is too much', () => {
    const many = Array.from({ length: 70 }, (_, i) => auxField(`f${i}`, ''));
    const fields = bytesOf(auxField('lua', 'return 1'), ...many);

    const { aux, bodyOffset } = judge(rdbFile({ fields }));

    expect(Object.keys(aux)).toEqual(Array.from({ length: 64 }, (_, i) => `f${i}`));
    expect(bodyOffset).toBe(9 + fields.length);
  });

  test.for([
    ['a length that RDB does not have', bytesOf(0x82, 0), 'invalid-length', 5],
    ['an encoding that RDB does not have', bytesOf(0xc4, 0), 'invalid-length', 5],
    ['an LZF length that is encoded', bytesOf(0xc3, 0xc0, 1), 'invalid-length', 6],
    ['an LZF length that is encoded, the second', bytesOf(0xc3, 1, 0xc0), 'invalid-length', 7],
    ['an LZF reference before the beginning', bytesOf(0xc3, 4, 9, 0, 'a', 0x20, 1), 'invalid-string', 5],
    ['LZF that unfolds to less', bytesOf(0xc3, 2, 9, 0, 'a'), 'invalid-string', 5],
    ['LZF that unfolds to more', bytesOf(0xc3, 3, 1, 1, 'ab'), 'invalid-string', 5],
    ['an LZF reference to more', bytesOf(0xc3, 4, 3, 0, 'a', 0x20, 0), 'invalid-string', 5],
    ['LZF that ends in a literal', bytesOf(0xc3, 1, 9, 8), 'invalid-string', 5],
    ['LZF that ends in a reference', bytesOf(0xc3, 3, 9, 0, 'a', 0x20), 'invalid-string', 5],
    ['LZF that ends in a long reference', bytesOf(0xc3, 4, 9, 0, 'a', 0xe0, 1), 'invalid-string', 5],
    ['LZF of 4 GiB in a few bytes', bytesOf(0xc3, 2, 0x80, 0xff, 0xff, 0xff, 0xff, 0, 'a'), 'invalid-string', 5],
    ['a string past the end', bytesOf(63, 'abc'), 'truncated', 6],
    ['a string of 2^63 bytes', bytesOf(0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 'abc'), 'truncated', 14],
  ] as const)('cannot hold %s', ([, value, reason, at]) => {
    const fields = bytesOf(auxField('redis-ver', '7.0.15'), auxField('bad', value));
    const atField = 9 + auxField('redis-ver', '7.0.15').length;

    expect(judge(rdbFile({ fields }))).toMatchObject({
      verdict: 'corrupt',
      reason,
      offset: atField + at,
      engineVersion: '7.0.15',
      complete: false,
    });
  });

  test('may go past the head: what was read stands', () => {
    const long = bytesOf(0x80, 0, 0, 0x20, 0, new Uint8Array(0x2000));

    const report = judge(rdbFile({ fields: bytesOf(FIELDS, auxField('long', long)) }));

    expect(report).toMatchObject({ reason: 'content-not-read', engineVersion: '7.0.15', complete: false });
    expect(report).not.toHaveProperty('bodyOffset');
  });
});

describe('every reason of a head or a tail', () => {
  const zeroEnd = bytesOf(0xff, new Uint8Array(8));
  const cases: Partial<Record<Reason, readonly [file: Uint8Array, offset?: number | undefined, size?: number]>> = {
    'content-not-read': [WHOLE],
    'no-checksum': [rdbFile({ end: zeroEnd })],
    'too-few-bytes': [WHOLE.subarray(0, 8), undefined, WHOLE.length],
    'other-format': [bytesOf('VKCS\x01'), 0],
    'append-only-file': [bytesOf(rdbFile({ fields: auxField('aof-preamble', bytesOf(0xc0, 1)) }), '*1\r\n')],
    'unknown-magic': [rdbFile({ magic: 'NEXCACHE0010' }), 0],
    'unknown-version': [rdbFile({ magic: 'REDIS0013' }), 5],
    'size-mismatch': [WHOLE, WHOLE.length - 1, WHOLE.length - 1],
    empty: [bytesOf(), 0],
    'too-short': [bytesOf('REDIS0010\xff1234567')],
    'not-rdb': [bytesOf('hello, hello, hello'), 0],
    'invalid-length': [rdbFile({ fields: bytesOf(0xfa, 0xff) }), 10],
    'invalid-string': [rdbFile({ fields: auxField('a', bytesOf(0xc3, 1, 9, 0)) }), 12],
    truncated: [rdbFile({ fields: bytesOf(0xfa, 62) }), 11],
    'no-end': [bytesOf(WHOLE, 1), WHOLE.length - 8],
    'trailing-bytes': [bytesOf(rdbFile({ body: bytesOf() }), END), AT_BODY + 9],
  };

  test.for(Object.entries(cases))('%s', ([reason, [file, offset, size]]) => {
    const report = judge(file, size);

    expect(report.reason).toBe(reason);
    expect(report.verdict).toBe(REASONS[report.reason].verdict);
    expect(report.offset).toBe(offset);
  });

  test.for([
    ['aof-preamble', '1', 'aof-preamble', 'append-only-file'],
    ['aof-preamble', '0', undefined, 'no-end'],
    ['aof-base', '1', 'aof-base', 'no-end'],
    ['aof-base', '0', undefined, 'no-end'],
  ] as const)('%s of %s: it is %s, and with commands behind it %s', ([name, value, format, behind]) => {
    const file = rdbFile({ fields: auxField(name, value) });
    const commands = '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n';

    expect(judge(file).reason).toBe('content-not-read');
    expect(judge(file).format).toBe(format);
    expect(judge(bytesOf(file, commands))).toMatchObject({ reason: behind });
  });

  test.for([
    ['nothing', '', 'empty'],
    ['less than a magic', 'REDIS001', 'too-short'],
    ['a magic', 'REDIS0010', 'too-short'],
    ['a magic before version 5', 'REDIS0004', 'too-short'],
    ['no end before version 5', 'REDIS0004\xfe', 'no-end'],
    ['the smallest file before version 5', 'REDIS0004\xff', 'no-checksum'],
    ['the smallest file', 'REDIS0010\xff12345678', 'content-not-read'],
  ] as const)('for %s', ([, text, reason]) => {
    expect(judge(bytesOf(text)).reason).toBe(reason);
  });

  test('for a tail alone: too short, too few bytes, more than listed', () => {
    expect(readTail(END, 9).reason).toBe('too-short');
    expect(readTail(END.subarray(1), 100).reason).toBe('too-few-bytes');
    expect(readTail(new Uint8Array(19), 18).reason).toBe('size-mismatch');
    expect(readTail(bytesOf(0xff), 100, 4).reason).toBe('no-checksum');
    expect(readTail(bytesOf(BODY, END), 100)).toEqual({
      verdict: 'unproven',
      reason: 'content-not-read',
      checksum: END_CHECKSUM,
    });
  });
});

describe('a file cut short', () => {
  const cuts = Array.from({ length: WHOLE.length }, (_, length) => length);

  test.for(cuts)('to %d bytes is corrupt', (length) => {
    expect(judge(WHOLE.subarray(0, length)).verdict).toBe('corrupt');
  });

  test.for(cuts)('by %d bytes of its beginning is not right', (length) => {
    const report = judge(WHOLE.subarray(length));

    expect(report.reason === 'content-not-read').toBe(length === 0);
  });

  test.for(cuts)('is not blamed for a head of %d bytes alone', (length) => {
    const { verdict, complete, aux } = readHead(WHOLE.subarray(0, length), WHOLE.length);

    expect(verdict).toBe('unproven');
    expect(complete).toBe(length > AT_BODY);
    expect(readHead(WHOLE, WHOLE.length).aux).toMatchObject(aux);
  });
});

describe('arbitrary bytes', () => {
  const start = fc.constantFrom('', 'REDIS0010', 'REDIS0010\xfa', 'REDIS0009\xfa\x01a\xc3', 'VALKEY080\xfa', 'REDIS');
  const someFile = fc.tuple(start, fc.uint8Array({ maxLength: 80 })).map(([text, bytes]) => bytesOf(text, bytes));
  const someSize = fc.oneof(fc.nat({ max: 100 }), fc.nat(), fc.constantFrom(2 ** 40, Number.MAX_SAFE_INTEGER));

  test('never throw, and their findings lie within', () => {
    fc.assert(
      fc.property(someFile, someFile, someSize, (head, tail, size) => {
        const { verdict, reason, offset = 0 } = judgeHeader(head, tail, size);

        expect(verdict).toBe(REASONS[reason].verdict);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(size);
      }),
      { numRuns: 2_000 }
    );
  });

  test('in a right file: it is judged by the bytes that were changed', () => {
    const somewhere = fc.nat({ max: WHOLE.length - 1 });
    fc.assert(
      fc.property(somewhere, fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Uint8Array.from(WHOLE);
        changed[at] = (WHOLE[at] ?? 0) ^ mask;

        const report = judge(changed);

        if (at < 5) expect(report.verdict).not.toBe('unproven');
        if (at === WHOLE.length - TAIL_LENGTH) expect(report.reason).toBe('no-end');
        if (at >= AT_BODY && at < WHOLE.length - 8 - 1 && report.reason !== 'content-not-read') {
          // The body is not read, but for a first byte that pretends to be a field or the end.
          expect(at).toBe(AT_BODY);
        }
      }),
      { numRuns: 1_000 }
    );
  });
});
