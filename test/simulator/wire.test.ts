import { MemoryDB } from '@aws-sdk/client-memorydb';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { expectRefusal, setStage, source } from './stage';

const scope = '20261123/us-east-1/memorydb/aws4_request';
const sign = (credentialScope: string): string =>
  `AWS4-HMAC-SHA256 Credential=key/${credentialScope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

/** What a request has when nothing is wrong with it. */
const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AmazonMemoryDB.DescribeSnapshots',
  authorization: sign(scope),
};

interface Answer {
  readonly status: number;
  readonly requestId: string | null;
  readonly body: unknown;
}

async function post(
  sim: MemoryDBSimulator,
  body: string,
  changes: Record<string, string | undefined> = {}
): Promise<Answer> {
  const given = Object.entries<string | undefined>({ ...headers, ...changes }).filter(
    (header): header is [string, string] => header[1] !== undefined
  );
  const response = await fetch(sim.endpoint, { method: 'POST', headers: given, body });
  return { status: response.status, requestId: response.headers.get('x-amzn-requestid'), body: await response.json() };
}

test('answers are awsJson1_1: times in seconds, a request id, no null', async () => {
  const { sim } = await setStage();
  sim.addSnapshot('fraction', { cluster: 'prod', createdAt: 1629230643961 });

  const { status, requestId, body } = await post(sim, JSON.stringify({ SnapshotName: 'fraction', ShowDetail: true }));

  expect(status).toBe(200);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(body).toMatchObject({
    Snapshots: [{ ClusterConfiguration: { Shards: [{ SnapshotCreationTime: 1629230643.961 }, {}, {}] } }],
  });
  expect(body).not.toHaveProperty('NextToken');
});

test('errors are a type and a message', async () => {
  const { sim } = await setStage();

  const { status, requestId, body } = await post(sim, '{"SnapshotName":"Nobody"}');

  expect(status).toBe(404);
  expect(requestId).toBe(sim.calls[0]?.requestId);
  expect(body).toEqual({ __type: 'SnapshotNotFoundFault', message: 'Snapshot nobody not found.' });
});

test.each([
  ['not signed', { authorization: undefined }, 403, 'MissingAuthenticationTokenException'],
  ['signed in another way', { authorization: 'Bearer token' }, 400, 'IncompleteSignature'],
  ['signed in part', { authorization: sign(scope).replace(/Signature=.*/, '') }, 400, 'IncompleteSignature'],
  [
    'signed for another service',
    { authorization: sign(scope.replace('memorydb', 's3')) },
    403,
    'InvalidSignatureException',
  ],
  ['signed for another region', { authorization: sign(scope.replace('us-', 'eu-')) }, 403, 'InvalidSignatureException'],
  ['for an unknown operation', { 'x-amz-target': 'AmazonMemoryDB.Guess' }, 400, 'UnknownOperationException'],
  ['for another service', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, 400, 'UnknownOperationException'],
  ['for nothing', { 'x-amz-target': undefined }, 400, 'UnknownOperationException'],
  ['of another type', { 'content-type': 'application/json' }, 400, 'UnknownOperationException'],
])('a request %s is refused', async (_, changes, status, name) => {
  const { sim } = await setStage();

  const answer = await post(sim, '{}', changes);

  expect(answer).toMatchObject({ status, body: { __type: name } });
  expect(sim.calls).toMatchObject([{ outcome: name }]);
});

test.each([
  ['no JSON', '{"SnapshotName":', 'SerializationException'],
  ['a list', '[]', 'SerializationException'],
  ['null', 'null', 'SerializationException'],
  ['a number for a name', '{"SnapshotName":3}', 'SerializationException'],
  ['words for a number', '{"MaxResults":"20"}', 'SerializationException'],
  ['words for a truth', '{"ShowDetail":"true"}', 'SerializationException'],
  ['an unknown member', '{"SnapshotNames":["a"]}', 'ValidationException'],
])('a body of %s is refused', async (_, body, name) => {
  const { sim } = await setStage();

  expect(await post(sim, body)).toMatchObject({ status: 400, body: { __type: name } });
});

test.each([
  ['null for a tag', '[null]', 'SerializationException'],
  ['words for a tag', '["job"]', 'SerializationException'],
  ['a list for a tag', '[["job"]]', 'ValidationException'],
  ['an unknown member of a tag', '[{"Key":"job","Name":"x"}]', 'ValidationException'],
  ['an object for the list', '{"Key":"job"}', 'SerializationException'],
])('%s is refused', async (_, tags, name) => {
  const { sim } = await setStage();
  const body = `{"SourceSnapshotName":"${source}","TargetSnapshotName":"nightly","Tags":${tags}}`;

  const answer = await post(sim, body, { 'x-amz-target': 'AmazonMemoryDB.CopySnapshot' });

  expect(answer).toMatchObject({ status: 400, body: { __type: name } });
});

test('null is the same as absent, and an empty body as an empty object', async () => {
  const { sim } = await setStage();
  const tags = '[{"Key":"job","Value":null}]';
  const body = `{"SourceSnapshotName":"${source}","TargetSnapshotName":"nightly","KmsKeyId":null,"Tags":${tags}}`;

  const copied = await post(sim, body, { 'x-amz-target': 'AmazonMemoryDB.CopySnapshot' });
  const listed = await post(sim, '');

  expect([copied.status, listed.status]).toEqual([200, 200]);
  expect((await sim.snapshot('nightly'))?.tags).toEqual({ job: '' });
});

test('as lenient as the service: unknown members are ignored, doubtful names taken', async () => {
  const { sim, client } = await setStage();
  sim.set({ strict: false });

  const answer = await post(sim, '{"SnapshotNames":["a"]}');
  const copied = await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'automatic.by_hand' });

  expect(answer.status).toBe(200);
  expect(copied.Snapshot).toMatchObject({ Name: 'automatic.by_hand', Source: 'manual' });
  expect(await post(sim, '{"SnapshotName":3}')).toMatchObject({ body: { __type: 'SerializationException' } });
});

test('region, account and host are as told', async () => {
  const sim = await MemoryDBSimulator.start({ region: 'eu-central-1', accountId: '210987654321', host: 'localhost' });
  const client = new MemoryDB(sim.aws.memorydb);
  onTestFinished(async () => {
    client.destroy();
    await sim.close();
  });
  sim.addCluster('prod');
  sim.addSnapshot('manual', { cluster: 'prod' });

  const { Snapshots } = await client.describeSnapshots({});

  expect(sim.endpoint).toMatch(/^http:\/\/localhost:\d+$/);
  expect(Snapshots?.[0]?.ARN).toBe('arn:aws:memorydb:eu-central-1:210987654321:snapshot/manual');
});

test('an answer that the model does not allow is an internal failure, and the simulator says so at its end', async () => {
  const { sim, client } = await setStage();
  // @ts-expect-error a status is a word
  sim.setStatus(source, ['failed']);

  await expectRefusal(client.describeSnapshots({ SnapshotName: source }), 'InternalFailure', 500);

  await expect(sim.close()).rejects.toThrow(/an answer that DescribeSnapshots cannot give: .*Status: expected string/);
});
