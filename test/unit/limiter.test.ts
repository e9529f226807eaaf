import { expect, test } from 'vitest';
import { createLimiter } from '../../src/activities/limiter';

/** A piece of work that tells when it begins, and ends when it is told. */
function work(name: string, begun: string[]): { readonly run: () => Promise<string>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    run: async () => {
      begun.push(name);
      await ended;
      return name;
    },
    end: () => end(),
  };
}

const { signal: never } = new AbortController();
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('so many run at once, the others in the order in which they came', async () => {
  const limiter = createLimiter(2);
  const begun: string[] = [];
  const [a, b, c, d] = [work('a', begun), work('b', begun), work('c', begun), work('d', begun)];

  const results = [a, b, c, d].map(({ run }) => limiter.run(run, never));
  await turn();
  expect(begun).toEqual(['a', 'b']);
  b.end();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const { end } of [a, c, d]) end();

  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('the turn of what fails is the next one’s', async () => {
  const limiter = createLimiter(1);
  const failing = limiter.run(() => Promise.reject(new Error('broken')), never);
  const next = limiter.run(() => Promise.resolve('next'), never);

  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});

test('what gives up while it waits is told the reason, never runs, and costs nobody a turn', async () => {
  const limiter = createLimiter(1);
  const begun: string[] = [];
  const [first, second, third] = [work('first', begun), work('second', begun), work('third', begun)];
  const giveUp = new AbortController();
  const running = limiter.run(first.run, never);
  const waiting = limiter.run(second.run, giveUp.signal);
  const last = limiter.run(third.run, never);

  giveUp.abort(new Error('cancelled'));

  await expect(waiting).rejects.toThrow('cancelled');
  first.end();
  third.end();
  expect(await Promise.all([running, last])).toEqual(['first', 'third']);
  expect(begun).toEqual(['first', 'third']);
});

test('what was given up before is not begun', async () => {
  const begun: string[] = [];

  const run = createLimiter(1).run(work('late', begun).run, AbortSignal.abort(new Error('cancelled')));

  await expect(run).rejects.toThrow('cancelled');
  expect(begun).toEqual([]);
});

test('turns come back: after any number of runs there are as many as before', async () => {
  const limiter = createLimiter(2);
  for (let n = 0; n < 10; n += 1) {
    await Promise.allSettled(
      [1, 2, 3].map((i) => limiter.run(() => (i === 2 ? Promise.reject(new Error()) : turn()), never))
    );
  }
  const begun: string[] = [];
  const pieces = ['a', 'b', 'c'].map((name) => work(name, begun));

  const results = pieces.map(({ run }) => limiter.run(run, never));
  await turn();

  expect(begun).toEqual(['a', 'b']);
  for (const { end } of pieces) end();
  await Promise.all(results);
});
