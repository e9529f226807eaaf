import { describe, expect, test } from 'vitest';
import { inVirtualTime, type VirtualTime } from '../../scripts/bench/virtual-time.mjs';
import { waitInside } from '../../scripts/bench/wait-inside.mjs';

const HOUR = 3_600_000;

/** Something in flight that takes real time, and no virtual one. */
const answer = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

/** A copy that becomes available after so many milliseconds of virtual time. */
function copyFor(copyTakes: number, time: VirtualTime) {
  const begun = time.now();
  const looks: number[] = [];
  const look = () => {
    looks.push(time.now() - begun);
    return time.during(answer().then(() => (time.now() - begun < copyTakes ? 'creating' : 'available')));
  };
  return { looks, look };
}

describe('virtual time', () => {
  test('jumps from timer to timer, in their order', async () => {
    const rung: [string, number][] = [];

    await inVirtualTime(async ({ now }) => {
      const begun = now();
      const sleep = (name: string, ms: number) =>
        new Promise<void>((resolve) => {
          setTimeout(() => {
            rung.push([name, Date.now() - begun]);
            resolve();
          }, ms);
        });
      const cleared = setTimeout(() => rung.push(['cleared', 0]), HOUR);
      clearTimeout(cleared);
      await Promise.all([sleep('late', 23 * HOUR), sleep('soon', 0.5)]);
      await sleep('later', HOUR);
    });

    expect(rung).toEqual([
      ['soon', 0.5],
      ['late', 23 * HOUR],
      ['later', 24 * HOUR],
    ]);
  });

  test('stands still while something is in flight', async () => {
    const passed = await inVirtualTime(async ({ now, during }) => {
      const begun = now();
      setTimeout(() => undefined, HOUR);
      await during(answer());
      return now() - begun;
    });

    expect(passed).toBe(0);
  });

  test.for([
    ['waits for nothing that can come', () => new Promise(() => undefined), 'neither a timer nor in flight'],
    ['fails', () => Promise.reject(new Error('its own reason')), 'its own reason'],
  ] as const)('gives the timers back when the work %s', async ([, work, why]) => {
    const before = [setTimeout, clearTimeout, Date.now];

    await expect(inVirtualTime(work)).rejects.toThrow(why);

    expect([setTimeout, clearTimeout, Date.now]).toEqual(before);
  });
});

describe('waiting inside an attempt', () => {
  test('by polling looks every 30 s', async () => {
    const looks = await inVirtualTime(async (time): Promise<number[]> => {
      const copy = copyFor(70_000, time);
      await waitInside.poll(copy.look);
      return copy.looks;
    });

    expect(looks).toEqual([0, 30_000, 60_000, 90_000]);
  });

  test("by the AWS SDK's waiter looks at intervals that grow from 2 s to 120 s", async () => {
    const looks = await inVirtualTime(async (time): Promise<number[]> => {
      const copy = copyFor(HOUR, time);
      await waitInside.waiter(copy.look);
      return copy.looks;
    });

    const gaps = looks.slice(1).map((at, n) => at - (looks[n] ?? 0));
    expect(gaps[0]).toBeCloseTo(2_000);
    expect(Math.min(...gaps)).toBeGreaterThan(1_999);
    expect(Math.max(...gaps)).toBeCloseTo(120_000);
    expect(gaps.slice(8).every((gap) => Math.abs(gap - 120_000) < 1)).toBe(true);
  });

  test.for(['waiter', 'poll'] as const)('by %s fails with the copy', async (way) => {
    await expect(waitInside[way](() => Promise.resolve('failed'))).rejects.toThrow('failed');
  });
});
