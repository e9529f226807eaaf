import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSnapshotsCommand, MemoryDBClient, type MemoryDBClientConfig } from '@aws-sdk/client-memorydb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { classifyFault, type Fault } from '../../src/aws/faults';
import { judgeFault } from '../../src/aws/judge-fault';
import { classifyS3Fault } from '../../src/aws/s3-faults';
import { listen, serve } from '../support/serve';
import { ELSEWHERE, EXPIRED, HERE, serveTls, type Certificate } from '../support/serve-tls';

type ClientConfig = Pick<MemoryDBClientConfig, 'endpoint' | 'requestHandler'>;

const KEYS = { accessKeyId: 'a', secretAccessKey: 's' };

/** What both services make of a fault on the way to them. */
async function faultsAt(
  config: ClientConfig,
  login: Pick<MemoryDBClientConfig, 'credentials'> = { credentials: KEYS }
): Promise<{ readonly memorydb: Fault; readonly s3: unknown }> {
  const common = { region: 'us-east-1', maxAttempts: 1, ...login, ...config };
  const memorydb = new MemoryDBClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  onTestFinished(() => {
    memorydb.destroy();
    s3.destroy();
  });
  return {
    memorydb: classifyFault(await errorOf(memorydb.send(new DescribeSnapshotsCommand({})))),
    s3: classifyS3Fault(await errorOf(s3.send(new ListObjectsV2Command({ Bucket: 'acme-backups' })))),
  };
}

function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'nothing was thrown',
    (error: unknown) => error
  );
}

const answerNothing = () => undefined;

describe('a connection that cannot be trusted', () => {
  const trusting = (certificate: Certificate) => ({
    requestHandler: { httpsAgent: new Agent({ ca: certificate.cert }) },
  });

  test.for<readonly [what: string, code: string, open: () => Promise<ClientConfig>]>([
    [
      'a certificate that signed itself',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      async () => ({ endpoint: await serveTls(HERE, answerNothing) }),
    ],
    [
      'a certificate of another name',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      async () => ({ endpoint: await serveTls(ELSEWHERE, answerNothing), ...trusting(ELSEWHERE) }),
    ],
    [
      'a certificate that has expired',
      'CERT_HAS_EXPIRED',
      async () => ({ endpoint: await serveTls(EXPIRED, answerNothing), ...trusting(EXPIRED) }),
    ],
    [
      'a port that speaks HTTP',
      'EPROTO',
      async () => ({ endpoint: (await serve(answerNothing)).replace('http:', 'https:') }),
    ],
  ])('%s', async ([, code, open]) => {
    const { memorydb, s3 } = await faultsAt(await open());

    expect(memorydb).toMatchObject({
      name: 'TlsError',
      kind: 'tls',
      message: expect.stringContaining(code) as string,
      hint: expect.stringMatching(/host name.*CA.*NODE_EXTRA_CA_CERTS/s) as string,
    });
    expect(s3).toMatchObject({ name: 'TlsError', meaning: 'tls' });
    expect([judgeFault(memorydb, 'none').verdict, judgeFault(memorydb, 'possible')]).toEqual([
      'final',
      expect.objectContaining({ verdict: 'wait', pace: 'state' }),
    ]);
  });
});

describe('a file that cannot be read', () => {
  test.for([
    ['is not there', 'ENOENT', 'token'],
    ['is a folder', 'EISDIR', ''],
  ] as const)('the token file %s: the credentials, and the hint names the file', async ([, code, file]) => {
    const folder = mkdtempSync(join(tmpdir(), 'token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const nowhere = join(folder, 'nowhere');
    for (const [name, value] of Object.entries({
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, file),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x',
      AWS_CONFIG_FILE: nowhere,
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_PROFILE: undefined,
    })) {
      vi.stubEnv(name, value);
    }
    onTestFinished(() => void vi.unstubAllEnvs());

    const { memorydb, s3 } = await faultsAt({}, {});

    expect(memorydb).toMatchObject({
      name: 'CredentialsProviderError',
      kind: 'access',
      message: expect.stringContaining(code) as string,
      hint: expect.stringContaining('file that the message names') as string,
    });
    expect(s3).toMatchObject({ name: 'CredentialsProviderError', meaning: 'access' });
  });
});

describe('what breaks on the way', () => {
  test('a port that does not speak HTTP gives a garbled answer', async () => {
    const port = await listenForAnything('220 mail.example ESMTP\r\n');

    const { memorydb, s3 } = await faultsAt({ endpoint: `http://127.0.0.1:${port}` });

    expect(memorydb).toMatchObject({ name: 'GarbledAnswer', kind: 'trouble' });
    expect(s3).toMatchObject({ name: 'GarbledAnswer', meaning: 'trouble' });
  });

  test.for(['ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETDOWN', 'ERR_STREAM_PREMATURE_CLOSE'])(
    '%s is the network',
    (code) => {
      expect(classifyFault(coded(code))).toMatchObject({ name: code, kind: 'trouble' });
      expect(classifyS3Fault(new Error('wrapped', { cause: coded(code) }))).toMatchObject({ meaning: 'trouble' });
    }
  );

  test('all addresses of a host that refuse are the network', () => {
    const error = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);

    expect(classifyFault(error)).toMatchObject({ name: 'ECONNREFUSED', kind: 'trouble' });
  });

  test.for(['EXDEV', 'ENOENT', 'ERR_INVALID_ARG_VALUE', 'ERR_ASSERTION'])(
    '%s of something else is a wrong set-up, and not the network',
    (code) => {
      expect(classifyFault(coded(code))).toMatchObject({ name: 'ClientError', kind: 'client' });
    }
  );
});

describe('an answer of something that is not the service', () => {
  test.for([
    [403, 'text/html', 'gateway'],
    [404, 'text/html', 'gateway'],
    [407, 'text/html', 'gateway'],
    [407, undefined, 'gateway'],
    [400, 'text/plain', 'gateway'],
    [403, 'application/json', 'gateway'],
    [408, 'text/html', 'trouble'],
    [429, 'text/html', 'trouble'],
    [500, 'text/html', 'trouble'],
    [503, 'text/html', 'trouble'],
    [501, 'text/html', 'unsupported'],
  ] as const)('%s, %s: its status and content type are told', async ([status, type, kind]) => {
    const endpoint = await serve((_, response) =>
      response.writeHead(status, type && { 'content-type': `${type}; charset=utf-8` }).end('<!doctype html><p>No<br>')
    );

    const { memorydb, s3 } = await faultsAt({ endpoint });

    const name = kind === 'unsupported' ? 'NotImplemented' : `Http${status}`;
    const message = `HTTP ${status}${type ? `, ${type}` : ''}`;
    expect(memorydb).toMatchObject({ name, kind, message });
    expect(s3).toMatchObject({ name, meaning: kind, message });
  });

  test('a page with status 200 is garbled', async () => {
    const endpoint = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Sign in<br>')
    );

    const { memorydb, s3 } = await faultsAt({ endpoint });

    expect(memorydb).toMatchObject({ name: 'GarbledAnswer', kind: 'trouble', message: 'HTTP 200, text/html' });
    expect(s3).toMatchObject({ name: 'GarbledAnswer', meaning: 'trouble', message: 'HTTP 200, text/html' });
  });

  test('of a proxy that asks for a login, the hint names the proxy', () => {
    const fault = classifyFault(Object.assign(new SyntaxError('<'), { $metadata: { httpStatusCode: 407 } }));

    expect(fault.hint).toContain('HTTPS_PROXY');
  });
});

function coded(code: string): Error {
  return Object.assign(new Error(`it failed: ${code}`), { code });
}

/** A server that says something at once, and is no HTTP server. */
function listenForAnything(greeting: string): Promise<number> {
  return listen(createServer((socket) => socket.on('error', () => undefined).end(greeting)));
}
