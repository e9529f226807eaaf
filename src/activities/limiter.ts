/** Lets a few pieces of work run at once, in the order in which they came. */
export interface Limiter {
  /** Does the work when its turn has come. @throws the reason of the signal, while it waits */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A limiter for everything that is handed to it. */
export function createLimiter(atOnce: number): Limiter {
  const waiting = new Set<() => void>();
  let running = 0;

  /** The place of one that is over goes to the first that waits: nobody who comes later is quicker. */
  const leave = () => {
    const [next] = waiting;
    if (next === undefined) running -= 1;
    else next();
  };
  const enter = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const settle = () => {
        waiting.delete(begin);
        signal.removeEventListener('abort', giveUp);
      };
      const begin = () => {
        settle();
        resolve();
      };
      const giveUp = () => {
        settle();
        reject(signal.reason as Error);
      };
      waiting.add(begin);
      signal.addEventListener('abort', giveUp);
    });

  return {
    async run(work, signal) {
      signal.throwIfAborted();
      if (running < atOnce) running += 1;
      else await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
