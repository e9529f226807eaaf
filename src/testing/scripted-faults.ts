import { type Duration, type Moment, parseDuration } from './clock';
import { createDeferred } from './deferred';
import { type InputOf, type OperationName, isOperationName, operationNames } from './operations';
import {
  type OptionRules,
  callback,
  checkOptions,
  countFrom,
  flag,
  milliseconds,
  oneOf,
  readElsewhere,
  text,
} from './option-rules';

/** What a scripted fault sees of the call's input: the operation's own, or anything when it is for all operations. */
export type FaultInput<O extends OperationName | '*'> = O extends OperationName
  ? InputOf<O>
  : Readonly<Record<string, unknown>>;

/**
 * A fault to come. One of `error`, `httpStatus`, `connection` and `garbled` says what happens instead of the answer;
 * none of them: the answer itself is delayed, or its body spoilt.
 */
export interface Fault<I = unknown> {
  /** The name of an error that the service answers, such as `ThrottlingException`. */
  readonly error?: string;
  /** What the error says. @default 'a scripted fault' */
  readonly message?: string;
  /** The status of the answer. Alone: a bare answer of a proxy, with no body that a client could read. */
  readonly httpStatus?: number;
  /** `drop` cuts the connection; `hang` keeps it open without an answer until `release()`. */
  readonly connection?: 'drop' | 'hang';
  /** Answers 200 with a body that is cut off. */
  readonly garbled?: boolean;
  /** GetObject: cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** GetObject: answers a range with 200 and the whole object. */
  readonly ignoreRange?: boolean;
  /** GetObject: how long each 64 KiB of the body are held back, in real milliseconds. */
  readonly pieceDelayMs?: number;
  /** Whether the operation takes effect first (`after`), so that only its answer is lost. @default 'before' */
  readonly when?: 'before' | 'after';
  /** How many matching calls pass before. @default 0 */
  readonly skip?: number;
  /** How many calls it hits. @default 1 */
  readonly times?: number;
  /** How long it hits every call, on the simulator's clock from now on; instead of `times`. */
  readonly for?: Duration;
  /** Which calls it is for. @default all */
  match?(input: I): boolean;
  /** How long the answer is held back, in real milliseconds. @default 0 */
  readonly delayMs?: number;
}

const faultRules: OptionRules<Fault> = {
  error: text,
  message: text,
  httpStatus: {
    allows: (status) => countFrom(300).allows(status) && Number(status) < 600,
    use: "an error's status, from 300 to 599",
  },
  connection: oneOf('drop', 'hang'),
  garbled: flag,
  cutAfter: countFrom(0),
  ignoreRange: flag,
  pieceDelayMs: milliseconds,
  when: oneOf('before', 'after'),
  skip: countFrom(0),
  times: countFrom(1),
  for: readElsewhere,
  match: callback,
  delayMs: milliseconds,
};

/** How calls that hang go on. */
export interface Release {
  /** Cuts them instead of answering them. @default false */
  readonly drop?: boolean;
}

const releaseRules: OptionRules<Release> = { drop: flag };

/** A fault that was scripted, to watch it and to end it. */
export interface FaultScript {
  /** How often it has fired. */
  readonly hits: number;
  /** Resolves when it fires first; rejects when the simulator is closed before. */
  readonly hit: Promise<void>;
  /** Ends the calls that hang: they get the operation's own answer, or are cut. Later calls hang as before. */
  release(how?: Release): void;
  /** Ends the script; what hangs keeps hanging. */
  remove(): void;
}

/** A script as the service runs it. */
export interface Strike {
  readonly fault: Fault;
  /** Resolves when the script is released. */
  readonly released: Promise<Release>;
}

/** The faults that are still to come, in the order of scripting: the first that fits a call is the one that hits it. */
export class ScriptedFaults {
  readonly #scripts = new Set<Script>();

  /** Scripts a fault; throws a TypeError when it makes no sense. */
  add(operation: OperationName | '*', fault: Fault, since: Moment): FaultScript {
    checkFault(operation, fault);
    const script: Script = new Script(operation, fault, since, () => this.#scripts.delete(script));
    this.#scripts.add(script);
    return script;
  }

  /** The fault that hits this call, if one does. */
  strike(operation: OperationName, input: unknown, now: number): Strike | undefined {
    for (const script of this.#scripts) {
      const strike = script.strike(operation, input, now);
      if (strike) return strike;
    }
    return undefined;
  }

  /** Ends all waiting for faults. */
  close(): void {
    for (const script of this.#scripts) script.close();
  }
}

class Script implements FaultScript {
  readonly remove: () => void;
  readonly #fault: Fault;
  readonly #operation: OperationName | '*';
  readonly #since: Moment;
  readonly #forMs: number;
  readonly #times: number;
  readonly #hit = createDeferred<undefined>();
  #skip: number;
  #hits = 0;
  #release = createDeferred<Release>();

  constructor(operation: OperationName | '*', fault: Fault, since: Moment, remove: () => void) {
    this.#operation = operation;
    this.#fault = fault;
    this.#since = since;
    this.#forMs = fault.for === undefined ? Infinity : parseDuration(fault.for, 'for');
    this.#times = fault.times ?? (fault.for === undefined ? 1 : Infinity);
    this.#skip = fault.skip ?? 0;
    this.remove = remove;
  }

  get hits(): number {
    return this.#hits;
  }

  get hit(): Promise<void> {
    return this.#hit.promise;
  }

  strike(operation: OperationName, input: unknown, now: number): Strike | undefined {
    if (this.#operation !== '*' && this.#operation !== operation) return undefined;
    if (this.#hits >= this.#times || now >= this.#since.ms + this.#forMs) return undefined;
    if (this.#fault.match && !this.#fault.match(input)) return undefined;
    if (this.#skip > 0) {
      this.#skip -= 1;
      return undefined;
    }
    this.#hits += 1;
    this.#hit.resolve(undefined);
    return { fault: this.#fault, released: this.#release.promise };
  }

  release(how: Release = {}): void {
    checkOptions('release()', how, releaseRules);
    this.#release.resolve(how);
    this.#release = createDeferred<Release>();
  }

  close(): void {
    this.#hit.reject(new Error('the simulator was closed before the scripted fault fired'));
  }
}

function checkFault(operation: string, fault: Fault): void {
  if (operation !== '*' && !isOperationName(operation)) {
    throw new TypeError(`no operation ${operation} to fail; there are ${operationNames.join(', ')} and *`);
  }
  checkOptions('fail()', fault, faultRules);
  const kinds = [fault.error ?? fault.httpStatus, fault.connection, fault.garbled || undefined];
  if (kinds.filter((kind) => kind !== undefined).length > 1) {
    throw new TypeError('a fault is one of error, httpStatus, connection and garbled');
  }
  const spoils = [fault.cutAfter, fault.ignoreRange || undefined, fault.pieceDelayMs].some((how) => how !== undefined);
  if (kinds.every((kind) => kind === undefined) && fault.delayMs === undefined && !spoils) {
    throw new TypeError(
      'a fault needs one of error, httpStatus, connection, garbled, delayMs, cutAfter, ignoreRange and pieceDelayMs'
    );
  }
  if (spoils && operation !== '*' && operation !== 'GetObject') {
    throw new TypeError(`cutAfter, ignoreRange and pieceDelayMs are for GetObject, not ${operation}`);
  }
  if (fault.times !== undefined && fault.for !== undefined) throw new TypeError('a fault has either times or for');
}
