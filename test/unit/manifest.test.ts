import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  agrees,
  claimOf,
  completeManifest,
  disprove,
  formatManifest,
  keepUnknown,
  manifestJsonSchema,
  parseManifest,
  withSentAt,
  type Manifest,
} from '../../src/aws/manifest';
import type { ExportedObject, JudgedObject } from '../../src/contract/export';
import type { ExportPlan } from '../../src/contract/job';

const PLAN: ExportPlan = {
  kind: 'export',
  source: 'nightly',
  target: 'kept/nightly',
  bucket: 'acme-backups',
  bucketOwner: '123456789012',
  manifestKey: 'kept/nightly.manifest.json',
  shards: [{ shard: '0001', slots: '0-16383' }],
  tags: [],
  ownership: { key: 'k', jobHash: 'a'.repeat(16), requestHash: 'b'.repeat(16), sourceHash: 'c'.repeat(16) },
  sourceArn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/nightly',
  sourceCreatedAt: '2026-11-23T03:15:00.000Z',
  level: 'header',
  patience: { startMs: 1, copyMs: 1 },
  onCancel: 'keep',
  targetExisted: false,
};
const OBJECT: ExportedObject = {
  key: 'kept/nightly-0001.rdb',
  shard: '0001',
  size: 512,
  etag: '"e1"',
  verdict: 'unproven',
  checksum: '0123456789abcdef',
  level: 'header',
};
const STARTED = '2026-11-23T04:00:00.000Z';
const COMPLETED = '2026-11-23T05:00:00.000Z';

test('the published schema is the code; `vitest -u` writes it', async () => {
  const schema = `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`;

  await expect(schema).toMatchFileSnapshot('../../manifest.schema.json');
});

test('a claim and a final manifest are read as they were written', () => {
  const claim = claimOf(PLAN, STARTED);
  const complete = completeManifest(claim, [OBJECT], COMPLETED);

  expect(parseManifest(formatManifest(claim))).toEqual(claim);
  expect(parseManifest(formatManifest(complete))).toEqual(complete);
  expect(claim).toMatchObject({ state: 'claimed', startedAt: STARTED });
  expect(complete).toMatchObject({
    state: 'complete',
    completedAt: COMPLETED,
    objects: [{ slots: '0-16383', size: 512 }],
  });
});

test('a final manifest forgets what was missing', () => {
  const claim = { ...claimOf(PLAN, STARTED), missing: ['kept/nightly-0001.rdb'] };

  expect(completeManifest(claim, [OBJECT], COMPLETED)).not.toHaveProperty('missing');
});

test.for(['', 'not json', '{}', '[]', '{"version":2}', JSON.stringify({ ...claimOf(PLAN, STARTED), version: 2 })])(
  'what is no manifest is none: %s',
  (text) => {
    expect(parseManifest(text)).toBeUndefined();
  }
);

test('fields that are not known here are read over, and kept wherever the manifest is written again', () => {
  const extra = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `x-${name}`),
    fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))
  );
  fc.assert(
    fc.property(extra, extra, extra, (top, ofSource, ofObject) => {
      const written: Manifest = { ...claimOf(PLAN, STARTED), ...top };
      written.source = { ...written.source, ...ofSource };
      written.objects = written.objects.map((object) => ({ ...object, ...ofObject }));
      const read = parseManifest(JSON.stringify(written));
      if (read === undefined) throw new Error('the manifest was not read');
      const corrupt: JudgedObject = { shard: '0001', etag: '"e1"', verdict: 'corrupt', reason: 'crc-mismatch' };

      for (const rewritten of [
        withSentAt(read, STARTED),
        completeManifest(read, [OBJECT], COMPLETED),
        disprove(read, { corrupt: [corrupt] }),
        disprove(read, { missing: [OBJECT.key] }),
        keepUnknown(claimOf(PLAN, STARTED), read),
      ]) {
        const again = JSON.parse(formatManifest(rewritten)) as Manifest;
        expect(again).toMatchObject(top);
        expect(again.source).toMatchObject(ofSource);
        expect(again.objects[0]).toMatchObject(ofObject);
      }
    })
  );
});

test.for([
  { what: 'the same objects', change: {}, same: true },
  { what: 'another ETag', change: { etag: '"e2"' }, same: false },
  { what: 'another verdict', change: { verdict: 'unsupported' }, same: false },
  { what: 'a level that reads less', change: { level: 'presence', verdict: 'unproven' }, same: true },
  { what: 'a level that reads more', change: { level: 'deep' }, same: false },
] as const)('a final manifest agrees with $what: $same', ({ change, same }) => {
  const complete = completeManifest(claimOf(PLAN, STARTED), [OBJECT], COMPLETED);

  expect(agrees(complete, [{ ...OBJECT, ...change }])).toBe(same);
});

test('a claim agrees with nothing', () => {
  expect(agrees(claimOf(PLAN, STARTED), [])).toBe(false);
});
