import { setTimeout as pause } from 'node:timers/promises';
import type { OpenCall } from './call-log';
import type { Clock } from './clock';
import { type Outcome, type ReceivedCall, createErrorOutcome, createReply } from './outcome';
import { Refusal } from './refusal';
import type { Fault, Strike } from './scripted-faults';

const dropped: Outcome = { outcome: 'dropped', reply: undefined };
const abandoned: Outcome = { outcome: 'abandoned', reply: undefined };

/** Decides a call that a scripted fault hits: `after` acceptance the operation takes effect first. */
export async function suffer(
  { fault, released }: Strike,
  received: ReceivedCall,
  { now, clock, call, signal }: { now: number; clock: Clock; call: OpenCall; signal: AbortSignal }
): Promise<Outcome> {
  const lost = fault.when === 'after' ? received.perform(now) : undefined;
  if (fault.delayMs !== undefined && !(await wait(fault.delayMs, signal))) return abandoned;
  if (fault.connection === 'hang') {
    call.conclude('hung');
    const release = await Promise.race([released, untilAborted(signal)]);
    if (release === undefined) return abandoned;
    if (release.drop) return dropped;
  }
  const replacement = replace(fault, lost, call.record.requestId);
  return replacement ?? lost ?? received.perform(await clock.read());
}

/** What a fault answers instead of the operation; undefined when the operation's own answer stands. */
function replace(fault: Fault, lost: Outcome | undefined, requestId: string): Outcome | undefined {
  const { error, message = 'a scripted fault', httpStatus: status, connection, garbled } = fault;
  if (connection === 'drop') return dropped;
  if (garbled) {
    const whole = lost?.reply?.body ?? '{"Snapshot":{"Name":"sn';
    return { outcome: 'garbled', reply: createReply(200, whole.slice(0, Math.ceil(whole.length / 2)), requestId) };
  }
  if (error !== undefined) return createErrorOutcome(new Refusal(error, message), requestId, status);
  if (status === undefined) return undefined;
  const body = `<html><body><h1>${status}</h1></body></html>`;
  return { outcome: `HTTP ${status}`, reply: { status, headers: { 'content-type': 'text/html' }, body } };
}

/** Waits real time; false when the client hung up meanwhile. */
async function wait(delayMs: number, signal: AbortSignal): Promise<boolean> {
  return pause(delayMs, true, { signal }).catch(() => false);
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
