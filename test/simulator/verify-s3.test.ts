import { describe, expect, test, vi } from 'vitest';
import { openBuckets } from '../../src/cli/verify/bucket';
import { bucket } from './stage';
import { setExported, startVerify, verify, verifyAsJson } from './verify-stage';
import { openWire, type Spoilt, type Wire } from './verify-wire';

// Each test starts several processes, which have to load the AWS SDK.

const address = `s3://${bucket}/nightly`;
const LISTING = /list-type=2/;
const MANIFEST = /manifest\.json/;
const HEAD_RANGE = /nightly-0001\.rdb.* bytes=0-/;

/** An export with its manifest, and a way to it that can be spoilt. */
async function setWire(): Promise<Awaited<ReturnType<typeof setExported>> & { readonly wire: Wire }> {
  const stage = await setExported();
  await stage.writeManifest();
  return { ...stage, wire: await openWire(stage.sim.endpoint) };
}

describe('an answer that breaks off in the middle', () => {
  test.each([
    ['a listing', LISTING],
    ['a manifest', MANIFEST],
    ['the head of an object', HEAD_RANGE],
  ])('is asked for again: %s', async (_, match) => {
    const { wire } = await setWire();
    const cut = wire.spoil('cut', match, 2);

    const { verdict, results } = await verifyAsJson(['--endpoint-url', wire.endpoint, '--level', 'header', address]);

    await cut;
    expect([verdict, results[0]?.objects.map((object) => object.verdict)]).toEqual([
      'unproven',
      ['unproven', 'unproven', 'unproven'],
    ]);
    expect(wire.asked.filter((line) => match.test(line))).toHaveLength(3);
  });

  test.each([
    ['a listing', LISTING, `s3://${bucket}`],
    ['a manifest', MANIFEST, `${address}.manifest.json`],
    ['an object', HEAD_RANGE, `${address}-0001.rdb`],
  ])('every time is exit code 2, and it says what happened: %s', async (_, match, name) => {
    const { wire } = await setWire();
    const cut = wire.spoil('cut', match, Infinity);

    const { code, stdout } = await verify(['-q', '--endpoint-url', wire.endpoint, '--level', 'header', address]);

    await cut;
    expect(code).toBe(2);
    expect(stdout).toContain(
      `${name} cannot be read, S3 does not answer as it should: check the network and --endpoint-url, or try again (ECONNRESET: `
    );
    expect(wire.asked.filter((line) => match.test(line))).toHaveLength(5);
  });
});

describe('an answer that stops in the middle', () => {
  const stallMs = 500;

  /** What the command asks of a bucket, with less patience. */
  async function setPlace() {
    const { wire, keys } = await setWire();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'somebody').stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const buckets = openBuckets({ endpointUrl: wire.endpoint, region: 'us-east-1' }, { stallMs, firstPauseMs: 1 });
    const place = buckets.open(bucket);
    const readHead = async () => {
      const [object] = await place.list('nightly-0001');
      if (object === undefined) throw new Error('no object of shard 0001');
      return place.open(object).read({ level: 'header', strict: false }, () => undefined);
    };
    const end = () => {
      buckets.close();
      vi.unstubAllEnvs();
    };
    const asks: Record<string, () => Promise<unknown>> = {
      'a listing': () => place.list('nightly-'),
      'a manifest': () => place.readText('nightly.manifest.json'),
      'an object': readHead,
    };
    return { wire, keys, asks, end };
  }

  test.each([
    ['a listing', LISTING],
    ['a manifest', MANIFEST],
    ['an object', HEAD_RANGE],
  ])('is asked for again, and given up if it always does: %s', async (what, match) => {
    const { wire, asks, end } = await setPlace();

    try {
      const whole = await asks[what]?.();
      const once = wire.spoil('stalled', match);
      expect(await asks[what]?.()).toEqual(whole);
      await once;
      void wire.spoil('stalled', match, Infinity);
      await expect(asks[what]?.()).rejects.toMatchObject({
        name: 'AccessError',
        message: expect.stringContaining(
          `S3 does not answer as it should: check the network and --endpoint-url, or try again (TimeoutError: nothing came from S3 for ${stallMs} ms)`
        ) as string,
      });
    } finally {
      end();
    }
  });

  test.each<[string, RegExp]>([
    ['a listing', LISTING],
    ['a manifest', MANIFEST],
    ['an object', HEAD_RANGE],
  ])('is left at once on a signal: %s', async (_, match) => {
    const { wire } = await setWire();
    const stalled = wire.spoil('stalled', match);
    const run = startVerify(['--endpoint-url', wire.endpoint, '--level', 'header', address]);
    await stalled;

    run.child.kill('SIGINT');

    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(run.stderr).toMatch(/^interrupted .*: no verdict\n$/);
  });
});

describe('a long listing', () => {
  const names = Array.from({ length: 2_500 }, (_, index) => `many-${String(index).padStart(4, '0')}`);

  async function listMany(how: Spoilt, match: RegExp, times: number) {
    const { sim } = await setExported();
    for (const name of names) sim.putObject(bucket, name, 'x');
    const wire = await openWire(sim.endpoint);
    void wire.spoil(how, match, times);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'somebody').stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const buckets = openBuckets(
      { endpointUrl: wire.endpoint, region: 'us-east-1' },
      { stallMs: 5_000, firstPauseMs: 1 }
    );
    try {
      const listed = await buckets.open(bucket).list('many-');
      return { asked: wire.asked.length, keys: listed.map(({ key }) => key) };
    } finally {
      buckets.close();
      vi.unstubAllEnvs();
    }
  }

  test('goes on where it was broken off', async () => {
    expect(await listMany('cut', /continuation-token/, 1)).toEqual({ asked: 4, keys: names });
  });

  test('is given up where it never goes on', async () => {
    await expect(listMany('cut', /continuation-token|start-after/, Infinity)).rejects.toThrow(/cannot be read/);
  });
});

test.each(['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])(
  'an endpoint of the environment is addressed by path: %s',
  async (variable) => {
    const { sim } = await setExported();
    const endpoint = sim.endpoint.replace('127.0.0.1', 'localhost');

    const run = startVerify(['-q', `${address}-0001.rdb`], { [variable]: endpoint });

    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(run.stdout).toBe('');
  }
);
