import { randomUUID } from 'node:crypto';
import type { CallLog } from './call-log';
import { type Clock, ClockFailure } from './clock';
import { suffer } from './fault-effects';
import type { HttpReply, HttpRequest } from './http-server';
import { memorydbProtocol } from './memorydb-service';
import type { Protocol } from './protocol';
import { Refusal } from './refusal';
import { isS3Request, s3Protocol } from './s3-service';
import type { ScriptedFaults } from './scripted-faults';
import type { State } from './state';

/** What the service works with. */
export interface ServiceParts {
  readonly state: State;
  readonly clock: Clock;
  readonly faults: ScriptedFaults;
  readonly log: CallLog;
  /** Is told of what must not happen: a broken answer, or a callback of the test that throws. */
  readonly reportBug: (bug: unknown) => void;
}

/** Answers a request to MemoryDB or S3; undefined cuts the connection. The clock is read before anything is decided. */
export async function answerRequest(request: HttpRequest, parts: ServiceParts): Promise<HttpReply | undefined> {
  const { clock, log, faults, state, reportBug } = parts;
  const protocol: Protocol = isS3Request(request) ? s3Protocol : memorydbProtocol;
  const requestId = randomUUID();
  const clockRead = await clock.read().catch((failure: unknown) => ({ failure }));
  const now = typeof clockRead === 'number' ? clockRead : clock.lastRead;
  const { operation = '-', input } = protocol.readAsSent(request);
  const call = log.open({ operation, at: now, input, requestId });
  try {
    if (typeof clockRead !== 'number') throw clockRead.failure;
    await state.foreignExports?.catchUp(now);
    const received = protocol.receive(request, state, requestId);
    const strike = faults.strike(received.operation, received.input, now);
    const { outcome, reply } = strike
      ? await suffer(strike, received, { now, clock, call, signal: request.signal })
      : await received.perform(now);
    call.conclude(outcome);
    return reply;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ClockFailure)) reportBug(error);
    const { outcome, reply } = protocol.refuse(toRefusal(error, protocol), request, requestId);
    call.conclude(outcome);
    return reply;
  }
}

function toRefusal(error: unknown, { internalError }: Protocol): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(internalError, `The simulator failed: ${error instanceof Error ? error.message : String(error)}`);
}
