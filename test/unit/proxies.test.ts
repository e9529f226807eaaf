import { DescribeSnapshotsCommand } from '@aws-sdk/client-memorydb';
import { ListBucketsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openMemoryDB, openS3 } from '../../src/aws/clients';
import { MemoryDBSimulator } from '../../src/testing';
import { serveProxy } from '../support/serve-proxy';

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);

/** A host that nobody has: only a proxy finds it. */
const HOST = 'aws.acme.invalid';

/** A simulator that is at another host as well, behind a proxy. */
async function setStage() {
  const [proxy, sim] = await Promise.all([serveProxy(), MemoryDBSimulator.start()]);
  onTestFinished(() => sim.close());
  sim.addBucket('acme-backups');
  const { port } = new URL(sim.endpoint);
  const elsewhere = `${HOST}:${port}`;
  return { proxy, sim, port, elsewhere, behindProxy: { ...sim.aws.s3, endpoint: `http://${elsewhere}` } };
}

function listBuckets({ s3 }: { s3: S3Client }): Promise<unknown> {
  return s3.send(new ListBucketsCommand({}));
}

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a client goes through the proxy', () => {
  test.for(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])('that %s names', async (variable) => {
    const { proxy, behindProxy, elsewhere } = await setStage();
    vi.stubEnv(variable, proxy.url);
    const access = openS3(behindProxy);
    onTestFinished(() => access.close());

    await listBuckets(access);

    expect(proxy.asked).toEqual([`GET http://${elsewhere}/?x-id=ListBuckets`]);
  });

  test('with the body of what it sends, signed for the host it is for', async () => {
    const { proxy, sim, behindProxy } = await setStage();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const access = openS3(behindProxy);
    onTestFinished(() => access.close());

    await access.s3.send(new PutObjectCommand({ Bucket: 'acme-backups', Key: 'k', Body: 'some bytes' }));

    expect(await sim.object('acme-backups', 'k')).toMatchObject({ size: 10 });
  });

  test('of MemoryDB, too', async () => {
    const { proxy, sim, elsewhere } = await setStage();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const clients = openMemoryDB({ ...sim.aws.memorydb, endpoint: `http://${elsewhere}` });
    onTestFinished(() => clients.close());

    await clients.sends.send(new DescribeSnapshotsCommand({}));

    expect(proxy.asked).toEqual([`POST http://${elsewhere}/`]);
  });

  test('and opens as many connections to it as it would to the host', async () => {
    const { proxy, sim, behindProxy } = await setStage();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const access = openS3(behindProxy, { reads: 30 });
    onTestFinished(() => access.close());
    const hanging = sim.fail('ListBuckets', { connection: 'hang', times: 62 });

    const calls = Promise.all(Array.from({ length: 70 }, () => listBuckets(access)));
    await vi.waitFor(() => expect(hanging.hits).toBe(62), { timeout: 20_000 });
    hanging.release();
    await calls;

    expect(proxy.mostConnections()).toBe(62);
  });
});

describe('a client goes by itself', () => {
  test.for(['127.0.0.1', 'localhost'])('to %s: this machine needs no proxy', async (host) => {
    const { proxy, sim, port } = await setStage();
    vi.stubEnv('HTTP_PROXY', proxy.url).stubEnv('ALL_PROXY', proxy.url);
    const access = openS3({ ...sim.aws.s3, endpoint: `http://${host}:${port}` });
    onTestFinished(() => access.close());

    await listBuckets(access);

    expect(proxy.asked).toEqual([]);
  });

  test.for([
    ['NO_PROXY', HOST],
    ['no_proxy', '.acme.invalid'],
    ['NO_PROXY', 'localhost, *.invalid'],
    ['NO_PROXY', '*'],
  ] as const)('where %s is %s', async ([variable, value]) => {
    const { proxy, behindProxy } = await setStage();
    vi.stubEnv('HTTP_PROXY', proxy.url).stubEnv(variable, value);
    const access = openS3(behindProxy);
    onTestFinished(() => access.close());

    await expect(listBuckets(access)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });

    expect(proxy.asked).toEqual([]);
  });

  test('where the proxy is one for https alone', async () => {
    const { proxy, behindProxy } = await setStage();
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const access = openS3(behindProxy);
    onTestFinished(() => access.close());

    await expect(listBuckets(access)).rejects.toThrow();

    expect(proxy.asked).toEqual([]);
  });
});

test.for(['socks5://user:secret@proxy:1080', 'ftp://user:secret@proxy', 'http://user:secret@:-1'])(
  'a proxy that cannot be used is refused, and its password is not shown: %s',
  async (value) => {
    const { behindProxy } = await setStage();
    vi.stubEnv('HTTP_PROXY', value);
    const access = openS3(behindProxy);
    onTestFinished(() => access.close());

    const refusal = await listBuckets(access).catch((error: unknown) => String(error));

    expect(refusal).toMatch(
      /^TypeError: the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names.*use a URL such as http:/
    );
    expect(refusal).not.toContain('secret');
  }
);
