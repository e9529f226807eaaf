import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadAnswer } from '../../src/aws/common-faults';
import { listObjects } from '../../src/aws/listing';
import { judgeS3Fault } from '../../src/aws/judge-s3-fault';
import { classifyS3Fault, KNOWN_S3_NAMES, type S3Fault, type S3Meaning } from '../../src/aws/s3-faults';

type Answer = (response: ServerResponse) => void;
type Row = readonly [what: string, answer: Answer, name: string, meaning: S3Meaning];

const PLACE = { Bucket: 'acme-backups', Key: 'nightly-0001.rdb' };
const ELSEWHERE = { 'x-amz-bucket-region': 'eu-west-1' };

/** As S3 answers HEAD: a status and headers, and nothing that names the error. */
const bare =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end();

/** As S3 answers everything else. */
const xml =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/xml', ...headers })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);

describe('what the SDK throws for an answer to HEAD, which has no body, means by its status', () => {
  test.for<Row>([
    ['301', bare(301, ELSEWHERE), 'Http301', 'wrong region'],
    ['307', bare(307, ELSEWHERE), 'Http307', 'wrong region'],
    ['400 with the region of the bucket', bare(400, ELSEWHERE), 'Http400', 'wrong region'],
    ['400', bare(400), 'Http400', 'access'],
    ['403', bare(403), 'Http403', 'access'],
    ['403 with the region, as for the bucket of another account', bare(403, ELSEWHERE), 'Http403', 'access'],
    ['404', bare(404), 'Http404', 'missing'],
    ['405', bare(405), 'NotImplemented', 'unsupported'],
    ['409', bare(409), 'Http409', 'trouble'],
    ['412', bare(412), 'Http412', 'replaced'],
    ['416', bare(416), 'Http416', 'empty'],
    ['429', bare(429), 'Http429', 'trouble'],
    ['500', bare(500), 'Http500', 'trouble'],
    ['501', bare(501), 'NotImplemented', 'unsupported'],
    ['503', bare(503), 'Http503', 'trouble'],
  ])('%s', async ([, serve, name, meaning]) => {
    const err = await whatIsThrownFor(serve, (s3) => s3.send(new HeadObjectCommand(PLACE)));

    expect(classifyS3Fault(err)).toMatchObject({ name, meaning });
  });
});

describe('what the SDK throws for an answer that names the error', () => {
  test.for<Row>([
    ['no such bucket', xml(404, 'NoSuchBucket'), 'NoSuchBucket', 'missing'],
    ['no such key', xml(404, 'NoSuchKey'), 'NoSuchKey', 'missing'],
    ['no such version', xml(404, 'NoSuchVersion'), 'NoSuchVersion', 'missing'],
    ['a redirect', xml(301, 'PermanentRedirect', ELSEWHERE), 'PermanentRedirect', 'wrong region'],
    [
      'a signature for another region',
      xml(400, 'AuthorizationHeaderMalformed', ELSEWHERE),
      'AuthorizationHeaderMalformed',
      'wrong region',
    ],
    ['a signature that is none', xml(400, 'AuthorizationHeaderMalformed'), 'AuthorizationHeaderMalformed', 'client'],
    ['a missing permission', xml(403, 'AccessDenied'), 'AccessDenied', 'access'],
    ['a key that nobody knows', xml(403, 'InvalidAccessKeyId'), 'InvalidAccessKeyId', 'access'],
    ['a clock that is wrong', xml(403, 'RequestTimeTooSkewed'), 'RequestTimeTooSkewed', 'clock'],
    ['an expired login, though 400', xml(400, 'ExpiredToken'), 'ExpiredToken', 'access'],
    ['an expired login, with a region', xml(400, 'ExpiredToken', ELSEWHERE), 'ExpiredToken', 'access'],
    ['a condition that does not hold', xml(412, 'PreconditionFailed'), 'PreconditionFailed', 'replaced'],
    ['a range of nothing', xml(416, 'InvalidRange'), 'InvalidRange', 'empty'],
    ['another write under way', xml(409, 'ConditionalRequestConflict'), 'ConditionalRequestConflict', 'trouble'],
    ['too many requests', xml(503, 'SlowDown'), 'SlowDown', 'trouble'],
    ['a slow upload, though 400', xml(400, 'RequestTimeout'), 'RequestTimeout', 'trouble'],
    ['an error of S3', xml(500, 'InternalError'), 'InternalError', 'trouble'],
    ['an error in an answer that began as a success', xml(200, 'InternalError'), 'InternalError', 'trouble'],
    ['what S3 does not know', xml(501, 'NotImplemented'), 'NotImplemented', 'unsupported'],
    ['what LocalStack does not know', xml(501, 'InternalFailure'), 'NotImplemented', 'unsupported'],
    ['a method that is not allowed', xml(405, 'MethodNotAllowed'), 'MethodNotAllowed', 'unsupported'],
    ['an archived object, though 403', xml(403, 'InvalidObjectState'), 'InvalidObjectState', 'archived'],
    ['a key that is disabled', xml(400, 'KMS.DisabledException'), 'KMS.DisabledException', 'access'],
    ['an error of KMS that nobody knows, 400', xml(400, 'KMS.BrandNew'), 'KMS.BrandNew', 'client'],
    [
      'a name of MemoryDB, which is a stranger here',
      xml(400, 'SnapshotNotFoundFault'),
      'SnapshotNotFoundFault',
      'client',
    ],
    ['a new name, 400', xml(400, 'BrandNew'), 'BrandNew', 'client'],
    ['a new name, 404', xml(404, 'BrandNew'), 'BrandNew', 'missing'],
    ['a new name, 503', xml(503, 'BrandNew'), 'BrandNew', 'trouble'],
  ])('%s', async ([, serve, name, meaning]) => {
    const err = await whatIsThrownFor(serve, (s3) => s3.send(new ListObjectsV2Command({ Bucket: PLACE.Bucket })));

    expect(classifyS3Fault(err)).toMatchObject({ name, meaning });
  });
});

describe('what the SDK throws where the path is to blame', () => {
  const gateway = (response: ServerResponse) => response.writeHead(502).end('Bad Gateway');
  const cut = (response: ServerResponse) =>
    response.writeHead(200, { 'content-length': '99' }).write('REDIS', () => response.destroy());

  test.for<Row>([
    ['a gateway', gateway, 'Http502', 'trouble'],
    ['a connection that is dropped', (response) => response.destroy(), 'TimeoutError', 'trouble'],
    ['an answer that does not come', () => undefined, 'TimeoutError', 'trouble'],
    ['a body that is cut', cut, 'ECONNRESET', 'trouble'],
  ])('%s', async ([, serve, name, meaning]) => {
    const read = async (s3: S3Client) => {
      const { Body: body } = await s3.send(new GetObjectCommand(PLACE));
      return body?.transformToByteArray();
    };

    expect(classifyS3Fault(await whatIsThrownFor(serve, read))).toMatchObject({ name, meaning });
  });

  const page = (text: string) => (response: ServerResponse) => response.writeHead(200).end(text);

  test.for([
    ['nothing at all', page('')],
    ['a page of a proxy', page('<!doctype html><html><body>Sign in</body></html>')],
    ['a page of a proxy that is no XML', page('<!doctype html><p>Sign in<br></html>')],
    ['a text', page('Sign in')],
    ['a listing that is cut', page('<?xml version="1.0"?><ListBucketResult><KeyCount>1</KeyCount><Contents><Key>nig')],
    ['an answer to something else', page('<?xml version="1.0"?><Tagging><TagSet></TagSet></Tagging>')],
  ] as const)('%s, with status 200, is no empty listing', async ([, serve]) => {
    const list = (s3: S3Client) => listObjects({ s3, name: PLACE.Bucket, owner: undefined }, 'nightly-');

    expect(classifyS3Fault(await whatIsThrownFor(serve, list))).toMatchObject({ meaning: 'trouble' });
  });

  test('a port where nobody listens', async () => {
    const err = await whatIsThrownBy('http://127.0.0.1:9', (s3) => s3.send(new HeadObjectCommand(PLACE)));

    expect(classifyS3Fault(err)).toMatchObject({ name: 'ECONNREFUSED', meaning: 'trouble' });
  });
});

describe('what never came from S3', () => {
  test.for<readonly [what: string, err: unknown, name: string, meaning: S3Meaning]>([
    ['an answer that cannot be right', new BadAnswer('x'), 'BadAnswer', 'trouble'],
    ['credentials that cannot be had', named('CredentialsProviderError'), 'CredentialsProviderError', 'access'],
    ['a bug of ours', new TypeError('x is not a function'), 'TypeError', 'client'],
    ['an aborted call', named('AbortError'), 'AbortError', 'client'],
    ['a plain error', new Error('something'), 'ClientError', 'client'],
    ['what is no error', 'something', 'ClientError', 'client'],
    ['nothing', undefined, 'ClientError', 'client'],
    ['a response that is none', Object.assign(new Error('x'), { $response: null }), 'ClientError', 'client'],
  ])('%s', ([, err, name, meaning]) => {
    expect(classifyS3Fault(err)).toMatchObject({ name, meaning });
  });
});

describe('a fault of S3', () => {
  test('tells name, message, status, request and region, and no more', () => {
    const err = s3Error('AccessDenied', 403, 'not yours', ELSEWHERE);

    expect(classifyS3Fault(err)).toEqual({
      name: 'AccessDenied',
      message: 'not yours',
      meaning: 'access',
      httpStatus: 403,
      requestId: 'r-1',
      bucketRegion: 'eu-west-1',
    });
    expect(classifyS3Fault(named('AbortError'))).toEqual({
      name: 'AbortError',
      message: 'AbortError',
      meaning: 'client',
    });
  });

  test('means what its status says where the name says nothing, whatever the message', () => {
    const statuses = fc.oneof(
      fc.constantFrom(301, 307, 403, 404, 409, 412, 416, 429),
      fc.integer({ min: 300, max: 599 })
    );
    const messages = fc.oneof(fc.string(), fc.constantFrom('NoSuchKey', 'SlowDown', 'AccessDenied'));
    fc.assert(
      fc.property(fc.string(), statuses, messages, (name, status, message) => {
        fc.pre(!KNOWN_S3_NAMES.includes(name) && !NAMELESS.includes(name));

        expect(classifyS3Fault(s3Error(name, status, message)).meaning).toBe(meaningOf(status));
      })
    );
  });
});

describe('what a fault of S3 leads to, before anything was accepted and after it', () => {
  test.for<readonly [meaning: S3Meaning, before: string, after: string]>([
    ['missing', 'InvalidRequest', 'InvalidRequest'],
    ['wrong region', 'InvalidRequest', 'InvalidRequest'],
    ['access', 'SomeName', 'wait: state'],
    ['clock', 'SomeName', 'wait: state'],
    ['tls', 'SomeName', 'wait: state'],
    ['gateway', 'SomeName', 'wait: state'],
    ['unsupported', 'SomeName', 'SomeName'],
    ['archived', 'SomeName', 'SomeName'],
    ['replaced', 'wait: throttled', 'wait: throttled'],
    ['empty', 'wait: throttled', 'wait: throttled'],
    ['trouble', 'wait: throttled', 'wait: throttled'],
    ['client', 'SomeName', 'SomeName'],
  ])('%s: %s, and %s', ([meaning, before, after]) => {
    expect([outcome(faultOf({ meaning }), 'none'), outcome(faultOf({ meaning }), 'possible')]).toEqual([before, after]);
  });

  test('names the bucket, the region and the request', () => {
    const fault = faultOf({ meaning: 'wrong region', bucketRegion: 'eu-west-1', requestId: 'r-1' });

    expect(judgeS3Fault(fault, 'none', 'acme-backups')).toEqual({
      verdict: 'final',
      type: 'InvalidRequest',
      message: 'the bucket acme-backups: SomeName: no (it is in eu-west-1)',
      hint: expect.stringContaining("the snapshot's own region") as string,
      requestId: 'r-1',
    });
    expect(judgeS3Fault(faultOf({ meaning: 'trouble' }), 'none', 'acme-backups')).toEqual({
      verdict: 'wait',
      pace: 'throttled',
      reason: 'SomeName',
      message: 'the bucket acme-backups: SomeName: no',
      hint: expect.any(String) as string,
    });
  });

  test('what names no error is told by its status', () => {
    const fault = faultOf({ name: 'Http403', message: 'HTTP 403', meaning: 'access', httpStatus: 403 });

    expect(judgeS3Fault(fault, 'none', 'b')).toMatchObject({
      type: 'InvalidRequest',
      message: 'the bucket b: HTTP 403',
    });
    expect(judgeS3Fault(fault, 'possible', 'b')).toMatchObject({ reason: 'Http403' });
  });

  test('a bucket that is not there is told as that', () => {
    const fault = faultOf({ name: 'Http404', message: 'HTTP 404', meaning: 'missing', httpStatus: 404 });

    expect(judgeS3Fault(fault, 'none', 'shop-exportz')).toMatchObject({
      type: 'InvalidRequest',
      message: 'there is no bucket shop-exportz',
    });
  });

  test('has a hint of its own for each meaning', () => {
    const meanings: S3Meaning[] = [
      'missing',
      'wrong region',
      'access',
      'clock',
      'tls',
      'gateway',
      'unsupported',
      'archived',
      'trouble',
      'client',
    ];

    const hints = meanings.map((meaning) => judgeS3Fault(faultOf({ meaning }), 'none', 'b').hint);

    expect(new Set(hints).size).toBe(meanings.length);
  });
});

/** The names by which the SDK says that an answer has none. */
const NAMELESS = ['Error', 'Unknown', 'UnknownError', ''];

/** S3's statuses as the design lists them; all other refusals are a bug or a wrong set-up. */
function meaningOf(status: number): S3Meaning {
  if (status === 301 || status === 307) return 'wrong region';
  if (status === 401 || status === 403) return 'access';
  if (status === 501) return 'unsupported';
  if (status === 404) return 'missing';
  if (status === 412) return 'replaced';
  if (status === 416) return 'empty';
  return status === 409 || status === 429 || status >= 500 ? 'trouble' : 'client';
}

function outcome(fault: S3Fault, acceptance: 'none' | 'possible'): string {
  const verdict = judgeS3Fault(fault, acceptance, 'acme-backups');
  return verdict.verdict === 'wait' ? `wait: ${verdict.pace}` : verdict.type;
}

function faultOf(fault: Partial<S3Fault> & Pick<S3Fault, 'meaning'>): S3Fault {
  return { name: 'SomeName', message: 'no', ...fault };
}

/** An error as the SDK throws it for an answer of S3. */
function s3Error(name: string, httpStatusCode: number, message: string, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: 'client',
    $metadata: { httpStatusCode, requestId: 'r-1' },
    $response: { headers },
  });
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

async function whatIsThrownFor(serve: Answer, call: (s3: S3Client) => Promise<unknown>): Promise<unknown> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => serve(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await whatIsThrownBy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, call);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function whatIsThrownBy(endpoint: string, call: (s3: S3Client) => Promise<unknown>): Promise<unknown> {
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
  });
  try {
    return await call(s3).then(
      () => 'nothing was thrown',
      (err: unknown) => err
    );
  } finally {
    s3.destroy();
  }
}
