import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelJob } from '../support/cancelling';
import { describeWith } from '../support/temporal-servers';
import { exportOf, inWorld, openTimeSkipping, type Server, isShardFile } from '../support/world';

/** For what happens by itself, however slow the machine. */
const SOON = { timeout: 10_000 };

/** The server's clock stands still after a job that ends before its attempts: nothing here may need it. */
describeWith('time-skipping server', 'a cancel while objects are verified', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for([
    { what: 'ends the reading', shards: 1 },
    { what: 'ends the reading, and the waiting of the others', shards: 3 },
  ])('$what', async ({ shards }) => {
    const attempts = new Set<Promise<void>>();
    await inWorld(
      server,
      async (world) => {
        const { sim } = world;
        sim.set({ exportTakes: 0 });
        const reading = sim.fail('GetObject', { connection: 'hang', times: Infinity, match: isShardFile });

        const outcome = await cancelJob(world, exportOf(), {
          when: async () => {
            await reading.hit;
            await expect.poll(() => attempts.size, SOON).toBe(shards);
          },
        });

        expect(outcome).toMatchObject({ outcome: 'kept' });
        await Promise.all(attempts);
        // Nobody lets the reads go on: whoever still waited for a turn heard of the cancel by itself.
        const reads = sim.callsTo('GetObject').filter(({ input }) => isShardFile(input));
        await expect.poll(() => new Set(reads.map((read) => read.outcome)), SOON).toEqual(new Set(['abandoned']));
      },
      {
        shards,
        plugin: { verification: { objectsAtOnce: 1 } },
        worker: {
          interceptors: {
            activity: [
              ({ info }) => ({
                inbound: {
                  async execute(input, next) {
                    const work = next(input);
                    if (info.activityType === 'memorydbVerifyObject') {
                      attempts.add(
                        work.then(
                          () => undefined,
                          () => undefined
                        )
                      );
                    }
                    return work;
                  },
                },
              }),
            ],
          },
        },
      }
    );
  });
});
