import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../support/serve';
import { serveProxy } from '../support/serve-proxy';
import { ELSEWHERE } from '../support/serve-tls';
import { bucket } from './stage';
import { setExported, startVerify } from './verify-stage';

// How the command finds S3, from what users have set for AWS and the network. Each test starts a process.

const address = `s3://${bucket}/nightly-0001.rdb`;

async function verifyWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const run = startVerify([...args, '--level', 'checksum', address], env);
  run.child.stdin.end();
  const { code } = await run.exited;
  return { code, output: run.stdout + run.stderr };
}

/** Writes a file that is gone when the test is. */
function writeFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return path;
}

function writeProfile(text: string): NodeJS.ProcessEnv {
  return { AWS_CONFIG_FILE: writeFile(text), AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials' };
}

test.for<readonly [where: string, env: (endpoint: string) => NodeJS.ProcessEnv]>([
  ['in AWS_ENDPOINT_URL_S3', (endpoint) => ({ AWS_ENDPOINT_URL_S3: endpoint })],
  ['in AWS_ENDPOINT_URL', (endpoint) => ({ AWS_ENDPOINT_URL: endpoint })],
  ['in the default profile', (endpoint) => writeProfile(`[default]\nendpoint_url = ${endpoint}\n`)],
  [
    'in a profile of that name',
    (endpoint) => ({
      ...writeProfile(
        `[profile minio]\nendpoint_url = ${endpoint}\naws_access_key_id = a\naws_secret_access_key = b\n`
      ),
      AWS_PROFILE: 'minio',
    }),
  ],
  [
    'under services of the profile',
    (endpoint) => writeProfile(`[default]\nservices = minio\n\n[services minio]\ns3 =\n  endpoint_url = ${endpoint}\n`),
  ],
])('an endpoint %s is addressed by path', async ([, envOf]) => {
  const { sim } = await setExported();

  const { code, output } = await verifyWith(envOf(sim.endpoint.replace('127.0.0.1', 'localhost')));

  expect(output).toContain('verified');
  expect(code).toBe(0);
});

test('S3 is reached through a proxy', async () => {
  const { sim } = await setExported();
  const proxy = await serveProxy();
  const { port } = new URL(sim.endpoint);

  const { code, output } = await verifyWith(
    { HTTP_PROXY: proxy.url },
    '--endpoint-url',
    `http://s3.acme.invalid:${port}`
  );

  expect(output).toContain('verified');
  expect(code).toBe(0);
  expect(proxy.asked).toContainEqual(
    expect.stringContaining(`GET http://s3.acme.invalid:${port}/${bucket}/nightly-0001.rdb`)
  );
});

test('S3 is reached through a tunnel of the proxy where it speaks https', async () => {
  const { sim } = await setExported();
  const proxy = await serveProxy();
  const { port: behind } = new URL(sim.endpoint);
  const port = await listen(
    createTlsServer({ ...ELSEWHERE }, (socket) =>
      pipeline(socket, connect(Number(behind), '127.0.0.1'), socket, () => undefined)
    )
  );
  const endpoint = `https://other.example:${port}`;
  const env = {
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: 'http://127.0.0.1:1',
    NODE_EXTRA_CA_CERTS: writeFile(ELSEWHERE.cert),
  };

  const { code, output } = await verifyWith(env, '--endpoint-url', endpoint);

  expect(output).toContain('verified');
  expect(code).toBe(0);
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT other.example:${port}`]));
});
