import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeSnapshotsCommand, MemoryDBClient } from '@aws-sdk/client-memorydb';
import { describe, expect, test } from 'vitest';
import { classifyFault, type FaultKind } from '../../src/aws/faults';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers }).end(body);
  };

describe('what the SDK itself throws for', () => {
  test.for<readonly [what: string, answer: Answer, name: string, kind: FaultKind]>([
    ['a declared error', answer(404, '{"__type":"SnapshotNotFoundFault"}'), 'SnapshotNotFoundFault', 'missing'],
    [
      'a declared error with its namespace',
      answer(400, '{"__type":"com.amazonaws.memorydb#InvalidSnapshotStateFault"}'),
      'InvalidSnapshotStateFault',
      'state',
    ],
    [
      'an error that is told by a header',
      answer(400, '{}', { 'x-amzn-errortype': 'ThrottlingException:http://docs' }),
      'ThrottlingException',
      'trouble',
    ],
    ['a short form', answer(400, '{"__type":"SnapshotQuotaExceeded"}'), 'SnapshotQuotaExceededFault', 'quota'],
    ['a new error', answer(400, '{"__type":"BrandNewFault"}'), 'BrandNewFault', 'unknown'],
    ['a new error of the service', answer(500, '{"__type":"BrandNewFault"}'), 'BrandNewFault', 'trouble'],
    ['a refusal without a name', answer(400, '{}'), 'Http400', 'unknown'],
    ['a gateway that speaks HTML', answer(502, '<html>Bad Gateway</html>'), 'Http502', 'trouble'],
    ['a gateway that says nothing', answer(503, ''), 'Http503', 'trouble'],
    ['an answer that is no JSON', answer(200, '<html>Sign in to this network</html>'), 'GarbledAnswer', 'trouble'],
    ['a connection that is dropped', (response) => response.destroy(), 'TimeoutError', 'trouble'],
    [
      'an answer that is cut',
      (response) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
      'ECONNRESET',
      'trouble',
    ],
    ['an answer that does not come', () => undefined, 'TimeoutError', 'trouble'],
  ])('%s', async ([, serve, name, kind]) => {
    const err = await whatIsThrownFor(serve);

    expect(classifyFault(err)).toMatchObject({ name, kind });
  });

  test('a port where nobody listens', async () => {
    const err = await describeAt('http://127.0.0.1:9');

    expect(classifyFault(err)).toMatchObject({ name: 'ECONNREFUSED', kind: 'trouble' });
  });

  test('an endpoint that is none', async () => {
    const err = await describeAt('no endpoint');

    expect(classifyFault(err)).toMatchObject({ name: 'TypeError', kind: 'client' });
  });

  test('credentials that cannot be had', async () => {
    const err = await describeAt('http://127.0.0.1:9', () => Promise.reject(named('CredentialsProviderError')));

    expect(classifyFault(err)).toMatchObject({ name: 'CredentialsProviderError', kind: 'access' });
  });
});

async function whatIsThrownFor(serve: Answer): Promise<unknown> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => serve(response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await describeAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function describeAt(
  endpoint: string,
  credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }> = () =>
    Promise.resolve({ accessKeyId: 'a', secretAccessKey: 's' })
): Promise<unknown> {
  const client = new MemoryDBClient({
    region: 'us-east-1',
    endpoint,
    credentials,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
  });
  try {
    return await client.send(new DescribeSnapshotsCommand({})).then(
      () => 'nothing was thrown',
      (err: unknown) => err
    );
  } finally {
    client.destroy();
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
