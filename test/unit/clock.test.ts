import type { RequestListener } from 'node:http';
import { CopySnapshotCommand, DescribeSnapshotsCommand, MemoryDBClient } from '@aws-sdk/client-memorydb';
import { HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemoryDB, openS3 } from '../../src/aws/clients';
import { classifyFault } from '../../src/aws/faults';
import { judgeFault } from '../../src/aws/judge-fault';
import { serve } from '../support/serve';

const COMMON = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };
const HOUR = 3_600_000;
const COPY = { SourceSnapshotName: 'a', TargetSnapshotName: 'b' };

/** A service whose clock is an hour ahead: it refuses what is signed by another time, by that name. */
async function serveAhead(
  name: string,
  ok: string
): Promise<{ readonly endpoint: string; readonly asked: () => number }> {
  let asked = 0;
  const answer: RequestListener = ({ headers, method, url }, response) => {
    asked += 1;
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? [];
    const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const date = { date: new Date(Date.now() + HOUR).toUTCString() };
    const isS3 = url !== '/';
    if (Math.abs(Date.now() + HOUR - signedAt) < 300_000) return void response.writeHead(200, date).end(ok);
    if (method === 'HEAD') return void response.writeHead(403, date).end();
    response.writeHead(403, { ...date, 'content-type': isS3 ? 'application/xml' : 'application/x-amz-json-1.1' });
    response.end(isS3 ? `<Error><Code>${name}</Code></Error>` : `{"__type":"${name}"}`);
  };
  return { endpoint: await serve(answer), asked: () => asked };
}

describe('a clock that is an hour off is corrected by one more try', () => {
  test.for(['RequestExpired', 'InvalidSignatureException', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch'])(
    'of MemoryDB, for %s: to read and to send',
    async (name) => {
      const { endpoint, asked } = await serveAhead(name, '{}');
      const sending = openMemoryDB({ ...COMMON, endpoint });
      const reading = openMemoryDB({ ...COMMON, endpoint });
      onTestFinished(() => [sending, reading].forEach((clients) => clients.close()));

      await sending.sends.send(new CopySnapshotCommand(COPY));
      await sending.sends.send(new CopySnapshotCommand(COPY));
      await reading.reads.send(new DescribeSnapshotsCommand({}));

      expect(asked()).toBe(2 + 1 + 2);
    }
  );

  test('of a ready-made client that tries nothing again', async () => {
    const { endpoint, asked } = await serveAhead('RequestExpired', '{}');
    const client = new MemoryDBClient({ ...COMMON, endpoint, maxAttempts: 1 });
    onTestFinished(() => client.destroy());

    await openMemoryDB(client).sends.send(new CopySnapshotCommand(COPY));

    expect(asked()).toBe(2);
  });

  test.for(['ours', 'ready-made'] as const)(
    'of S3, with a client that is %s: with and without a name',
    async (whose) => {
      const { endpoint, asked } = await serveAhead('RequestTimeTooSkewed', '<ListBucketResult/>');
      const open = () => {
        const config = { ...COMMON, endpoint, forcePathStyle: true, maxAttempts: 1 };
        const access = openS3(whose === 'ours' ? config : new S3Client(config));
        onTestFinished(() => access.close());
        return access.s3;
      };

      await open().send(new HeadBucketCommand({ Bucket: 'acme-backups' }));
      await open().send(new ListObjectsV2Command({ Bucket: 'acme-backups' }));

      expect(asked()).toBe(4);
    }
  );
});

test('a refusal of the time that lasts ends a job before acceptance, and is waited for after it; the hint names the clock', async () => {
  let asked = 0;
  const endpoint = await serve((_, response) => {
    asked += 1;
    response.writeHead(403, { 'content-type': 'application/x-amz-json-1.1' }).end('{"__type":"RequestExpired"}');
  });
  const clients = openMemoryDB({ ...COMMON, endpoint });
  onTestFinished(() => clients.close());

  const fault = classifyFault(await clients.reads.send(new DescribeSnapshotsCommand({})).catch((e: unknown) => e));

  expect(asked).toBe(2);
  expect(judgeFault(fault, 'none')).toMatchObject({
    verdict: 'final',
    hint: expect.stringContaining('clock') as string,
  });
  expect(judgeFault(fault, 'possible')).toMatchObject({ verdict: 'wait', pace: 'state' });
});

test('other refusals are not tried again', async () => {
  let asked = 0;
  const endpoint = await serve((_, response) => {
    asked += 1;
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end('{"__type":"AccessDeniedException"}');
  });
  const clients = openMemoryDB({ ...COMMON, endpoint });
  onTestFinished(() => clients.close());

  await expect(clients.sends.send(new CopySnapshotCommand(COPY))).rejects.toThrow();

  expect(asked).toBe(1);
});
