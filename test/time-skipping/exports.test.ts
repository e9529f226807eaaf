import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportResult } from 'temporal-memorydb-snapshots';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import {
  BUCKET,
  exportOf,
  historyEvents,
  inWorld,
  openTimeSkipping,
  SOURCE,
  type Server,
  type World,
} from '../support/world';

const KEYS = ['nightly-0001.rdb', 'nightly-0002.rdb', 'nightly-0003.rdb'];
const MANIFEST = 'nightly.manifest.json';

interface StoredManifest {
  state: string;
  missing?: string[];
  objects: { key: string; verdict?: string; slots?: string; checksum?: string }[];
}

async function readManifest({ sim }: World): Promise<StoredManifest | undefined> {
  const object = await sim.object(BUCKET, MANIFEST);
  return object && (JSON.parse(object.bytes().toString()) as StoredManifest);
}

/** The last eight bytes of each exported file, the least significant first. */
async function checksumsOf({ sim }: World): Promise<string[]> {
  const files = (await sim.objects(BUCKET)).filter(({ key }) => key.endsWith('.rdb'));
  return files.map((file) => Buffer.from(file.bytes().subarray(-8)).reverse().toString('hex'));
}

async function keysOf({ sim }: World): Promise<string[]> {
  return (await sim.objects(BUCKET)).map(({ key }) => key);
}

describeWith('time-skipping server', 'exports', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for([
    { exportTakes: '5m', exportStatus: 'exporting', exportAnswer: 'source' },
    { exportTakes: '6h', exportStatus: 'copying', exportAnswer: 'empty' },
  ] as const)('of $exportTakes: each object is there, looked at, and in the manifest', async (settings) => {
    await inWorld(server, async (world) => {
      world.sim.set(settings);

      const job = await world.start(exportOf());
      const result = (await job.result()) as ExportResult;

      expect(result).toMatchObject({ kind: 'export', adopted: false, bucket: BUCKET, manifestKey: MANIFEST });
      expect(result.objects.map(({ key, shard, verdict, level }) => [key, shard, verdict, level])).toEqual(
        KEYS.map((key, i) => [key, `000${i + 1}`, 'verified', 'structure'])
      );
      expect(await readManifest(world)).toMatchObject({
        state: 'complete',
        objects: KEYS.map((key) => ({ key, verdict: 'verified' })),
      });
      const checksums = await checksumsOf(world);
      expect(result.objects.map(({ checksum }) => checksum)).toEqual(checksums);
      expect((await readManifest(world))?.objects.map(({ checksum }) => checksum)).toEqual(checksums);
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(await historyEvents(job)).toBeLessThan(60);
    });
  });

  test('what the result and the manifest tell of an object is the same', async () => {
    await inWorld(server, async (world) => {
      const { objects } = (await world.run(exportOf())) as ExportResult;

      const stored = (await readManifest(world))?.objects.map(({ slots, ...object }) => {
        expect(slots).toMatch(/^\d+-\d+$/);
        return object;
      });
      expect(objects).toEqual(stored);
      for (const object of objects) {
        expect(object).toEqual({
          key: expect.stringMatching(/^nightly-000\d\.rdb$/) as string,
          shard: expect.stringMatching(/^000\d$/) as string,
          size: expect.any(Number) as number,
          etag: expect.stringMatching(/^"/) as string,
          encryption: 'AES256',
          verdict: 'verified',
          level: 'structure',
          checksum: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          s3Checksum: 'matches',
          // The simulator writes 13 kinds of values in turn, and lets every fourth key expire.
          keys: 26,
          expires: 6,
          types: { string: 10, hash: 4, list: 4, set: 4, zset: 4 },
          slotsSeen: expect.stringMatching(/^\d+-\d+$/) as string,
        });
      }
    });
  });

  test('a re-run proves again, agrees, and leaves the manifest untouched', async () => {
    await inWorld(server, async (world) => {
      await world.run(exportOf(), 'nightly');
      const before = await world.sim.object(BUCKET, MANIFEST);

      await expect(world.run(exportOf(), 'nightly')).resolves.toMatchObject({ kind: 'export', adopted: true });

      expect((await world.sim.object(BUCKET, MANIFEST))?.etag).toBe(before?.etag);
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(
        await failureOf(world.run(exportOf({ request: { Tags: [{ Key: 'a', Value: 'b' }] } }), 'nightly'))
      ).toMatchObject({ type: 'RequestMismatch' });
      expect(await failureOf(world.run(exportOf(), 'weekly'))).toMatchObject({ type: 'ExportTargetTaken' });
    });
  });

  test.for(['CopySnapshot', 'PutObject'] as const)(
    'a lost answer to %s: one export, one manifest',
    async (operation) => {
      await inWorld(server, async (world) => {
        const script = world.sim.fail(operation, { connection: 'drop', when: 'after' });

        await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });

        expect(script.hits).toBe(1);
        expect(await keysOf(world)).toEqual([...KEYS, MANIFEST]);
        expect(await readManifest(world)).toMatchObject({ state: 'complete' });
      });
    }
  );

  test('keys of somebody else are never adopted', async () => {
    await inWorld(server, async (world) => {
      world.sim.putObject(BUCKET, 'nightly-0002.rdb', 'theirs');

      expect(await failureOf(world.run(exportOf({ onCancel: 'delete' })))).toMatchObject({
        type: 'ExportTargetTaken',
        message: expect.stringContaining('nightly-0002.rdb') as string,
      });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(0);
      expect(await keysOf(world)).toEqual(['nightly-0002.rdb']);
    });
  });

  test("a neighbour's keys do not count", async () => {
    await inWorld(server, async (world) => {
      world.sim.putObject(BUCKET, 'nightly-b-0001.rdb', 'theirs');

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });
    });
  });

  test('some of the keys: it ends naming the missing ones, and so does the next run, at once', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportLoses: ['0002'] });

      const failure = await failureOf(world.run(exportOf(), 'nightly'));
      const calls = world.sim.calls.length;
      const again = await failureOf(world.run(exportOf(), 'nightly'));

      for (const { type, message } of [failure, again]) {
        expect(type).toBe('ExportIncomplete');
        expect(message).toContain('nightly-0002.rdb');
        expect(message).not.toContain('nightly-0001.rdb');
      }
      expect(await readManifest(world)).toMatchObject({ state: 'claimed', missing: ['nightly-0002.rdb'] });
      expect(world.sim.calls.length - calls).toBeLessThan(8);
    });
  });

  test('none of the keys: it is sent three times, and ends', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportLoses: 'all' });

      expect(await failureOf(world.run(exportOf()))).toMatchObject({ type: 'ExportIncomplete' });

      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(3);
    });
  });

  test.for([
    { what: 'of a short export', settings: { exportLate: '8m' } },
    { what: 'all of a long one, together', settings: { exportTakes: '1h', exportOrder: 'together', exportLate: '8m' } },
    { what: 'the last one of a long one', settings: { exportTakes: '6h', exportLate: { '0003': '8m' } } },
  ] as const)('keys that come late, after the source is available again: $what', async ({ settings }) => {
    await inWorld(server, async (world) => {
      world.sim.set(settings);

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });

      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('a corrupt object is named, and the others are looked at', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportTakes: '3h' });
      const job = await world.start(exportOf());
      const ended = failureOf(job.result());
      // The last file comes with the end; the first is corrupted on the way.
      await world.sim.calledTimes('ListObjectsV2', 3);
      await until(async () => (await keysOf(world)).includes('nightly-0001.rdb'));
      world.sim.corruptObject(BUCKET, 'nightly-0001.rdb', { at: 0, xor: 0xff });

      expect(await ended).toMatchObject({
        type: 'ExportVerificationFailed',
        message: expect.stringContaining('nightly-0001.rdb') as string,
      });
      expect(await readManifest(world)).toMatchObject({ state: 'claimed' });
    });
  });

  test.for([
    { why: 'no bucket', request: { TargetBucket: 'nowhere' }, named: /nowhere/ },
    { why: 'a bucket elsewhere', request: { TargetBucket: 'far-away' }, named: /eu-west-1/ },
    { why: 'a key that is none', request: { TargetSnapshotName: '/x' }, named: /slash/ },
    { why: 'a KMS key', request: { KmsKeyId: 'k' }, named: /KmsKeyId/ },
  ])('refused before anything is sent: $why', async ({ request, named }) => {
    await inWorld(server, async (world) => {
      world.sim.addBucket('far-away', { region: 'eu-west-1' });

      expect(await failureOf(world.run(exportOf({ request })))).toMatchObject({
        type: 'InvalidRequest',
        message: expect.stringMatching(named) as string,
      });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(0);
    });
  });

  test('a target that differs from a neighbour in case alone is his: neither adopted nor deleted', async () => {
    await inWorld(server, async (world) => {
      await world.run(exportOf({ request: { TargetSnapshotName: 'Nightly' } }));
      const before = await keysOf(world);

      expect(await failureOf(world.run(exportOf({ onCancel: 'delete' })))).toMatchObject({
        type: 'ExportTargetTaken',
        message: `${MANIFEST} is the manifest of another job`,
      });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(1);
      expect(await keysOf(world)).toEqual(before);
    });
  });

  test.for([{ args: [{}] }, { args: [] }, { args: [{ request: null }] }])(
    'under its name for exports the job refuses what has no request: $args',
    async ({ args }) => {
      await inWorld(server, async ({ env: { client }, taskQueue }) => {
        const options = { args, taskQueue, workflowId: `typed-${randomUUID()}` };

        expect(await failureOf(client.workflow.execute('exportMemoryDBSnapshot', options))).toMatchObject({
          type: 'InvalidRequest',
          message: expect.stringMatching(/^(input|request) \w+ is not an object: /) as string,
        });
      });
    }
  );

  test('a bucket of another account, or one that the worker does not allow', async () => {
    await inWorld(
      server,
      async (world) => {
        world.sim.addBucket('theirs', { owner: '999999999999' });

        expect(await failureOf(world.run(exportOf({ request: { TargetBucket: 'theirs' } })))).toMatchObject({
          type: 'InvalidRequest',
          phase: 'inspecting',
          hint: expect.stringContaining('must belong to the account of the source') as string,
        });
        expect(await failureOf(world.run(exportOf()))).toMatchObject({ type: 'InvalidRequest' });
        expect(world.sim.callsTo('CopySnapshot')).toHaveLength(0);
      },
      { plugin: { allowedBuckets: ['theirs'] } }
    );
  });

  test('the target may have the name of the source, a slash, and upper case', async () => {
    await inWorld(server, async (world) => {
      const target = `Nightly/${SOURCE}`;

      const same = await world.run(exportOf({ request: { TargetSnapshotName: SOURCE } }));
      const nested = await world.run(exportOf({ request: { TargetSnapshotName: target } }));

      expect(same).toMatchObject({ manifestKey: `${SOURCE}.manifest.json` });
      expect(nested).toMatchObject({ objects: [{ key: `${target}-0001.rdb` }, {}, {}] });
    });
  });

  test.for([
    { onCancel: 'keep', outcome: 'kept', left: [MANIFEST], deletes: 0 },
    { onCancel: 'delete', outcome: 'deleted', left: [], deletes: 4 },
  ] as const)('cancelled while it is written: $onCancel', async ({ onCancel, outcome, left, deletes }) => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportTakes: '2h', exportOrder: 'together' });

      const job = await world.start(exportOf({ onCancel }));
      await world.sim.calledTimes('ListObjectsV2', 3);
      await job.cancel();
      await job.result().catch(() => undefined);

      expect((await job.describe()).memo?.['memorydbSnapshots']).toMatchObject({ outcome });
      // What is kept is written on: its objects appear when the server's clock jumps ahead after the job.
      const keys = (await keysOf(world)).filter((key) => onCancel === 'delete' || key === MANIFEST);
      expect(keys).toEqual(left);
      expect(world.sim.callsTo('DeleteObject')).toHaveLength(deletes);
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
