import { describe, expect, test } from 'vitest';

import { HEAD_LENGTH, judgeHeader, TAIL_LENGTH } from '../../src/rdb';
import { readForeign } from './corpus/foreign-files';
import { resealed } from './corpus/write-rdb';
import { judgeWithEngine } from './judges';

const LEVELS = ['checksum', 'structure', 'deep'] as const;

const judgements = (file: Uint8Array) => [
  judgeHeader(file.subarray(0, HEAD_LENGTH), file.subarray(-TAIL_LENGTH), file.length),
  ...LEVELS.map((level) => judgeWithEngine(file, { level, size: file.length })),
];

describe('a version or a magic that is not known', () => {
  test.for([
    ['redis-0080', 'unknown-version'],
    ['redis-0081', 'unknown-version'],
    ['redis-9999', 'unknown-version'],
    ['valkey-011', 'unknown-version'],
    ['valkey-079', 'unknown-version'],
    ['nexcache-0010', 'unknown-magic'],
  ] as const)('is never judged, whatever its checksum: %s', ([name, reason]) => {
    const file = readForeign(name);
    const changed = file.with(-10, (file.at(-10) ?? 0) ^ 1);

    for (const each of [file, changed, resealed(file, 'zero checksum'), file.subarray(0, -5)]) {
      for (const judgement of judgements(each)) expect(judgement).toMatchObject({ verdict: 'unsupported', reason });
    }
  });
});
