import type { HttpReply, HttpRequest } from './http-server';
import type { OperationName } from './operations';
import type { Refusal } from './refusal';
import type { State } from './state';

/** A decision about a call: what the log says of it and what is sent back; no reply cuts the connection. */
export interface Outcome {
  readonly outcome: string;
  readonly reply: HttpReply | undefined;
}

/** What a scripted fault changes about an operation that is performed all the same. */
export interface Distortion {
  /** Whether a range is ignored, and the whole object sent. */
  readonly ignoreRange?: boolean | undefined;
}

/** A call that the service understands. */
export interface ReceivedCall {
  readonly operation: OperationName;
  readonly input: unknown;
  /** Lets it take effect at the time `now`. */
  perform(now: number, how?: Distortion): Outcome | Promise<Outcome>;
  /** The service's error, with its own status unless another is given. */
  refuse(refusal: Refusal, status?: number): Outcome;
  /** A success that is no use. */
  readonly sampleReply: HttpReply;
}

/** How a service is spoken to. */
export interface Protocol {
  /** The name of the error for what is the service's own fault. */
  readonly internalError: string;
  /** What the request asks for, right or wrong, for the log; throws nothing. */
  readAsSent(request: HttpRequest): { readonly operation: string | undefined; readonly input: unknown };
  /** Reads a request; throws the Refusal of one that the service does not take. */
  receive(request: HttpRequest, state: State, requestId: string): ReceivedCall;
  /** The service's error. */
  refuse(refusal: Refusal, request: HttpRequest, requestId: string): Outcome;
}
