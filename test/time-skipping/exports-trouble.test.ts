import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, exportOf, inWorld, openTimeSkipping, SOURCE, type Server, type World } from '../support/world';

const MANIFEST = 'nightly.manifest.json';

async function keysOf({ sim }: World): Promise<string[]> {
  return (await sim.objects(BUCKET)).map(({ key }) => key);
}

function stateOf({ sim }: World): Promise<string | undefined> {
  return sim
    .object(BUCKET, MANIFEST)
    .then((object) => object && (JSON.parse(object.bytes().toString()) as { state: string }).state);
}

describeWith('time-skipping server', 'exports in trouble', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for([
    { operation: 'CopySnapshot', skip: 0, what: 'the request' },
    { operation: 'PutObject', skip: 0, what: 'the claim' },
    { operation: 'PutObject', skip: 1, what: 'the manifest' },
  ] as const)('a 5xx after $what took effect: one export, one manifest', async ({ operation, skip }) => {
    await inWorld(server, async (world) => {
      const script = world.sim.fail(operation, { httpStatus: 503, when: 'after', skip });

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });

      expect(script.hits).toBe(1);
      expect(await stateOf(world)).toBe('complete');
      // A second request may be sent; while the first one is written, the source is busy for it.
      expect(world.sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok').length).toBeLessThan(2);
      expect(await keysOf(world)).toHaveLength(4);
    });
  });

  test.for([
    { what: 'throttling', fault: { error: 'SlowDown', httpStatus: 503, times: 3 } },
    { what: 'a body that is cut', fault: { cutAfter: 5 } },
    { what: 'a whole answer to a range', fault: { ignoreRange: true } },
    { what: 'a connection that drops', fault: { connection: 'drop' } },
  ] as const)('$what while an object is read is tried again', async ({ fault }) => {
    await inWorld(server, async (world) => {
      const script = world.sim.fail('GetObject', {
        ...fault,
        match: (input: unknown) => JSON.stringify(input).includes('.rdb'),
      });

      await expect(world.run(exportOf())).resolves.toMatchObject({
        objects: [{ verdict: 'verified' }, { verdict: 'verified' }, { verdict: 'verified' }],
      });

      expect(script.hits).toBeGreaterThan(0);
    });
  });

  test('a permission that is missing before acceptance ends the job', async () => {
    await inWorld(server, async (world) => {
      world.sim.fail('ListObjectsV2', { error: 'AccessDenied', times: 100 });

      expect(await failureOf(world.run(exportOf()))).toMatchObject({ type: 'AccessDenied', phase: 'inspecting' });
      expect(world.sim.callsTo('CopySnapshot')).toHaveLength(0);
    });
  });

  test('a permission that is lost after acceptance is waited for', async () => {
    await inWorld(server, async (world) => {
      world.sim.fail('ListObjectsV2', { error: 'AccessDenied', skip: 2, for: '1h' });

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });
    });
  });

  test('one look that does not find the source ends nothing, while MemoryDB writes', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ exportTakes: '6h' });
      const job = await world.start(exportOf());
      await sim.calledTimes('CopySnapshot', 1);
      // Some hours later: the looks come every few minutes by then, and the first shard is there.
      const missed = sim.fail('DescribeSnapshots', { error: 'SnapshotNotFoundFault', skip: 60 });

      expect(await job.result()).toMatchObject({ kind: 'export' });

      expect(missed.hits).toBe(1);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('a permission that is lost between two rounds is waited for', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ exportLoses: 'all' });
      const job = await world.start(exportOf());
      await sim.calledTimes('CopySnapshot', 1);
      // The next one who reads the claim is the second round.
      const denied = sim.fail('GetObject', { error: 'AccessDenied', for: '1h', match: ({ Key }) => Key === MANIFEST });

      expect(await failureOf(job.result())).toMatchObject({ type: 'ExportIncomplete' });

      expect(denied.hits).toBeGreaterThan(1);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(3);
    });
  });

  test.for([
    { what: 'a moment', times: 1 },
    { what: 'longer than an attempt', times: 20 },
  ])(
    "a claim that cannot be told of a refusal for $what: somebody else's export to the same keys is not adopted",
    async ({ times }) => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.exportElsewhere(SOURCE, { for: '1h', bucket: BUCKET, target: 'nightly' });
        const script = sim.fail('PutObject', { httpStatus: 503, skip: 1, times });

        expect(await failureOf(world.run(exportOf({ onCancel: 'delete' })))).toMatchObject({
          type: 'ExportTargetTaken',
        });

        expect(script.hits).toBe(times);
        expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).not.toContain('ok');
        expect(sim.callsTo('DeleteObject')).toHaveLength(0);
      });
    }
  );

  test('a refusal that waiting cannot help is final, though the claim cannot be told of it at once', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.fail('CopySnapshot', { error: 'AccessDeniedException', times: Infinity });
      sim.fail('PutObject', { httpStatus: 503, skip: 1, times: 20 });

      expect(await failureOf(world.run(exportOf()))).toMatchObject({ type: 'AccessDeniedException' });

      expect(sim.callsTo('CopySnapshot').length).toBeLessThan(3);
    });
  });

  test('an object that is replaced between two looks fails the job', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      let replaced = 0;
      sim.fail('HeadObject', {
        delayMs: 0,
        match: ({ Key = '' }) => {
          if (Key.endsWith('0002.rdb') && (replaced += 1) === 1) sim.replaceObject(BUCKET, Key, 'theirs');
          return false;
        },
      });

      expect(await failureOf(world.run(exportOf()))).toMatchObject({
        type: 'ExportVerificationFailed',
        message: expect.stringContaining('nightly-0002.rdb (replaced)') as string,
      });
      expect(replaced).toBe(1);
      expect(await stateOf(world)).toBe('claimed');
    });
  });

  test('a foreign claim is neither adopted nor deleted', async () => {
    await inWorld(server, async (world) => {
      world.sim.putObject(BUCKET, MANIFEST, '{"theirs": true}');

      expect(await failureOf(world.run(exportOf({ onCancel: 'delete' })))).toMatchObject({ type: 'ExportTargetTaken' });
      expect(await keysOf(world)).toEqual([MANIFEST]);
    });
  });

  test('a second job for the same target at the same time is refused', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportTakes: '1h' });
      const first = await world.start(exportOf(), 'first');
      await world.sim.calledTimes('CopySnapshot', 1);

      // A plain client lets the clock stand still: the server runs one job at a time when it skips.
      const second = await world.start(exportOf(), 'second');
      const result = new Client({ connection: world.env.connection }).workflow.getHandle(
        'second',
        second.firstExecutionRunId
      );
      expect(await failureOf(result.result())).toMatchObject({ type: 'ExportTargetTaken' });
      await expect(first.result()).resolves.toMatchObject({ kind: 'export', adopted: false });
    });
  });

  test("a source that is under somebody else's export first", async () => {
    await inWorld(server, async (world) => {
      world.sim.exportElsewhere(SOURCE, { for: '2h' });

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });

      const accepted = world.sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok');
      expect(accepted).toHaveLength(1);
    });
  });

  test('keys that appear while every request of ours is refused are somebody else’s', async () => {
    await inWorld(server, async (world) => {
      world.sim.exportElsewhere(SOURCE, { for: '1h', bucket: BUCKET, target: 'nightly' });

      expect(await failureOf(world.run(exportOf(), 'nightly'))).toMatchObject({
        type: 'ExportTargetTaken',
        phase: 'starting',
      });
      expect((await keysOf(world)).filter((key) => key.endsWith('.rdb')).length).toBeGreaterThan(0);
      expect(await failureOf(world.run(exportOf(), 'nightly'))).toMatchObject({ type: 'ExportTargetTaken' });
    });
  });

  test('keys of a request that was accepted are ours, even if they come when a later one is refused', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set({ exportLoses: 'all' });
      const second = sim.fail('CopySnapshot', { connection: 'hang', skip: 1 });

      const result = (await world.start(exportOf())).result();
      await second.hit;
      sim.set({ exportLoses: [] });
      sim.exportElsewhere(SOURCE, { for: '1h', bucket: BUCKET, target: 'nightly' });
      second.release();

      await expect(result).resolves.toMatchObject({ kind: 'export' });
      expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).toEqual(['ok', 'InvalidSnapshotStateFault']);
    });
  });

  test.for([0, 1, 2, 3])('while the source is busy, the answer to write %i of the claim gets lost', async (skip) => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.exportElsewhere(SOURCE, { for: '1h' });
      const script = sim.fail('PutObject', { connection: 'drop', when: 'after', skip });

      await expect(world.run(exportOf())).resolves.toMatchObject({ kind: 'export' });

      expect(script.hits).toBe(1);
      expect(sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    });
  });

  test('the claim says when a request was sent that may have been accepted', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.busy(SOURCE, { for: '1h' });
      const sentAt = async () => {
        const object = await sim.object(BUCKET, MANIFEST);
        return object && (JSON.parse(object.bytes().toString()) as { sentAt?: string }).sentAt;
      };
      const notes: unknown[] = [];
      const stop = sim.onCall(({ operation }) => {
        if (operation === 'DescribeSnapshots') notes.push(sentAt());
      });

      await world.run(exportOf());
      stop();

      const [accepted] = sim.callsTo('CopySnapshot').filter(({ outcome }) => outcome === 'ok');
      const known = (await Promise.all(notes)).filter((note) => note !== undefined);
      expect(await sentAt()).toBeDefined();
      expect(Date.parse((await sentAt()) ?? '') - (accepted?.at ?? 0)).toBeLessThan(1_000);
      expect(new Set(known)).toEqual(new Set([await sentAt()]));
    });
  });

  test('the source may be gone once the keys are there', async () => {
    await inWorld(server, async (world) => {
      world.sim.set({ exportTakes: '5s', exportOrder: 'together' });
      const job = await world.start(exportOf());
      await world.sim.calledTimes('CopySnapshot', 1);
      world.sim.fail('DescribeSnapshots', { error: 'SnapshotNotFoundFault', for: '10h' });

      await expect(job.result()).resolves.toMatchObject({ kind: 'export' });
    });
  });

  test('a versioned bucket: versions in the result, a delete marker after a cancel', async () => {
    await inWorld(server, async (world) => {
      world.sim.addBucket('versioned', { versioned: true });
      const request = { TargetBucket: 'versioned' };

      const result = await world.run(exportOf({ request }));
      world.sim.set({ exportTakes: '1h' });
      const looks = world.sim.callsTo('ListObjectsV2').length;
      const job = await world.start(
        exportOf({ onCancel: 'delete', request: { ...request, TargetSnapshotName: 'second' } })
      );
      await world.sim.calledTimes('ListObjectsV2', looks + 3); // the inspection's, the start's, and the wait's
      await job.cancel();
      await job.result().catch(() => undefined);

      expect(result).toMatchObject({ objects: [{ versionId: expect.any(String) as string }, {}, {}] });
      expect((await job.describe()).memo?.['memorydbSnapshots']).toMatchObject({ outcome: 'delete marker' });
      expect((await world.sim.objects('versioned')).map(({ key }) => key)).not.toContain('second.manifest.json');
    });
  });

  test('gaps in the shard names, and no shard detail', async () => {
    await inWorld(server, async (world) => {
      world.sim.addCluster('gaps', { shards: ['0001', '0003'] });
      world.sim.addSnapshot('gapped', { cluster: 'gaps' });
      world.sim.addCluster('plain', { shards: 2, shardDetail: false });
      world.sim.addSnapshot('untold', { cluster: 'plain' });

      const gapped = await world.run(exportOf({ request: { SourceSnapshotName: 'gapped', TargetSnapshotName: 'g' } }));
      const untold = await world.run(exportOf({ request: { SourceSnapshotName: 'untold', TargetSnapshotName: 'u' } }));

      expect(gapped).toMatchObject({ objects: [{ key: 'g-0001.rdb' }, { key: 'g-0003.rdb' }] });
      expect(untold).toMatchObject({ objects: [{ key: 'u-0001.rdb' }, { key: 'u-0002.rdb' }] });
    });
  });

  test('500 shards stay within 2,500 events and a megabyte of history', { timeout: 300_000 }, async () => {
    await inWorld(server, async (world) => {
      world.sim.addCluster('wide', { shards: 500 });
      world.sim.addSnapshot('wide-snapshot', { cluster: 'wide' });
      const target = 'long-term/backups-of-the-cluster-wide/nightly-2026-11-23';

      const job = await world.start(
        exportOf({ request: { SourceSnapshotName: 'wide-snapshot', TargetSnapshotName: target } })
      );
      const result = await job.result();

      expect(target).toHaveLength(56);
      expect(result.kind === 'export' && result.objects.map(({ verdict, level }) => `${verdict} ${level}`)).toEqual(
        Array.from({ length: 500 }, () => 'verified structure')
      );
      const history = await job.fetchHistory();
      expect(history.events?.length).toBeLessThan(2_500);
      expect(sizeOf(history)).toBeLessThan(1_000_000);
    });
  });
});

/** Bytes, as the server stores it; the time-skipping server does not tell them. */
function sizeOf(history: object): number {
  const messageType: unknown = history.constructor;
  if (!isMessageType(messageType)) throw new TypeError('the history is no message of protobuf.js');
  return messageType.encode(history).finish().length;
}

function isMessageType(type: unknown): type is { encode(message: object): { finish(): Uint8Array } } {
  return typeof type === 'function' && 'encode' in type && typeof type.encode === 'function';
}
