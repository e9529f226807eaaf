import { type Deferred, createDeferred } from './deferred';

/** One call that the simulator received. */
export interface CallRecord<I = unknown> {
  /** The how many-th call since the start, from 1. */
  readonly n: number;
  /** What was asked for, known or not; `-` when the request names nothing. */
  readonly operation: string;
  /** When it was received, on the simulator's clock, in milliseconds since 1970. */
  readonly at: number;
  /** The request as it was sent. */
  readonly input: I;
  /**
   * `ok`, an error's name, `HTTP 503`, `garbled` or `dropped`; `pending` or `hung` until that is known; `abandoned` when
   * the client gave up meanwhile.
   */
  readonly outcome: string;
  readonly requestId: string;
}

/** A call of which the simulator still decides the outcome. */
export interface OpenCall {
  readonly record: CallRecord;
  /** Sets the outcome and tells the listeners. */
  conclude(outcome: string): void;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly met: Deferred<undefined>;
  readonly what: string;
}

/** Remembers every call in the order of arrival. */
export class CallLog {
  readonly calls: CallRecord[] = [];
  readonly #listeners = new Set<(call: CallRecord) => void>();
  readonly #waiters = new Set<Waiter>();
  readonly #reportBug: (bug: unknown) => void;
  #closed = false;

  /** `reportBug` is told of what a listener throws. */
  constructor(reportBug: (bug: unknown) => void) {
    this.#reportBug = reportBug;
  }

  /** Notes that a call was received. */
  open(call: Omit<CallRecord, 'n' | 'outcome'>): OpenCall {
    const record = { ...call, n: this.calls.length + 1, outcome: 'pending' };
    this.calls.push(record);
    for (const waiter of this.#waiters) {
      if (waiter.isMet()) {
        this.#waiters.delete(waiter);
        waiter.met.resolve(undefined);
      }
    }
    return {
      record,
      conclude: (outcome) => {
        record.outcome = outcome;
        for (const listener of this.#listeners) this.#tell(listener, record);
      },
    };
  }

  /** Tells `listener` of every outcome; the function given back ends that. */
  listen(listener: (call: CallRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits until `isMet`, which is asked after each call; rejects when the log is closed before. */
  wait(isMet: () => boolean, what: string): Promise<void> {
    const met = createDeferred<undefined>();
    if (isMet()) met.resolve(undefined);
    else if (this.#closed) met.reject(createClosedError(what));
    else this.#waiters.add({ isMet, met, what });
    return met.promise;
  }

  #tell(listener: (call: CallRecord) => void, call: CallRecord): void {
    try {
      listener(call);
    } catch (bug) {
      this.#reportBug(bug);
    }
  }

  /** Ends all waiting. */
  close(): void {
    this.#closed = true;
    for (const { met, what } of this.#waiters) met.reject(createClosedError(what));
  }
}

function createClosedError(what: string): Error {
  return new Error(`the simulator was closed before ${what}`);
}
