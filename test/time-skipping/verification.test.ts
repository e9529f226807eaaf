import type { CopySnapshotInput, ExportResult, JobProgress, VerifyLevel } from 'temporal-memorydb-snapshots';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatManifest, parseManifest } from '../../src/aws/manifest';
import { slotOf } from '../../src/rdb';
import { record, resealed, string } from '../rdb/corpus/write-rdb';
import { bytesOf } from '../rdb/rdb-bytes';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import {
  BUCKET,
  CLUSTER,
  exportOf,
  inWorld,
  openTimeSkipping,
  type Server,
  type World,
  isShardFile,
} from '../support/world';

const KiB = 1 << 10;
const SIZE = 1_000 * KiB;
const KEYS = ['nightly-0001.rdb', 'nightly-0002.rdb', 'nightly-0003.rdb'] as const;
const [FIRST, SECOND, THIRD] = KEYS;
const MANIFEST = 'nightly.manifest.json';

/** For what happens by itself, however slow the machine. */
const SOON = { timeout: 10_000 };

/** Ranges so small that an object has many. */
const SMALL_RANGES = { rangesInFlight: 1, rangeBytes: 100 * KiB };

/** What the simulator writes into a shard: 13 kinds of values in turn, every fourth with an expiry. */
const SAMPLE = { keys: 26, expires: 6, types: { string: 10, hash: 4, list: 4, set: 4, zset: 4 } };

/** One object, because a job that ends before all reads are over would stop the server's clock for good. */
const ALONE = { shards: 1, plugin: { verification: SMALL_RANGES } };

type SnapshotOptions = Parameters<World['sim']['addSnapshot']>[1];

/** An export of a snapshot whose files are larger than the sample's. */
function exportLarge(
  { sim }: World,
  data: Partial<SnapshotOptions> = {},
  changes: Omit<CopySnapshotInput, 'request'> = {}
): CopySnapshotInput {
  sim.addSnapshot('large', { cluster: CLUSTER, shardSize: SIZE, ...data });
  return exportOf({ ...changes, request: { SourceSnapshotName: 'large' } });
}

async function runExport({ run }: World, input: CopySnapshotInput, workflowId?: string): Promise<ExportResult> {
  const result = await run(input, workflowId);
  if (result.kind !== 'export') throw new TypeError(`the job made a ${result.kind}`);
  return result;
}

/** The ranges of an object that were asked for, as their first bytes. */
function startsOf({ sim }: World, key: string): number[] {
  const reads = sim.callsTo('GetObject').filter(({ input }) => input.Key === key);
  return reads.map(({ input }) => Number(/^bytes=(\d+)-/.exec(input.Range ?? '')?.[1]));
}

/** Exports as job `nightly`, and lets the claim forget what was there: the next run sees it for the first time. */
async function runUnseen({ sim, run }: World, input: CopySnapshotInput): Promise<void> {
  await run(input, 'nightly');
  const manifest = parseManifest(String((await sim.object(BUCKET, MANIFEST))?.bytes()));
  if (manifest === undefined) throw new TypeError('the job left no manifest');
  const objects = manifest.objects.map(({ key, shard, slots }) => ({ key, shard, slots }));
  sim.replaceObject(BUCKET, MANIFEST, formatManifest({ ...manifest, state: 'claimed', objects }));
}

const ofKey =
  (key: string) =>
  ({ Key }: { readonly Key?: string }) =>
    Key === key;

describeWith('time-skipping server', 'the objects of an export', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  describe('of genuine files are judged as far as they are read', () => {
    test.for<readonly [level: VerifyLevel, facts: object]>([
      ['presence', { verdict: 'unproven' }],
      ['header', { verdict: 'unproven' }],
      ['checksum', { verdict: 'verified', s3Checksum: 'matches' }],
      ['structure', { verdict: 'verified', s3Checksum: 'matches', ...SAMPLE }],
      ['deep', { verdict: 'verified', s3Checksum: 'matches', ...SAMPLE }],
    ])('%s', async ([level, facts]) => {
      await inWorld(server, async (world) => {
        const { objects } = await runExport(world, exportOf({ verify: level }));

        for (const object of objects) {
          expect(object).toMatchObject({ level, ...facts });
          expect(object.reason).toBeUndefined();
          expect(object.types).toEqual('types' in facts ? facts.types : undefined);
        }
      });
    });

    test('and counted, whatever their size', async () => {
      await inWorld(server, async (world) => {
        const { objects } = await runExport(world, exportLarge(world));

        const files = await Promise.all(KEYS.map((key) => world.sim.object(BUCKET, key)));
        // The large strings that make up the size have keys of their own.
        const fillers = files.map(
          (file) =>
            file
              ?.bytes()
              .toString('latin1')
              .match(/filler:/g)?.length ?? 0
        );
        expect(Math.min(...fillers)).toBeGreaterThan(10);
        for (const [i, { keys = 0, types, slotsSeen = '' }] of objects.entries()) {
          const [first = 0, last = 0] = slotsSeen.split('-').map(Number);
          const [low = 0, high = 0] =
            [
              [0, 5461],
              [5461, 10_922],
              [10_922, 16_383],
            ][i] ?? [];
          expect(keys).toBeGreaterThanOrEqual(SAMPLE.keys + (fillers[i] ?? 0));
          expect(types?.['string']).toBe(keys - 16);
          expect([first >= low, last <= high, first < last]).toEqual([true, true, true]);
        }
      });
    });
  });

  test('with a byte that flipped in the middle: the object, the reason and the byte are named', async () => {
    await inWorld(server, async (world) => {
      const input = exportLarge(world);
      await world.run(input, 'nightly');
      world.sim.corruptObject(BUCKET, SECOND, { at: SIZE / 2, xor: 1, keepEtag: true });

      // Head and tail are what they were.
      await expect(world.run({ ...input, verify: 'header' }, 'nightly')).resolves.toMatchObject({ kind: 'export' });
      expect(await failureOf(world.run(input, 'nightly'))).toMatchObject({
        type: 'ExportVerificationFailed',
        message: `the export is not whole: ${SECOND} (checksum-mismatch at byte ${SIZE - 8})`,
      });
    });
  });

  test('of two shards that changed places: both are named', async () => {
    await inWorld(server, async (world) => {
      await runUnseen(world, exportOf());
      const [first, , third] = await Promise.all(KEYS.map((key) => world.sim.object(BUCKET, key)));
      world.sim.replaceObject(BUCKET, FIRST, third?.bytes() ?? '');
      world.sim.replaceObject(BUCKET, THIRD, first?.bytes() ?? '');

      const { type, message } = await failureOf(world.run(exportOf(), 'nightly'));

      expect(type).toBe('ExportVerificationFailed');
      expect(message).toMatch(
        /: nightly-0001\.rdb \(wrong-shard at byte \d+\), nightly-0003\.rdb \(wrong-shard at byte \d+\)$/
      );
    });
  });

  test('with some keys of slots that are another shard’s: they are counted, and fail where all must be verified', async () => {
    await inWorld(server, async (world) => {
      await runUnseen(world, exportOf());
      const file = (await world.sim.object(BUCKET, FIRST))?.bytes() ?? Buffer.alloc(0);
      const strays = ['{a}1', '{a}2', '{c}1'].map((key) => record(0, key, string('value')));
      world.sim.replaceObject(BUCKET, FIRST, resealed(bytesOf(file.subarray(0, -9), ...strays, file.subarray(-9))));

      const stray = { strayKeys: 3, straySlots: `${slotOf('c')},${slotOf('a')}` };
      expect(await failureOf(world.run(exportOf({ requireVerified: true }), 'nightly'))).toMatchObject({
        type: 'ExportVerificationFailed',
        message: `the export is not verified: ${FIRST} (unproven: stray-keys, 3 of slots ${stray.straySlots} at byte ${file.length - 8})`,
      });
      const { objects } = await runExport(world, exportOf(), 'nightly');

      expect(objects.map(({ verdict }) => verdict)).toEqual(['unproven', 'verified', 'verified']);
      expect(objects[0]).toMatchObject({ reason: 'stray-keys', keys: SAMPLE.keys + 3, ...stray });
      const manifest = parseManifest(String((await world.sim.object(BUCKET, MANIFEST))?.bytes()));
      expect(manifest?.objects[0]).toMatchObject({ verdict: 'unproven', reason: 'stray-keys', ...stray });
    });
  });

  describe('without a checksum of their own', () => {
    const data = { rdbChecksum: false };

    test('are unproven, and say so; the checksum of S3 is told', async () => {
      await inWorld(server, async (world) => {
        const { objects } = await runExport(world, exportLarge(world, data));

        for (const object of objects) {
          expect(object).toMatchObject({ verdict: 'unproven', reason: 'no-checksum', s3Checksum: 'matches' });
          expect(object.keys).toBeGreaterThan(SAMPLE.keys);
        }
      });
    });

    test('fail where all must be verified', async () => {
      await inWorld(server, async (world) => {
        const input = exportLarge(world, data, { requireVerified: true });

        const named = KEYS.map((key) => `${key} (unproven: no-checksum)`).join(', ');
        expect(await failureOf(world.run(input))).toMatchObject({
          type: 'ExportVerificationFailed',
          message: `the export is not verified: ${named}`,
        });
      });
    });

    test('are proven wrong by that of S3', async () => {
      await inWorld(server, async (world) => {
        const input = exportLarge(world, data);
        await world.run(input, 'nightly');
        world.sim.corruptObject(BUCKET, THIRD, { at: SIZE / 2, xor: 1, keepEtag: true });

        expect(await failureOf(world.run(input, 'nightly'))).toMatchObject({
          type: 'ExportVerificationFailed',
          message: `the export is not whole: ${THIRD} (s3-checksum-mismatch)`,
        });
      });
    });
  });

  test('that are verified pass where all must be', async () => {
    await inWorld(server, async (world) => {
      const { objects } = await runExport(world, exportOf({ requireVerified: true, verify: 'checksum' }));

      expect(objects.map(({ verdict }) => verdict)).toEqual(['verified', 'verified', 'verified']);
    });
  });

  test('of a format that is not known fail where all must be verified', async () => {
    await inWorld(server, async (world) => {
      const input = exportOf({ requireVerified: true });
      await runUnseen(world, input);
      world.sim.replaceObject(BUCKET, SECOND, 'REDIS0013 of the years to come');

      const { type, message } = await failureOf(world.run(input, 'nightly'));

      expect(type).toBe('ExportVerificationFailed');
      expect(message).toContain(`${SECOND} (unsupported: unknown-version`);
    });
  });
});

describeWith('time-skipping server', 'an object that is read', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test('and replaced meanwhile is named with all that is wrong, once the others are read', async () => {
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        const input = exportLarge(world);
        await world.run(input, 'nightly');
        sim.corruptObject(BUCKET, THIRD, { at: SIZE / 2, xor: 1, keepEtag: true });
        const read = sim.fail('GetObject', { connection: 'hang', skip: 4, match: ofKey(FIRST) });
        const readLater = sim.fail('GetObject', { connection: 'hang', match: ofKey(THIRD) });
        const job = await world.start(input, 'nightly');
        const ended = failureOf(job.result());
        await Promise.all([read.hit, readLater.hit]);

        sim.replaceObject(BUCKET, FIRST, 'theirs');
        read.release();
        const answered = () => sim.callsTo('GetObject').findLast(({ input: { Key } }) => Key === FIRST)?.outcome;
        await expect.poll(answered, SOON).toBe('PreconditionFailed');
        readLater.release();

        expect(await ended).toMatchObject({
          type: 'ExportVerificationFailed',
          message: `the export is not whole: ${FIRST} (replaced), ${THIRD} (checksum-mismatch at byte ${SIZE - 8})`,
        });
      },
      { plugin: { verification: SMALL_RANGES } }
    );
  });

  test('and cannot be for a while is read on from where that began', async () => {
    await inWorld(
      server,
      async (world) => {
        const trouble = { httpStatus: 503, skip: 5, times: 5, match: ofKey(SECOND) };
        const script = world.sim.fail('GetObject', trouble);

        const { objects } = await runExport(world, exportLarge(world));

        expect(script.hits).toBe(5);
        expect(objects[1]).toMatchObject({ verdict: 'verified', s3Checksum: 'matches' });
        const starts = startsOf(world, SECOND);
        // Five ranges, a sixth that failed five times, and then on from what had come, less what was not yet judged.
        expect(starts.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 5, 5].map((n) => n * SMALL_RANGES.rangeBytes));
        expect(starts[10]).toBeGreaterThan(4 * SMALL_RANGES.rangeBytes);
        expect(starts[10]).toBeLessThanOrEqual(5 * SMALL_RANGES.rangeBytes);
        expect(starts.length).toBeLessThanOrEqual(10 + 6);
        expect(startsOf(world, FIRST)).toHaveLength(10);
      },
      { plugin: { verification: SMALL_RANGES } }
    );
  });

  test('and replaced between two attempts is not read on', async () => {
    await inWorld(
      server,
      async (world) => {
        const { sim, start } = world;
        const trouble = sim.fail('GetObject', { httpStatus: 503, skip: 5, times: 4, match: ofKey(FIRST) });
        const last = sim.fail('GetObject', { connection: 'hang', skip: 5, match: ofKey(FIRST) });
        const job = await start(exportLarge(world));
        const ended = failureOf(job.result());
        await last.hit;
        sim.replaceObject(BUCKET, FIRST, 'theirs');
        last.release({ drop: true });

        expect(await ended).toMatchObject({ type: 'ExportVerificationFailed' });
        expect(trouble.hits).toBe(4);
        expect(startsOf(world, FIRST)).toHaveLength(10);
      },
      ALONE
    );
  });

  test('and cannot be for a day exhausts the patience for it, which is not that of the copy', async () => {
    const every6h = { floorMs: 6 * 3_600_000, share: 0, ceilingMs: 6 * 3_600_000 };
    await inWorld(
      server,
      async ({ sim, run }) => {
        sim.fail('HeadObject', { httpStatus: 503, times: Infinity });

        const failure = await failureOf(run(exportOf({ patience: { copy: '2h' } })));

        expect(failure.waitedMs).toBeGreaterThan(17 * 3_600_000);
        expect(failure.waitedMs).toBeLessThanOrEqual(24 * 3_600_000);
        expect(failure).toMatchObject({
          type: 'PatienceExhausted',
          phase: 'verifying',
          limit: 'verification',
          lastAnswer: expect.stringContaining('503') as string,
        });
      },
      { shards: 1, plugin: { paces: { throttled: every6h } } }
    );
  });

  test('takes turns with the others: never more than the worker allows', async () => {
    await inWorld(
      server,
      async (world) => {
        const { objects } = await runExport(world, exportLarge(world));

        expect(objects).toHaveLength(6);
        expect(mostAtOnce(world)).toBe(2);
      },
      { shards: 6, plugin: { verification: { ...SMALL_RANGES, objectsAtOnce: 2 } } }
    );
  });

  test('asks for as many ranges at once as the worker allows, each as large as it says', async () => {
    await inWorld(
      server,
      async (world) => {
        const hanging = world.sim.fail('GetObject', { connection: 'hang', times: 3, match: ofKey(FIRST) });
        const job = await world.start(exportLarge(world));
        const ended = job.result();
        await hanging.hit;
        await expect.poll(() => hanging.hits, SOON).toBe(3);

        const asked = world.sim.callsTo('GetObject').filter(({ input }) => input.Key === FIRST);
        expect(asked.map(({ input }) => input.Range).sort()).toEqual([
          'bytes=0-65535',
          'bytes=131072-196607',
          'bytes=65536-131071',
        ]);
        hanging.release();
        await expect(ended).resolves.toMatchObject({ kind: 'export' });
      },
      { plugin: { verification: { objectsAtOnce: 1, rangesInFlight: 3, rangeBytes: 64 * KiB } } }
    );
  });

  test('is counted in the progress, and in the current details', async () => {
    await inWorld(
      server,
      async ({ sim, start }) => {
        // A small object is read at once: this is the second of them, whichever that is.
        const reading = sim.fail('GetObject', { connection: 'hang', skip: 1, match: isShardFile });
        const job = await start(exportOf());
        const ended = job.result();
        await reading.hit;

        const shardsVerified = { count: 1, of: 3 };
        await expect
          .poll(() => job.query<JobProgress>('progress'), SOON)
          .toMatchObject({ phase: 'verifying', shardsVerified });
        const { currentDetails } = await job.query<{ currentDetails: string }>('__temporal_workflow_metadata');
        expect(currentDetails).toContain('objects verified: 1 of 3');

        reading.release();
        await ended;
        expect(await job.query('progress')).toMatchObject({
          phase: 'completed',
          shardsVerified: { count: 3, of: 3 },
        });
      },
      { plugin: { verification: { objectsAtOnce: 1 } } }
    );
  });
});

/** How many objects were read at once at the most: each from its HEAD to its last range. */
function mostAtOnce({ sim }: World): number {
  const calls = sim.calls.filter(({ operation }) => operation === 'HeadObject' || operation === 'GetObject');
  const keys = calls.map(({ input }) => (input as { Key?: string }).Key ?? '');
  const open = keys.map((_, n) =>
    [...new Set(keys)].filter((key) => key.endsWith('.rdb') && keys.indexOf(key) <= n && n <= keys.lastIndexOf(key))
  );
  return Math.max(...open.map((of) => of.length));
}
