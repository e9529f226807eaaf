import type { Discarded } from 'temporal-memorydb-snapshots';
import type { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelJob, hearCancel, isBetweenAttempts } from '../support/cancelling';
import { describeWith } from '../support/temporal-servers';
import {
  BUCKET,
  exportOf,
  inWorld,
  openTimeSkipping,
  SOURCE,
  type Server,
  type World,
  isShardFile,
} from '../support/world';

const KEYS = ['nightly-0001.rdb', 'nightly-0002.rdb', 'nightly-0003.rdb'];
const MANIFEST = 'nightly.manifest.json';

/** How a cancelled export ends: what is told, how many objects were deleted, and what is in the bucket long after. */
interface End {
  readonly outcome: Discarded['outcome'];
  readonly deletes: number;
  readonly left: readonly string[];
}

/** The first look finds all objects: before a cancel the clock stands still. */
const AT_ONCE = { exportTakes: 0 };

/**
 * Lets the reads of all objects hang: the time-skipping server takes no cancel of an activity that is over before the
 * workflow knows it, so that none of them may be.
 */
function hangReads(sim: MemoryDBSimulator): { readonly begun: (count: number) => Promise<unknown> } {
  const { length: before } = sim.callsTo('GetObject');
  sim.fail('GetObject', { connection: 'hang', times: Infinity, match: isShardFile });
  // The inspection reads the manifest, and so does the start.
  return { begun: (count) => sim.calledTimes('GetObject', before + 2 + count) };
}

/** Resolves when so many reads are over: the job does not wait for them. */
function readsEnd(sim: MemoryDBSimulator, count: number): Promise<void> {
  const over = () => readsOf(sim).filter((outcome) => outcome !== 'hung').length >= count;
  return new Promise((resolve) => {
    const stop = sim.onCall(() => {
      if (over()) settle();
    });
    const settle = () => {
      stop();
      resolve();
    };
    if (over()) settle();
  });
}

/** How the reads of the objects ended. */
function readsOf(sim: MemoryDBSimulator): string[] {
  const reads = sim.callsTo('GetObject').filter(({ input }) => isShardFile(input));
  return reads.map(({ outcome }) => outcome);
}

const NOTHING: End = { outcome: 'nothing was started', deletes: 0, left: [] };
const ALL_KEPT: End = { outcome: 'kept', deletes: 0, left: [...KEYS, MANIFEST] };
const ALL_DELETED: End = { outcome: 'deleted', deletes: 4, left: [] };
const CLAIM_KEPT: End = { outcome: 'kept', deletes: 0, left: [MANIFEST] };
const CLAIM_DELETED: End = { outcome: 'nothing was started', deletes: 1, left: [] };

async function endOf({ sim }: World, { outcome }: Discarded): Promise<End> {
  const left = (await sim.objects(BUCKET)).map(({ key }) => key);
  return { outcome, deletes: sim.callsTo('DeleteObject').length, left };
}

/** Looks long after everybody is done: what is kept is written on, and what is deleted must not come again. */
async function endLongAfter(world: World, discarded: Discarded): Promise<End> {
  await world.env.sleep('4h');
  return endOf(world, discarded);
}

async function stateOf(sim: MemoryDBSimulator): Promise<string | undefined> {
  const object = await sim.object(BUCKET, MANIFEST);
  return object && (JSON.parse(object.bytes().toString()) as { state: string }).state;
}

/** What becomes of a call that is in flight at the cancel, and what a job that keeps or deletes makes of it. */
interface Flight extends Readonly<Record<'keep' | 'delete', End>> {
  readonly what: string;
  readonly when: 'before' | 'after';
  readonly drop?: boolean;
  /** While it hangs. */
  readonly meanwhile?: (sim: MemoryDBSimulator) => void;
}

function eachWay(flights: readonly Flight[]): (Flight & { readonly onCancel: 'keep' | 'delete' })[] {
  return flights.flatMap((flight) => [
    { onCancel: 'keep', ...flight },
    { onCancel: 'delete', ...flight },
  ]);
}

/** Cancels a job while a call of it hangs; once the attempt has heard of that, the call takes its course. */
function cancelInFlight(
  world: World,
  script: ReturnType<MemoryDBSimulator['fail']>,
  cancelled: Promise<void>,
  { onCancel, drop = false, meanwhile }: Flight & { readonly onCancel: 'keep' | 'delete' }
): Promise<Discarded> {
  return cancelJob(world, exportOf({ onCancel }), {
    when: () => script.hit,
    then: async () => {
      await cancelled;
      meanwhile?.(world.sim);
      script.release({ drop });
    },
  });
}

describeWith('time-skipping server', 'a cancelled export', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  describe('whose send is in flight', () => {
    const flights: readonly Flight[] = [
      { what: 'is accepted', when: 'after', keep: ALL_KEPT, delete: ALL_DELETED },
      { what: 'is accepted after the cancel', when: 'before', keep: ALL_KEPT, delete: ALL_DELETED },
      { what: 'is accepted, and the answer lost', when: 'after', drop: true, keep: ALL_KEPT, delete: ALL_DELETED },
      { what: 'never arrives', when: 'before', drop: true, keep: CLAIM_KEPT, delete: CLAIM_DELETED },
      {
        what: 'is refused',
        when: 'before',
        meanwhile: (sim) => sim.busy(SOURCE, { for: '3h' }),
        keep: CLAIM_KEPT,
        delete: CLAIM_DELETED,
      },
    ];
    test.for(eachWay(flights))('$onCancel: it $what', async (flight) => {
      const { cancelled, worker } = hearCancel('memorydbStartCopy');
      await inWorld(
        server,
        async (world) => {
          const { sim } = world;
          sim.set({ exportTakes: '2h' });
          const script = sim.fail('CopySnapshot', { connection: 'hang', when: flight.when });

          const discarded = await cancelInFlight(world, script, cancelled, flight);

          expect(await endLongAfter(world, discarded)).toEqual(flight[flight.onCancel]);
          expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
        },
        { worker }
      );
    });
  });

  describe('of which the claim is written', () => {
    const flights: readonly Flight[] = [
      { what: 'is written', when: 'after', keep: CLAIM_KEPT, delete: CLAIM_DELETED },
      { what: 'is written after the cancel', when: 'before', keep: CLAIM_KEPT, delete: CLAIM_DELETED },
      { what: 'is written, and the answer lost', when: 'after', drop: true, keep: CLAIM_KEPT, delete: CLAIM_DELETED },
      { what: 'is lost', when: 'before', drop: true, keep: NOTHING, delete: NOTHING },
      {
        what: 'comes too late',
        when: 'before',
        meanwhile: (sim) => sim.putObject(BUCKET, MANIFEST, '{"theirs": true}'),
        keep: { ...NOTHING, left: [MANIFEST] },
        delete: { ...NOTHING, left: [MANIFEST] },
      },
    ];
    test.for(eachWay(flights))('$onCancel: it $what, and nothing is sent', async (flight) => {
      const { cancelled, worker } = hearCancel('memorydbStartCopy');
      await inWorld(
        server,
        async (world) => {
          const { sim } = world;
          const script = sim.fail('PutObject', { connection: 'hang', when: flight.when });

          const discarded = await cancelInFlight(world, script, cancelled, flight);

          expect(await endLongAfter(world, discarded)).toEqual(flight[flight.onCancel]);
          expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
        },
        { worker }
      );
    });
  });

  describe('while the source is busy', () => {
    test.for([
      { onCancel: 'keep', end: CLAIM_KEPT },
      { onCancel: 'delete', end: CLAIM_DELETED },
    ] as const)('$onCancel: its claim is all there is', async ({ onCancel, end }) => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.exportElsewhere(SOURCE, { for: '2h' });

        const discarded = await cancelJob(world, exportOf({ onCancel }), { when: isBetweenAttempts });

        expect(await endLongAfter(world, discarded)).toEqual(end);
        expect(sim.callsTo('CopySnapshot')).toMatchObject([{ outcome: 'InvalidSnapshotStateFault' }]);
      });
    });

    test("by an export of somebody else's to the same keys: they are not deleted", async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.exportElsewhere(SOURCE, { for: '2h', bucket: BUCKET, target: 'nightly' });

        const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), { when: isBetweenAttempts });

        expect((await endLongAfter(world, discarded)).left).toEqual(expect.arrayContaining(KEYS));
      });
    });
  });

  describe('that is verifying', () => {
    test('deletes: the reads in flight are given up', async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.set(AT_ONCE);
        const { begun } = hangReads(sim);

        const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), { when: () => begun(3) });

        expect(await endLongAfter(world, discarded)).toEqual(ALL_DELETED);
        expect(readsOf(sim)).toEqual(['abandoned', 'abandoned', 'abandoned']);
        expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
      });
    });

    test('deletes, but no object that somebody else replaced since it was seen', async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.set(AT_ONCE);
        const { begun } = hangReads(sim);

        const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), {
          when: async () => {
            await begun(3);
            sim.replaceObject(BUCKET, KEYS[1] ?? '', 'theirs');
          },
        });

        expect(await endLongAfter(world, discarded)).toEqual({ outcome: 'kept', deletes: 3, left: [KEYS[1]] });
      });
    });

    test.for(['before', 'after'] as const)(
      'deletes: the final manifest as well, which takes effect %s the cancel',
      async (when) => {
        const { cancelled, worker } = hearCancel('memorydbConcludeExport');
        await inWorld(
          server,
          async (world) => {
            const { sim } = world;
            sim.set(AT_ONCE);
            const script = sim.fail('PutObject', {
              connection: 'hang',
              when: when === 'before' ? 'after' : 'before',
              skip: 1,
            });

            const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), {
              when: () => script.hit,
              then: async () => {
                await cancelled;
                script.release();
              },
            });

            expect(await endLongAfter(world, discarded)).toEqual(ALL_DELETED);
          },
          { worker }
        );
      }
    );
  });

  describe('that deletes', () => {
    test('waits until nobody writes any more', async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.set({ exportTakes: '3h' });

        await cancelJob(world, exportOf({ onCancel: 'delete' }), { when: isBetweenAttempts });

        const [sent] = sim.callsTo('CopySnapshot');
        const waited = sim.callsTo('DeleteObject').map(({ at }) => at - (sent?.at ?? Infinity));
        expect(Math.min(...waited)).toBeGreaterThanOrEqual(3 * 3_600_000);
      });
    });

    test('keeps an object that somebody else replaces meanwhile', async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        const script = sim.fail('DeleteObject', { connection: 'hang', match: ({ Key }) => Key === KEYS[1] });

        const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), {
          when: isBetweenAttempts,
          then: () => {
            void script.hit.then(() => {
              sim.replaceObject(BUCKET, KEYS[1] ?? '', 'theirs');
              script.release();
            });
          },
        });

        expect(await endLongAfter(world, discarded)).toEqual({ outcome: 'kept', deletes: 4, left: [KEYS[1]] });
        expect(discarded.detail).toContain('replaced');
      });
    });

    test.for([
      { what: 'the first object', key: KEYS[0] },
      { what: 'the last object', key: KEYS[2] },
      { what: 'the claim', key: MANIFEST },
    ])('and whose answer to the deletion of $what gets lost has deleted', async ({ key }) => {
      const { cancelled, worker } = hearCancel('memorydbStartCopy');
      await inWorld(
        server,
        async (world) => {
          const { sim } = world;
          // Nobody knows whether the send was accepted.
          const send = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });
          const match = ({ Key }: { readonly Key?: string }) => Key === key;
          const deletion = sim.fail('DeleteObject', { connection: 'drop', when: 'after', match });

          const discarded = await cancelJob(world, exportOf({ onCancel: 'delete' }), {
            when: () => send.hit,
            then: async () => {
              await cancelled;
              send.release({ drop: true });
            },
          });

          expect(deletion.hits).toBe(1);
          expect(discarded).toMatchObject({ outcome: 'deleted' });
          expect((await endLongAfter(world, discarded)).left).toEqual([]);
        },
        { worker }
      );
    });

    test('and may not has kept, and says why', async () => {
      await inWorld(server, async (world) => {
        const { sim } = world;
        sim.fail('DeleteObject', { error: 'AccessDenied', message: 'no DeleteObject for you', times: 1_000 });

        const discarded = await cancelJob(world, exportOf({ onCancel: 'delete', patience: { copy: '1h' } }), {
          when: isBetweenAttempts,
        });

        expect(discarded).toMatchObject({
          outcome: 'kept',
          detail: expect.stringContaining('no DeleteObject') as string,
        });
        expect((await endLongAfter(world, discarded)).left).toEqual([...KEYS, MANIFEST]);
      });
    });
  });
});

/**
 * These end while an attempt is in flight, which the time-skipping server never forgets: its clock stands still from
 * then on. All objects are there at once, so that nothing has to be waited for.
 */
describeWith('time-skipping server', 'a cancelled export that is kept while it is verifying', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test('has its objects and its claim; the reads in flight are given up', async () => {
    await inWorld(server, async (world) => {
      const { sim } = world;
      sim.set(AT_ONCE);
      const { begun } = hangReads(sim);

      const discarded = await cancelJob(world, exportOf({ onCancel: 'keep' }), { when: () => begun(3) });

      expect(await endOf(world, discarded)).toEqual(ALL_KEPT);
      expect(await stateOf(sim)).toBe('claimed');
      await readsEnd(sim, 3);
      expect(readsOf(sim)).toEqual(['abandoned', 'abandoned', 'abandoned']);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test('begins no other object', async () => {
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.set(AT_ONCE);
        const { begun } = hangReads(sim);

        const discarded = await cancelJob(world, exportOf({ onCancel: 'keep' }), { when: () => begun(8) });

        expect(discarded).toMatchObject({ outcome: 'kept' });
        await readsEnd(sim, 8);
        expect(readsOf(sim)).toEqual(Array.from({ length: 8 }, () => 'abandoned'));
      },
      { shards: 12, plugin: { verification: { objectsAtOnce: 8 } } }
    );
  });

  test('has the final manifest, if that was written', async () => {
    const { cancelled, worker } = hearCancel('memorydbConcludeExport');
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.set(AT_ONCE);
        const script = sim.fail('PutObject', { connection: 'hang', when: 'after', skip: 1 });

        const discarded = await cancelJob(world, exportOf({ onCancel: 'keep' }), {
          when: () => script.hit,
          then: async () => {
            await cancelled;
            script.release();
          },
        });

        expect(await endOf(world, discarded)).toEqual(ALL_KEPT);
        expect(await stateOf(sim)).toBe('complete');
      },
      { worker }
    );
  });

  test('or was to be deleted, and was claimed before this run', async () => {
    await inWorld(server, async (world) => {
      const { sim, run } = world;
      sim.set(AT_ONCE);
      const input = exportOf({ onCancel: 'delete' });
      await run(input, 'nightly');
      const { begun } = hangReads(sim);

      const discarded = await cancelJob(world, input, { when: () => begun(3), workflowId: 'nightly' });

      expect(await endOf(world, discarded)).toEqual(ALL_KEPT);
      expect(discarded.detail).toContain('older');
      expect(await stateOf(sim)).toBe('complete');
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });
});
