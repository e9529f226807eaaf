import { randomUUID } from 'node:crypto';
import type { CallLog } from './call-log';
import { type Clock, ClockFailure } from './clock';
import { suffer } from './fault-effects';
import type { HttpReply, HttpRequest } from './http-server';
import { operations } from './memorydb-operations';
import { type InputOf, type OperationName, isOperationName, readInput, writeOutput } from './memorydb-wire';
import { type Outcome, type ReceivedCall, contentType, createErrorOutcome, createReply } from './outcome';
import { Refusal } from './refusal';
import type { ScriptedFaults } from './scripted-faults';
import { checkSignature } from './signature';
import type { State } from './state';

const targetPrefix = 'AmazonMemoryDB.';

/** What the service works with. */
export interface ServiceParts {
  readonly state: State;
  readonly clock: Clock;
  readonly faults: ScriptedFaults;
  readonly log: CallLog;
  /** Is told of what must not happen: a broken answer, or a callback of the test that throws. */
  readonly reportBug: (bug: unknown) => void;
}

/** Answers a MemoryDB request; undefined cuts the connection. The clock is read before anything is decided. */
export async function answerMemoryDB(request: HttpRequest, parts: ServiceParts): Promise<HttpReply | undefined> {
  const { clock, log, faults, state, reportBug } = parts;
  const requestId = randomUUID();
  const clockRead = await clock.read().catch((failure: unknown) => ({ failure }));
  const now = typeof clockRead === 'number' ? clockRead : clock.lastRead;
  const call = log.open({ operation: nameTarget(request) ?? '-', at: now, input: readAsSent(request), requestId });
  try {
    if (typeof clockRead !== 'number') throw clockRead.failure;
    const received = receive(request, state, requestId);
    const strike = faults.strike(received.operation, received.input, now);
    const { outcome, reply } = strike
      ? await suffer(strike, received, { now, clock, call, signal: request.signal })
      : received.perform(now);
    call.conclude(outcome);
    return reply;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ClockFailure)) reportBug(error);
    const { outcome, reply } = createErrorOutcome(toRefusal(error), requestId);
    call.conclude(outcome);
    return reply;
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(
    'InternalFailure',
    `The simulator failed: ${error instanceof Error ? error.message : String(error)}`
  );
}

function receive(request: HttpRequest, state: State, requestId: string): ReceivedCall {
  const operation = nameTarget(request);
  if (
    operation === undefined ||
    request.method !== 'POST' ||
    !request.headers['content-type']?.startsWith(contentType)
  ) {
    throw new Refusal('UnknownOperationException', `The simulator takes POST, ${contentType} and X-Amz-Target.`);
  }
  if (!isOperationName(operation)) {
    throw new Refusal('UnknownOperationException', `The simulator has no operation ${operation}.`);
  }
  checkSignature(request.headers, state);
  const input = readInput(operation, request.body, state.settings.strict);
  return prepare(operation, input, state, requestId);
}

function prepare<O extends OperationName>(
  operation: O,
  input: InputOf<O>,
  state: State,
  requestId: string
): ReceivedCall {
  const perform = (now: number): Outcome => {
    try {
      const output = operations[operation](input, state, now);
      return { outcome: 'ok', reply: createReply(200, writeOutput(operation, output), requestId) };
    } catch (error) {
      if (error instanceof Refusal) return createErrorOutcome(error, requestId);
      throw error;
    }
  };
  return { operation, input, perform };
}

function nameTarget({ headers }: HttpRequest): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : undefined;
}

function readAsSent({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
