import * as sdk from '@aws-sdk/client-memorydb';
import { validateSchema } from '@smithy/typecheck';
import { describe, expect, test } from 'vitest';

/*
 * The simulator reads its wire types from the SDK's own schemas. What it counts on is not promised anywhere: these
 * tests say which part has changed, should a new version of the SDK break it.
 */

describe('an operation’s schema is [9, namespace, name, traits, input, output]', () => {
  test.each([
    ['CopySnapshot', sdk.CopySnapshot$, sdk.CopySnapshotRequest$, sdk.CopySnapshotResponse$],
    ['CreateSnapshot', sdk.CreateSnapshot$, sdk.CreateSnapshotRequest$, sdk.CreateSnapshotResponse$],
    ['DeleteSnapshot', sdk.DeleteSnapshot$, sdk.DeleteSnapshotRequest$, sdk.DeleteSnapshotResponse$],
    ['DescribeClusters', sdk.DescribeClusters$, sdk.DescribeClustersRequest$, sdk.DescribeClustersResponse$],
    ['DescribeSnapshots', sdk.DescribeSnapshots$, sdk.DescribeSnapshotsRequest$, sdk.DescribeSnapshotsResponse$],
    ['ListTags', sdk.ListTags$, sdk.ListTagsRequest$, sdk.ListTagsResponse$],
    ['TagResource', sdk.TagResource$, sdk.TagResourceRequest$, sdk.TagResourceResponse$],
    ['UntagResource', sdk.UntagResource$, sdk.UntagResourceRequest$, sdk.UntagResourceResponse$],
  ])('%s', (name, [kind, namespace, ownName, , input, output], request, response) => {
    const resolve = (schema: (typeof sdk.CopySnapshot$)[4]): unknown =>
      typeof schema === 'function' ? schema() : schema;
    expect([kind, namespace, ownName]).toEqual([9, 'com.amazonaws.memorydb', name]);
    expect(resolve(input)).toBe(request);
    expect(resolve(output)).toBe(response);
  });
});

describe('an error’s schema is [-3, namespace, name, { httpError }]', () => {
  test.each([
    ['SnapshotNotFoundFault', sdk.SnapshotNotFoundFault$, 404],
    ['ClusterNotFoundFault', sdk.ClusterNotFoundFault$, 404],
    ['TagNotFoundFault', sdk.TagNotFoundFault$, 404],
    ['InvalidARNFault', sdk.InvalidARNFault$, 400],
    ['InvalidSnapshotStateFault', sdk.InvalidSnapshotStateFault$, 400],
    ['SnapshotAlreadyExistsFault', sdk.SnapshotAlreadyExistsFault$, 400],
    ['SnapshotQuotaExceededFault', sdk.SnapshotQuotaExceededFault$, 400],
    ['TagQuotaPerResourceExceeded', sdk.TagQuotaPerResourceExceeded$, 400],
    ['InvalidParameterValueException', sdk.InvalidParameterValueException$, 400],
    ['ServiceLinkedRoleNotFoundFault', sdk.ServiceLinkedRoleNotFoundFault$, 400],
  ])('%s', (name, [kind, , ownName, traits], httpError) => {
    expect([kind, ownName]).toEqual([-3, name]);
    expect(traits).toMatchObject({ httpError });
  });
});

test('the validator tells what is missing, what is unknown and what is of the wrong type', () => {
  const problems = validateSchema(
    sdk.CopySnapshotRequest$,
    { SourceSnapshotName: 3, Unknown: 1, Tags: [null, { Key: 'a', Unknown: 2 }] },
    'CopySnapshotRequest'
  );

  expect(problems).toEqual([
    'CopySnapshotRequest: unmatched keys: Unknown.',
    'CopySnapshotRequest.SourceSnapshotName: expected string, got number.',
    'CopySnapshotRequest.TargetSnapshotName: is required.',
    'CopySnapshotRequest.Tags[0]: should be non-null.',
    'CopySnapshotRequest.Tags[1]: unmatched keys: Unknown.',
  ]);
});

test('the members of what is answered are those that the simulator knows', () => {
  const [, , , , snapshot] = sdk.Snapshot$;
  const [, , , , configuration] = sdk.ClusterConfiguration$;
  const [, , , , shard] = sdk.ShardDetail$;
  const [, , , , copy] = sdk.CopySnapshotRequest$;

  expect(snapshot).toEqual(['Name', 'Status', 'Source', 'KmsKeyId', 'ARN', 'ClusterConfiguration', 'DataTiering']);
  expect(configuration).toHaveLength(17);
  expect(shard).toEqual(['Name', 'Configuration', 'Size', 'SnapshotCreationTime']);
  expect(copy).toEqual(['SourceSnapshotName', 'TargetSnapshotName', 'TargetBucket', 'KmsKeyId', 'Tags']);
});
