import fc from 'fast-check';
import type { CopySnapshotInput, CopySnapshotRequest, Tag } from '../../src/contract/job';

const text = (maxLength: number) => fc.string({ minLength: 1, maxLength });

/** Any request for a copy that can be sent. */
export const validRequests: fc.Arbitrary<CopySnapshotRequest> = fc
  .record(
    {
      SourceSnapshotName: text(80),
      TargetSnapshotName: fc.stringMatching(/^[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,10}){0,5}$/),
      TargetBucket: fc.constant(null),
      KmsKeyId: fc.option(text(2_048)),
      Tags: fc.option(fc.uniqueArray(validTags(), { maxLength: 49, selector: ({ Key }) => Key })),
    },
    { requiredKeys: ['SourceSnapshotName', 'TargetSnapshotName'] }
  )
  .filter(({ SourceSnapshotName: source, TargetSnapshotName: target }) =>
    [source, target].every((name) => name.trim() !== '' && !name.startsWith('arn:'))
  )
  .filter((request) => request.SourceSnapshotName.toLowerCase() !== request.TargetSnapshotName.toLowerCase());

/** Any input that can be sent. */
export const validInputs: fc.Arbitrary<CopySnapshotInput> = fc.record(
  {
    request: validRequests,
    onCancel: fc.constantFrom('keep' as const, 'delete' as const),
    patience: fc.record({ start: validDurations(), copy: validDurations() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['request'] }
);

/** Whatever a program can pass. */
export const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

function validTags(): fc.Arbitrary<Tag> {
  return fc.record(
    {
      Key: text(128).filter((key) => !/^aws:/i.test(key)),
      Value: fc.option(fc.string({ maxLength: 256 })),
    },
    { requiredKeys: ['Key'] }
  );
}

function validDurations(): fc.Arbitrary<NonNullable<NonNullable<CopySnapshotInput['patience']>['start']>> {
  return fc.oneof(
    fc.integer({ min: 1, max: 366 * 24 * 60 * 60 * 1_000 }),
    fc.constantFrom('1 ms', '90s', '15 minutes', '26h', '1.5 days', '366d')
  );
}
