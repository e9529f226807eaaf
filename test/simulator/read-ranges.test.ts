import type { IncomingMessage, RequestListener } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readText, type Bucket } from '../../src/aws/bucket';
import { openS3 } from '../../src/aws/clients';
import type { PinnedObject } from '../../src/aws/pinned-object';
import { readRanges, type ReadRangesOptions } from '../../src/aws/read-ranges';
import type { S3Meaning } from '../../src/aws/s3-faults';
import type { Fault } from '../../src/testing/scripted-faults';
import { serve } from '../support/serve';
import { expectFault, makeBytes, name, setReadingStage, type ReadingStage } from './reading-stage';

const bytes = makeBytes(1_000_000);
/** Ten ranges of an object, and no waiting for what is to go wrong. */
const brisk: ReadRangesOptions = { rangeBytes: 100_000, firstPauseMs: 1 };

async function setObjectStage(
  ...config: Parameters<typeof setReadingStage>
): Promise<ReadingStage & { readonly object: PinnedObject }> {
  const stage = await setReadingStage(...config);
  stage.sim.putObject(name, 'k', bytes);
  return { ...stage, object: await stage.pin('k') };
}

async function readAll(bucket: Bucket, object: PinnedObject, options: ReadRangesOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRanges(bucket, object, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const rangesOf = ({ sim }: ReadingStage): (string | undefined)[] =>
  sim.callsTo('GetObject').map(({ input }) => input.Range);

describe('bytes', () => {
  test.each<[ReadRangesOptions, calls: number]>([
    [{}, 1],
    [{ rangeBytes: 1_000_000 }, 1],
    [{ rangeBytes: 999_999 }, 2],
    [{ rangeBytes: 70_001, inFlight: 1 }, 15],
    [{ rangeBytes: 70_001, inFlight: 20 }, 15],
    [{ rangeBytes: 100_000, from: 123_456 }, 9],
    [{ from: 999_999 }, 1],
    [{ from: 1_000_000 }, 0],
  ])('are all there and in order: %j', async (options, calls) => {
    const stage = await setObjectStage();

    const read = await readAll(stage.bucket, stage.object, options);

    expect(read.equals(bytes.subarray(options.from))).toBe(true);
    expect(rangesOf(stage)).toHaveLength(calls);
  });

  test('are asked for by range, of the object that was seen, in the bucket of its owner', async () => {
    const { bucket, object, sim } = await setObjectStage();

    await readAll(bucket, object, { rangeBytes: 400_000, inFlight: 1 });

    const common = { Bucket: name, Key: 'k', IfMatch: object.etag, ExpectedBucketOwner: '123456789012' };
    expect(sim.callsTo('GetObject').map(({ input }) => input)).toEqual(
      ['bytes=0-399999', 'bytes=400000-799999', 'bytes=800000-999999'].map((Range) => ({ ...common, Range }))
    );
  });

  test('of a range are given out while its rest is still to come', async () => {
    const { bucket, object, sim } = await setObjectStage();
    sim.fail('GetObject', { cutAfter: 150_000 });
    const rest = sim.fail('GetObject', { connection: 'hang' });
    const reading = readRanges(bucket, object, { ...brisk, rangeBytes: 1_000_000 });

    let length = 0;
    while (length < 150_000) length += (await reading.next()).value?.length ?? NaN;
    await rest.hit;
    expect(length).toBe(150_000);
    await reading.return();
  });

  test('wait in memory for no more than the ranges in flight', async () => {
    const { bucket, object, sim } = await setObjectStage();
    const ahead: number[] = [];
    let received = 0;

    for await (const chunk of readRanges(bucket, object, { ...brisk, inFlight: 3 })) {
      received += chunk.length;
      await turn(); // a range too many would be asked for by now
      ahead.push(sim.callsTo('GetObject').length - Math.floor((received - 1) / 100_000));
    }

    expect(Math.max(...ahead)).toBe(3);
    expect(received).toBe(bytes.length);
  });

  test('of later ranges come while the first one hangs', async () => {
    const { bucket, object, sim } = await setObjectStage();
    const first = sim.fail('GetObject', { connection: 'hang', match: ({ Range }) => Range === 'bytes=0-99999' });

    const read = readAll(bucket, object, { ...brisk, inFlight: 4 });
    await sim.calledTimes('GetObject', 4);
    first.release();

    expect((await read).equals(bytes)).toBe(true);
  });
});

describe('trouble', () => {
  const quick = { stallMs: 2_000 };
  test.each<[string, Fault, again: string, options?: ReadRangesOptions]>([
    ['a body that is cut', { cutAfter: 34_567 }, 'bytes=534567-599999'],
    ['a connection that is dropped', { connection: 'drop' }, 'bytes=500000-599999'],
    ['an answer that never comes', { connection: 'hang' }, 'bytes=500000-599999', quick],
    ['a body that stalls', { pieceDelayMs: 5_000 }, 'bytes=500000-599999', quick],
    ['an overload', { error: 'SlowDown' }, 'bytes=500000-599999'],
    ['an error of the service', { error: 'InternalError' }, 'bytes=500000-599999'],
    ['a bare 502', { httpStatus: 502 }, 'bytes=500000-599999'],
    ['half a range', { garbled: true, when: 'after' }, 'bytes=500000-599999'],
  ])('%s: the range is asked for again from where it stood', async (_, fault, again, options) => {
    const stage = await setObjectStage();
    stage.sim.fail('GetObject', { ...fault, match: ({ Range }) => Range === 'bytes=500000-599999' });

    const read = await readAll(stage.bucket, stage.object, { ...brisk, ...options, inFlight: 1 });

    expect(read.equals(bytes)).toBe(true);
    // The other ranges may be asked for again, too, where this process pauses for longer than the stall limit.
    const ofThisOne = rangesOf(stage).filter((range) => range?.endsWith('-599999'));
    expect(ofThisOne).toEqual(['bytes=500000-599999', again]);
  });

  test.each([
    ['fewer', -3],
    ['more', 3],
  ])('an answer of %s bytes than it says: the range is asked for again', async (_, surplus) => {
    const asked: string[] = [];
    const { bucket } = await setReadingStage({
      endpoint: await serve((request, response) => {
        const { range = '' } = request.headers;
        const [from = 0, last = 0] = range.match(/\d+/g)?.map(Number) ?? [];
        const end = last + 1 + (asked.push(range) === 1 ? surplus : 0);
        response.writeHead(206, { 'content-range': `bytes ${from}-${last}/1000`, 'content-length': end - from });
        response.end(bytes.subarray(from, end));
      }),
    });

    const read = await readAll(bucket, { key: 'k', size: 1_000, etag: '"e"' }, { rangeBytes: 500, firstPauseMs: 1 });

    expect(read.equals(bytes.subarray(0, 1_000))).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test('is borne for ever while bytes come in between', async () => {
    const stage = await setObjectStage();
    const cuts = stage.sim.fail('GetObject', { cutAfter: 50_000, times: 12 });

    const read = await readAll(stage.bucket, stage.object, { ...brisk, rangeBytes: 1_000_000 });

    expect(read.equals(bytes)).toBe(true);
    expect(cuts.hits).toBe(12);
    expect(rangesOf(stage)[12]).toBe('bytes=600000-999999');
  });

  test('five times in a row is thrown, after pauses that grow', async () => {
    const { bucket, object, sim } = await setObjectStage();
    sim.fail('GetObject', { cutAfter: 60_000 });
    sim.fail('GetObject', { error: 'SlowDown', times: 3 });
    const last = sim.fail('GetObject', { error: 'InternalError', times: Infinity });
    const begun = performance.now();
    let received = 0;
    const read = (async () => {
      for await (const chunk of readRanges(bucket, object, { inFlight: 1, firstPauseMs: 10 })) received += chunk.length;
    })();

    await expect(read).rejects.toMatchObject({ name: 'InternalError' });

    expect(last.hits).toBe(1);
    expect([received, sim.callsTo('GetObject').length]).toEqual([60_000, 5]);
    expect(performance.now() - begun).toBeGreaterThan(10 + 20 + 40 + 80 - 4); // a timer may be early by less than 1 ms
  });

  test('of a later range is told when it is its turn', async () => {
    const { bucket, object, sim } = await setObjectStage();
    sim.fail('GetObject', {
      error: 'SlowDown',
      times: Infinity,
      match: ({ Range }) => Range === 'bytes=200000-299999',
    });
    let received = 0;
    const read = (async () => {
      for await (const chunk of readRanges(bucket, object, brisk)) received += chunk.length;
    })();

    await expect(read).rejects.toMatchObject({ name: 'SlowDown' });

    expect(received).toBe(200_000);
  });

  test('leaves no connection behind', async () => {
    const { bucket, connectionsInUse, object, sim } = await setObjectStage();
    sim.fail('GetObject', { garbled: true, when: 'after', times: 5 });

    await expect(readAll(bucket, object, { ...brisk, inFlight: 1 })).rejects.toMatchObject({ name: 'BadAnswer' });

    await expect.poll(connectionsInUse).toBe(0);
  });
});

describe('a store that does not answer as S3 does', () => {
  test('the whole in the place of every range is taken, where length and ETag prove it', async () => {
    const { bucket, connectionsInUse, object, sim } = await setObjectStage();
    sim.fail('GetObject', { ignoreRange: true, times: Infinity });

    const read = await readAll(bucket, object, { ...brisk, inFlight: 1 });

    expect(read.equals(bytes)).toBe(true);
    expect(sim.callsTo('GetObject')).toHaveLength(10);
    await expect.poll(connectionsInUse).toBe(0);
  });

  const object = { key: 'k', size: 1_000, etag: '"e"' };
  const listing = `<ListBucketResult><Contents><Key>k</Key><Size>1000</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;

  /** Reads an object of a thousand bytes from a server that answers GET in a way of its own. */
  async function readFrom(answer: RequestListener, listed = listing): Promise<Buffer> {
    const endpoint = await serve((request, response) =>
      request.url?.includes('list-type') ? response.end(listed) : answer(request, response)
    );
    const { bucket } = await setReadingStage({ endpoint });
    return readAll(bucket, object, { rangeBytes: 500, firstPauseMs: 1, inFlight: 1 });
  }

  const rangeOf = ({ headers: { range = '' } }: IncomingMessage): [number, number] => {
    const [from = 0, last = 0] = range.match(/\d+/g)?.map(Number) ?? [];
    return [from, last];
  };

  test.each<[string, RequestListener]>([
    [
      'a range that is told by x-amz-content-range',
      (request, response) => {
        const [from, last] = rangeOf(request);
        response.writeHead(206, { 'x-amz-content-range': `bytes ${from}-${last}/1000`, etag: '"e"' });
        response.end(bytes.subarray(from, last + 1));
      },
    ],
    [
      'the whole with status 206 and without a range',
      (_, response) => {
        response.writeHead(206, { 'content-length': 1_000, etag: '"e"' }).end(bytes.subarray(0, 1_000));
      },
    ],
  ])('%s is taken', async (_, answer) => {
    expect((await readFrom(answer)).equals(bytes.subarray(0, 1_000))).toBe(true);
  });

  const whole = { 'content-length': 1_000, etag: '"e"' };
  test.each<[string, number, Record<string, string | number>]>([
    ['a whole of another length', 200, { ...whole, 'content-length': 999 }],
    ['a whole of another ETag', 200, { ...whole, etag: '"f"' }],
    ['a whole without an ETag', 200, { 'content-length': 1_000 }],
    ['a whole without a length', 200, { etag: '"e"' }],
    ['another range', 206, { ...whole, 'content-range': 'bytes 1-500/1000' }],
    ['a range of an object of another size', 206, { 'content-range': 'bytes 0-499/1001', etag: '"e"' }],
    [
      'a range of another ETag, because If-Match is not known',
      206,
      { 'content-range': 'bytes 0-499/1000', etag: '"f"' },
    ],
  ])('%s is not believed', async (_, status, headers) => {
    const read = readFrom((_, response) => {
      response.writeHead(status, headers).end(bytes.subarray(0, Number(headers['content-length'] ?? 500)));
    });

    await expectFault(read, 'trouble');
  });

  test.each([412, 416, 404])('one %i, though the listing has the object as it was, is trouble', async (status) => {
    let refused = 0;
    const read = await readFrom((request, response) => {
      const [from, last] = rangeOf(request);
      if (from > 0 && (refused += 1) === 1) return void response.writeHead(status).end();
      response.writeHead(206, { 'content-range': `bytes ${from}-${last}/1000`, etag: '"e"' });
      response.end(bytes.subarray(from, last + 1));
    });

    expect(read.equals(bytes.subarray(0, 1_000))).toBe(true);
    expect(refused).toBe(2);
  });

  test.each<[number, S3Meaning, string]>([
    [412, 'replaced', listing.replaceAll('"e"', '"f"')],
    [412, 'replaced', listing.replace('1000', '1001')],
    [416, 'empty', listing.replace('1000', '0')],
    [404, 'missing', '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'],
  ])('%i is %s, where the listing agrees', async (status, meaning, listed) => {
    let asked = 0;
    const read = readFrom((_, response) => {
      asked += 1;
      response.writeHead(status).end();
    }, listed);

    await expectFault(read, meaning);
    expect(asked).toBe(1);
  });

  test('a ready-made client that compares checksums: one that is wrong hinders nothing', async () => {
    const endpoint = await serve((request, response) => {
      const [from, last] = rangeOf(request);
      response.writeHead(206, {
        'content-range': `bytes ${from}-${last}/1000`,
        etag: '"e"',
        'x-amz-checksum-crc32': 'AAAAAA==',
      });
      response.end(bytes.subarray(from, last + 1));
    });
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const ready = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials });
    onTestFinished(() => ready.destroy());
    const bucket = { s3: openS3(ready).s3, name, owner: undefined };

    const read = await readAll(bucket, object, { rangeBytes: 500, firstPauseMs: 1 });

    expect(read.equals(bytes.subarray(0, 1_000))).toBe(true);
  });

  test('a text of which the checksum is wrong is trouble', async () => {
    const endpoint = await serve((_, response) =>
      response.writeHead(200, { etag: '"e"', 'x-amz-checksum-crc32': 'AAAAAA==' }).end('{}')
    );
    const { bucket, sim } = await setReadingStage();
    const s3 = new S3Client({ ...sim.aws.s3, endpoint, responseChecksumValidation: 'WHEN_SUPPORTED' });
    onTestFinished(() => s3.destroy());

    await expectFault(readText({ ...bucket, s3 }, 'k'), 'trouble');
  });
});

describe('an object that is no longer the one that was seen', () => {
  test.each([
    ['replaced', 'replaced'],
    ['deleted', 'missing'],
  ] as const)('%s between two ranges: no byte of another one', async (how, meaning) => {
    const { bucket, object, sim } = await setObjectStage();
    const reading = readRanges(bucket, object, { ...brisk, inFlight: 1 });
    let received = 0;
    while (received < 100_000) received += (await reading.next()).value?.length ?? NaN;

    if (how === 'replaced') sim.replaceObject(name, 'k', makeBytes(1_000_001));
    else sim.deleteObject(name, 'k');

    await expectFault(reading.next(), meaning);
    expect(sim.callsTo('GetObject')).toHaveLength(2);
  });

  test('a refusal is not asked twice', async () => {
    const { bucket, object, sim } = await setObjectStage();
    sim.fail('GetObject', { error: 'AccessDenied', times: Infinity });

    await expectFault(readAll(bucket, object, { ...brisk, inFlight: 1 }), 'access');

    expect(sim.callsTo('GetObject')).toHaveLength(1);
  });
});

describe('credentials', () => {
  test('that have expired are asked for anew, though they never told when', async () => {
    let issued = 0;
    const { bucket, object, sim } = await setObjectStage({
      credentials: () => Promise.resolve({ accessKeyId: `key-${(issued += 1)}`, secretAccessKey: 's' }),
    });
    const expiry = sim.fail('GetObject', { error: 'ExpiredToken', times: Infinity, skip: 4, match: () => issued < 2 });

    const read = await readAll(bucket, object, { ...brisk, inFlight: 1 });

    expect(read.equals(bytes)).toBe(true);
    expect([issued, expiry.hits]).toEqual([2, 1]);
  });

  test.each(['ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired', 'RequestTimeTooSkewed'])(
    'that are too old, as %s says, are not the end',
    async (error) => {
      const { bucket, object, sim } = await setObjectStage();
      sim.fail('GetObject', { error, skip: 4 });

      const read = await readAll(bucket, object, { ...brisk, inFlight: 1 });

      expect(read.equals(bytes)).toBe(true);
      expect(sim.callsTo('GetObject')).toHaveLength(11);
    }
  );

  test('that stay expired end the reading', async () => {
    const { bucket, object, sim } = await setObjectStage();
    sim.fail('GetObject', { error: 'ExpiredToken', times: Infinity });

    await expectFault(readAll(bucket, object, { ...brisk, inFlight: 1 }), 'access');

    expect(sim.callsTo('GetObject')).toHaveLength(5);
  });
});

describe('an end before the end', () => {
  const reason = new Error('enough');

  test.each<[string, Fault]>([
    ['an answer that hangs', { connection: 'hang', times: Infinity }],
    ['a body that is slow', { pieceDelayMs: 5_000, times: Infinity }],
  ])('by the signal, in the midst of %s', async (_, fault) => {
    const { bucket, connectionsInUse, object, sim } = await setObjectStage();
    const script = sim.fail('GetObject', fault);
    const canceller = new AbortController();
    const read = readAll(bucket, object, { ...brisk, signal: canceller.signal });
    await script.hit;

    canceller.abort(reason);

    await expect(read).rejects.toBe(reason);
    await expect.poll(connectionsInUse).toBe(0);
  });

  test('by the signal, in a pause', async () => {
    const { bucket, connectionsInUse, object, sim } = await setObjectStage();
    const overload = sim.fail('GetObject', { error: 'SlowDown', times: Infinity });
    const canceller = new AbortController();
    const paused = { inFlight: 1, firstPauseMs: 1_000_000, signal: canceller.signal };
    const read = readAll(bucket, object, paused);
    await overload.hit;
    await expect.poll(connectionsInUse).toBe(0); // the answer has come

    canceller.abort(reason);

    await expect(read).rejects.toBe(reason);
  });

  test('by the signal, although the credentials do not come', async () => {
    let asked = 0;
    const { bucket, object } = await setObjectStage({
      credentials: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    });
    const canceller = new AbortController();
    const read = readAll(bucket, object, { signal: canceller.signal });
    await expect.poll(() => asked).toBe(1);

    canceller.abort(reason);

    await expect(read).rejects.toBe(reason);
  });

  test('by the signal: no chunk more, not even of those that are there', async () => {
    const { bucket, connectionsInUse, object } = await setObjectStage();
    const canceller = new AbortController();
    const reading = readRanges(bucket, object, { rangeBytes: 500_000, signal: canceller.signal });
    let received = 0;
    while (received < 500_000) received += (await reading.next()).value?.length ?? NaN;
    await expect.poll(connectionsInUse).toBe(0); // the second range is there
    expect((await reading.next()).value?.length).toBeLessThan(500_000);

    canceller.abort(reason);

    await expect(reading.next()).rejects.toBe(reason);
  });

  test('by a signal that was aborted before: nothing is asked', async () => {
    const { bucket, object, sim } = await setObjectStage();

    await expect(readAll(bucket, object, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    expect(sim.calls).toEqual([]);
  });

  test('by a reader that has read enough', async () => {
    const { bucket, connectionsInUse, object, sim } = await setObjectStage();
    sim.fail('GetObject', { pieceDelayMs: 5_000, times: Infinity, skip: 1 });

    for await (const chunk of readRanges(bucket, object, brisk)) if (chunk.length > 0) break;

    await expect.poll(connectionsInUse).toBe(0);
  });
});
