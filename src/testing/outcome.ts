import type { HttpReply } from './http-server';
import { type OperationName, getErrorStatus } from './memorydb-wire';

/** A decision about a call: what the log says of it and what is sent back; no reply cuts the connection. */
export interface Outcome {
  readonly outcome: string;
  readonly reply: HttpReply | undefined;
}

/** A call that the service understands; `perform` lets it take effect at the time `now`. */
export interface ReceivedCall {
  readonly operation: OperationName;
  readonly input: unknown;
  readonly perform: (now: number) => Outcome;
}

/** The media type of requests and answers. */
export const contentType = 'application/x-amz-json-1.1';

/** The service's error of this name, with the status that its model gives it unless another is given. */
export function createErrorOutcome(
  { name, message }: Error,
  requestId: string,
  status = getErrorStatus(name)
): Outcome {
  return { outcome: name, reply: createReply(status, JSON.stringify({ __type: name, message }), requestId) };
}

/** An answer with a JSON body. */
export function createReply(status: number, body: string, requestId: string): HttpReply {
  return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body };
}
