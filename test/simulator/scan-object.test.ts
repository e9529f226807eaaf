import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { scanObject, type ScannedObject, type ScanObjectOptions } from '../../src/aws/scan-object';
import type { PinnedObject } from '../../src/aws/pinned-object';
import { crc64, crc64Hex, type ScanState } from '../../src/rdb';
import { createRdbFile, type RdbFileOptions } from '../../src/testing/rdb-file';
import { expectFault, makeBytes, name, setReadingStage, type ReadingStage } from './reading-stage';

const MiB = 1 << 20;
const slots = [{ first: 0, last: 5460 }];

/** The bytes of a shard's file: a few MB in small keys and large strings. */
function makeFile(changes: Partial<RdbFileOptions> = {}): Buffer {
  const file = createRdbFile({
    seed: 'scan',
    slots: [[0, 5460]],
    version: 10,
    engine: ['redis-ver', '7.1.0'],
    takenAt: Date.parse('2026-11-23T03:15:00Z'),
    keys: 500,
    size: 3_500_000,
    checksum: true,
    ...changes,
  });
  return Buffer.concat([...file.read()]);
}

const FILE = makeFile();

interface ScanningStage extends ReadingStage {
  readonly object: PinnedObject;
  readonly scan: (options?: Partial<ScanObjectOptions>) => Promise<ScannedObject>;
}

async function setScanningStage(bytes: Buffer, ...config: Parameters<typeof setReadingStage>): Promise<ScanningStage> {
  const stage = await setReadingStage(...config);
  stage.sim.putObject(name, 'k', bytes);
  const object = await stage.pin('k');
  return {
    ...stage,
    object,
    scan: (options) =>
      scanObject(stage.bucket, object, { level: 'structure', rangeBytes: MiB, firstPauseMs: 1, ...options }),
  };
}

/** Where a scan stood after each turn, as a heartbeat would hold it. */
async function collectStates(stage: ScanningStage, options: Partial<ScanObjectOptions> = {}): Promise<ScanState[]> {
  const states: string[] = [];
  await stage.scan({ ...options, onProgress: (scan) => states.push(JSON.stringify(scan.state())) });
  return states.map((state) => JSON.parse(state) as ScanState);
}

describe('an object', () => {
  test.each(['checksum', 'structure', 'deep'] as const)('that is whole is verified, at level %s', async (level) => {
    const { scan } = await setScanningStage(FILE);

    const { report, ...facts } = await scan({ level, slots });

    const checksum = crc64Hex(crc64(FILE.subarray(0, -8)));
    expect(report).toMatchObject({ verdict: 'verified', level, bytes: FILE.length, checksum });
    expect(facts).toEqual({ encryption: 'AES256', s3Checksum: 'matches' });
  });

  test('of a versioned bucket has its version told', async () => {
    const { scan, sim } = await setScanningStage(FILE, {}, { versioned: true });

    expect((await scan()).versionId).toBe((await sim.object(name, 'k'))?.versionId);
    expect((await scan()).versionId).toBeTypeOf('string');
  });

  test('with a bit that has flipped is corrupt, by its own checksum', async () => {
    const { scan, sim } = await setScanningStage(FILE);
    sim.corruptObject(name, 'k', { at: 2_000_000, xor: 4, keepEtag: true });

    const { report, s3Checksum } = await scan();

    expect(report.verdict).toBe('corrupt');
    expect(report.computedChecksum).not.toBe(report.checksum);
    expect(report.reason).not.toBe('s3-checksum-mismatch');
    expect(s3Checksum).toBe('differs');
  });

  test('that is empty is corrupt, and no byte of it is asked for', async () => {
    const { scan, sim } = await setScanningStage(Buffer.alloc(0));

    const { report } = await scan();

    expect(report).toMatchObject({ verdict: 'corrupt', reason: 'empty', bytes: 0 });
    expect(sim.callsTo('GetObject')).toEqual([]);
  });

  test('that is something else is told as such', async () => {
    const { scan } = await setScanningStage(makeBytes(100_000));

    expect((await scan()).report).toMatchObject({ verdict: 'corrupt', reason: 'not-rdb', bytes: 100_000 });
  });

  test('with keys of another shard is corrupt where slots are given', async () => {
    const { scan } = await setScanningStage(FILE);

    expect((await scan({ slots })).report.verdict).toBe('verified');
    expect((await scan({ slots: [{ first: 5461, last: 16_383 }] })).report.verdict).toBe('corrupt');
  });
});

describe('the checksum that S3 keeps', () => {
  test('is evidence where the file has none', async () => {
    const { scan } = await setScanningStage(makeFile({ checksum: false }));

    const { report, s3Checksum } = await scan();

    expect(report).toMatchObject({ verdict: 'unproven', reason: 'no-checksum' });
    expect(s3Checksum).toBe('matches');
  });

  test('proves wrong what the file itself does not', async () => {
    const { scan, sim } = await setScanningStage(makeFile({ checksum: false }));
    sim.corruptObject(name, 'k', { at: 2_000_000, xor: 4, keepEtag: true });

    const { report, s3Checksum } = await scan({ level: 'checksum' });

    expect(report).toMatchObject({ verdict: 'corrupt', reason: 's3-checksum-mismatch', bytes: 3_500_000 });
    expect(report).not.toHaveProperty('offset');
    expect(s3Checksum).toBe('differs');
  });

  test('of another kind is left alone', async () => {
    const stage = await setReadingStage();
    const { bucket, pin } = stage;
    await bucket.s3.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: FILE, ChecksumAlgorithm: 'SHA256' }));

    const scanned = await scanObject(bucket, await pin('k'), { level: 'structure' });

    expect(scanned.report.verdict).toBe('verified');
    expect(scanned).not.toHaveProperty('s3Checksum');
    expect(scanned.report).not.toHaveProperty('s3Checksum');
  });
});

describe('a scan that was broken off', () => {
  test.each(['checksum', 'structure', 'deep'] as const)(
    'goes on where it stood, and finds the same, at level %s',
    async (level) => {
      const stage = await setScanningStage(FILE);
      const whole = await stage.scan({ level, slots });
      const states = await collectStates(stage, { level, slots });

      for (const from of states) expect(await stage.scan({ level, slots, from })).toEqual(whole);

      expect(states.map(({ offset }) => Math.round(offset / MiB))).toEqual([0, 1, 2, 3]);
    }
  );

  test('reads no byte again but those that were left over', async () => {
    const stage = await setScanningStage(FILE);
    const from = (await collectStates(stage)).at(-1);
    if (from === undefined) throw new Error('no state');
    const { length } = stage.sim.callsTo('GetObject');

    await stage.scan({ from });

    expect(from.offset).toBeGreaterThan(2.9 * MiB);
    expect(stage.sim.callsTo('GetObject').slice(length)).toMatchObject([
      { input: { Range: `bytes=${from.offset}-3499999` } },
    ]);
  });

  test('tells where it stands to the last', async () => {
    const stage = await setScanningStage(FILE);
    const canceller = new AbortController();
    let standing: { readonly received: number; state: () => ScanState } | undefined;
    const broken = stage.scan({
      signal: canceller.signal,
      onProgress: (scan) => {
        standing = scan;
        if (scan.received >= 2 * MiB) canceller.abort(new Error('enough'));
      },
    });
    await expect(broken).rejects.toThrow('enough');
    const from = standing?.state();

    expect(await stage.scan({ ...(from && { from }) })).toEqual(await stage.scan());

    expect(from?.offset).toBeGreaterThan(1.9 * MiB);
  });

  test.each<[string, Partial<ScanObjectOptions>, object?]>([
    ['level', { level: 'checksum' }],
    ['shard', { slots: [{ first: 0, last: 1 }] }],
    ['strictness', { strict: true }],
    ['layout', {}, { v: -1 }],
    ['kind of thing', {}, { offset: 'here' }],
  ])('begins anew where the state is of another %s', async (_, options, changes) => {
    const stage = await setScanningStage(FILE);
    const whole = await stage.scan();
    const from = { ...(await collectStates(stage, options)).at(-1), ...changes };
    const { length } = stage.sim.callsTo('GetObject');

    expect(await stage.scan({ from })).toEqual(whole);

    expect(stage.sim.callsTo('GetObject')[length]?.input.Range).toBe('bytes=0-1048575');
  });

  test('begins anew where the object is another one, of another size', async () => {
    const { sim, scan, ...stage } = await setScanningStage(FILE);
    const from = (await collectStates({ sim, scan, ...stage })).at(-1);
    sim.putObject(name, 'l', makeFile({ size: 3_500_001 }));

    const { report } = await scanObject(stage.bucket, await stage.pin('l'), { level: 'structure', from });

    expect(report).toMatchObject({ verdict: 'verified', bytes: 3_500_001 });
  });
});

test('other work has its turn between one MiB and the next', async () => {
  const { scan } = await setScanningStage(FILE);
  let [turns, told] = [0, 0];

  await scan({
    rangeBytes: 4 * MiB,
    onProgress: () => {
      expect(turns).toBe(told);
      told += 1;
      setImmediate(() => (turns += 1));
    },
  });

  expect(told).toBe(4);
});

describe('HEAD', () => {
  test('is asked again where there is trouble', async () => {
    const { scan, sim } = await setScanningStage(FILE);
    sim.fail('HeadObject', { error: 'InternalError', times: 2 });
    sim.fail('HeadObject', { connection: 'drop' });

    expect((await scan()).report.verdict).toBe('verified');
    expect(sim.callsTo('HeadObject')).toHaveLength(4);
  });

  test('is asked again with fresh credentials, though it tells no name of what is wrong', async () => {
    let issued = 0;
    const credentials = () => Promise.resolve({ accessKeyId: `key-${(issued += 1)}`, secretAccessKey: 's' });
    const { scan, sim } = await setScanningStage(FILE, { credentials });
    sim.fail('HeadObject', { error: 'ExpiredToken', times: Infinity, match: () => issued < 2 });

    expect((await scan()).report.verdict).toBe('verified');
    expect(issued).toBe(2);
  });

  test.each([
    ['replaced', 'replaced'],
    ['deleted', 'missing'],
  ] as const)('finds that an object was %s', async (how, meaning) => {
    const { scan, sim } = await setScanningStage(FILE);
    if (how === 'replaced') sim.replaceObject(name, 'k', makeFile({ seed: 'other' }));
    else sim.deleteObject(name, 'k');

    await expectFault(scan(), meaning);
  });
});
