import type { HttpReply, HttpRequest } from './http-server';
import { operations } from './memorydb-operations';
import {
  type InputOf,
  type OperationName,
  getErrorStatus,
  isOperationName,
  readInput,
  writeOutput,
} from './memorydb-wire';
import type { Outcome, Protocol, ReceivedCall } from './protocol';
import { Refusal } from './refusal';
import { checkSignature } from './signature';
import type { State } from './state';

const targetPrefix = 'AmazonMemoryDB.';
const contentType = 'application/x-amz-json-1.1';

/** MemoryDB: POST, JSON, and the operation in a header. */
export const memorydbProtocol: Protocol = {
  internalError: 'InternalFailure',
  readAsSent: (request) => ({ operation: nameTarget(request), input: parseBody(request) }),
  receive,
  refuse: (refusal, _request, requestId) => createErrorOutcome(refusal, requestId),
};

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
  const input = readInput(operation, request.body.toString(), state.settings.strict);
  return prepare(operation, input, state, requestId);
}

function prepare<O extends OperationName>(
  operation: O,
  input: InputOf<O>,
  state: State,
  requestId: string
): ReceivedCall {
  const perform = async (now: number): Promise<Outcome> => {
    try {
      const output = await operations[operation](input, state, now);
      return { outcome: 'ok', reply: createReply(200, writeOutput(operation, output), requestId) };
    } catch (error) {
      if (error instanceof Refusal) return createErrorOutcome(error, requestId);
      throw error;
    }
  };
  return {
    operation,
    input,
    perform,
    refuse: (refusal, status) => createErrorOutcome(refusal, requestId, status),
    sampleReply: createReply(200, '{"Snapshot":{"Name":"snapshot"}}', requestId),
  };
}

/** The service's error of this name, with the status that its model gives it unless another is given. */
function createErrorOutcome({ name, message }: Refusal, requestId: string, status = getErrorStatus(name)): Outcome {
  return { outcome: name, reply: createReply(status, JSON.stringify({ __type: name, message }), requestId) };
}

function createReply(status: number, body: string, requestId: string): HttpReply {
  return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body };
}

function nameTarget({ headers }: HttpRequest): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : undefined;
}

function parseBody({ body }: HttpRequest): unknown {
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
