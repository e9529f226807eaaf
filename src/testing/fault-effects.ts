import { setTimeout as pause } from 'node:timers/promises';
import type { OpenCall } from './call-log';
import type { Clock } from './clock';
import type { HttpReply } from './http-server';
import type { Outcome, ReceivedCall } from './protocol';
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
  const how = { ignoreRange: fault.ignoreRange };
  const lost = fault.when === 'after' ? await received.perform(now, how) : undefined;
  if (fault.delayMs !== undefined && !(await wait(fault.delayMs, signal))) return abandoned;
  if (fault.connection === 'hang') {
    call.conclude('hung');
    const release = await Promise.race([released, untilAborted(signal)]);
    if (release === undefined) return abandoned;
    if (release.drop) return dropped;
  }
  const replacement = replace(fault, lost, received);
  return replacement ?? spoilBody(fault, lost ?? (await received.perform(await clock.read(), how)));
}

/** What a fault answers instead of the operation; undefined when the operation's own answer stands. */
function replace(fault: Fault, lost: Outcome | undefined, received: ReceivedCall): Outcome | undefined {
  const { error, message = 'a scripted fault', httpStatus: status, connection, garbled } = fault;
  if (connection === 'drop') return dropped;
  if (garbled) return { outcome: 'garbled', reply: halve(lost?.reply ?? received.sampleReply) };
  if (error !== undefined) return received.refuse(new Refusal(error, message), status);
  if (status === undefined) return undefined;
  const body = `<html><body><h1>${status}</h1></body></html>`;
  return { outcome: `HTTP ${status}`, reply: { status, headers: { 'content-type': 'text/html' }, body } };
}

/** A success with the first half of the body alone, of which the length is told as if it were all. */
function halve({ headers, body }: HttpReply): HttpReply {
  if (typeof body === 'string') return { status: 200, headers, body: body.slice(0, Math.ceil(body.length / 2)) };
  const half = Buffer.concat([...body.pieces]).subarray(0, Math.ceil(body.size / 2));
  return { status: 200, headers, body: { size: half.length, pieces: [half] } };
}

/** A body that is cut off or slow; what has no body worth the name stays as it is. */
function spoilBody({ cutAfter, pieceDelayMs }: Fault, decided: Outcome): Outcome {
  const { outcome, reply } = decided;
  if (!reply || typeof reply.body === 'string' || (cutAfter === undefined && pieceDelayMs === undefined))
    return decided;
  const isCut = cutAfter !== undefined && cutAfter < reply.body.size;
  const body = { ...reply.body, ...(isCut && { cutAfter }), ...(pieceDelayMs !== undefined && { pieceDelayMs }) };
  return { outcome: isCut ? 'cut' : outcome, reply: { ...reply, body } };
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
