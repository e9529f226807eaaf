import { describe, expect, test } from 'vitest';
import { collectTags, inheritsTags } from '../../src/aws/copy-tags';
import { ownershipTag } from '../../src/aws/ownership';
import type { OwnershipTag, Tag, TagPair } from '../../src/contract/job';

const OWNERSHIP: OwnershipTag = { key: 'snapshots/job', jobHash: 'a1', requestHash: 'b2', sourceHash: 'c3' };
const OURS = ownershipTag(OWNERSHIP);
const TEAM = { Key: 'team', Value: 'data' };

const requestWith = (tags: readonly Tag[] | null | undefined) => ({
  SourceSnapshotName: 'nightly',
  TargetSnapshotName: 'nightly-copy',
  ...(tags !== undefined && { Tags: tags }),
});
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `k${i}`, Value: '' }));

describe('the tags of a copy', () => {
  test.for<readonly [what: string, asked: readonly Tag[] | null | undefined, source: TagPair[], sent: TagPair[]]>([
    ["the source's where none are asked for", undefined, [TEAM], [TEAM]],
    ["the source's where null is asked for", null, [TEAM], [TEAM]],
    ["the source's where an empty list is asked for, as AWS does it", [], [TEAM], [TEAM]],
    ["those asked for instead of the source's", [{ Key: 'cost', Value: '1' }], [TEAM], [{ Key: 'cost', Value: '1' }]],
    ['a null value as the empty string', [{ Key: 'cost', Value: null }], [], [{ Key: 'cost', Value: '' }]],
    ['a missing value as the empty string', [{ Key: 'cost' }], [], [{ Key: 'cost', Value: '' }]],
    ['nothing else where there is nothing', undefined, [], []],
    [
      "not those under AWS's own prefixes",
      undefined,
      [
        { Key: 'aws:cloudformation:stack-id', Value: 's' },
        { Key: 'memorydb:x', Value: 'y' },
        { Key: 'AWS:z', Value: '' },
        TEAM,
      ],
      [TEAM],
    ],
    ['those that merely look like a prefix', undefined, [{ Key: 'awsome', Value: '' }], [{ Key: 'awsome', Value: '' }]],
    [
      'not the mark of the copy that the source is',
      undefined,
      [{ Key: OWNERSHIP.key, Value: 'v1:x:y:z' }, TEAM],
      [TEAM],
    ],
  ])('are %s, and the ownership tag last', ([, asked, source, sent]) => {
    expect(collectTags(requestWith(asked), source, OWNERSHIP)).toEqual({ verdict: 'done', value: [...sent, OURS] });
  });

  test('may be 49 that are inherited, and AWS’s own do not count', () => {
    const source = [...many(49), { Key: 'aws:x', Value: '' }, { Key: OWNERSHIP.key, Value: '' }];

    expect(collectTags(requestWith(undefined), source, OWNERSHIP)).toMatchObject({
      verdict: 'done',
      value: { length: 50 },
    });
  });

  test('cannot be 50 that are inherited: the job’s own has no room then', () => {
    expect(collectTags(requestWith(undefined), many(50), OWNERSHIP)).toEqual({
      verdict: 'final',
      type: 'InvalidRequest',
      message:
        "the source has 50 tags to inherit, and a copy has room for 49 beside the job's own: pass Tags with the 49 that matter",
      hint: 'pass Tags with the 49 that matter',
    });
  });

  test('cannot hold the key of the ownership tag', () => {
    expect(collectTags(requestWith([{ Key: 'snapshots/job', Value: 'mine' }]), [], OWNERSHIP)).toMatchObject({
      verdict: 'final',
      type: 'InvalidRequest',
      message: expect.stringContaining('"snapshots/job"') as string,
    });
  });
});

test.for<readonly [tags: readonly Tag[] | null | undefined, inherits: boolean]>([
  [undefined, true],
  [null, true],
  [[], true],
  [[TEAM], false],
])('a request with Tags %j leaves them to the source: %s', ([tags, inherits]) => {
  expect(inheritsTags(requestWith(tags))).toBe(inherits);
});
