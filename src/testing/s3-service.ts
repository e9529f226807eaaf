import type { HttpReply, HttpRequest } from './http-server';
import type { Distortion, Outcome, Protocol, ReceivedCall } from './protocol';
import { Refusal } from './refusal';
import { createS3Error } from './s3-errors';
import { type S3Answer, findBucket, s3Operations } from './s3-operations';
import { readS3Call } from './s3-wire';
import { checkS3Signature, readSignedService } from './signature';
import type { State } from './state';

/** S3: the operation is in the method and the address, errors are XML. */
export const s3Protocol: Protocol = {
  internalError: 'InternalError',
  readAsSent: (request) => {
    try {
      return readS3Call(request);
    } catch {
      return { operation: undefined, input: `${request.method} ${request.path}` };
    }
  },
  receive,
  refuse: createS3Error,
};

/** Whether a request is for S3: signed for it, and not in the form of MemoryDB's. */
export function isS3Request(request: HttpRequest): boolean {
  if (request.headers['x-amz-target'] !== undefined) return false;
  const service = readSignedService(request);
  return service === 's3' || (service === undefined && request.method !== 'POST');
}

function receive(request: HttpRequest, state: State, requestId: string): ReceivedCall {
  const { operation, input } = readS3Call(request);
  const region = checkS3Signature(request);
  const perform = (now: number, how: Distortion = {}): Outcome => {
    try {
      const bucket = input.Bucket === undefined ? undefined : findBucket(operation, input, region, state);
      const answer = s3Operations[operation](
        { input, bucket, body: request.body, headers: request.headers, how },
        state,
        now
      );
      return { outcome: 'ok', reply: createReply(answer, requestId) };
    } catch (error) {
      if (error instanceof Refusal) return createS3Error(error, request, requestId);
      throw error;
    }
  };
  return {
    operation,
    input,
    perform,
    refuse: (refusal, status) => createS3Error(refusal, request, requestId, status),
    sampleReply: createReply(
      { status: 200, body: '<?xml version="1.0" encoding="UTF-8"?>\n<Result></Result>' },
      requestId
    ),
  };
}

function createReply({ status, headers = {}, body = '' }: S3Answer, requestId: string): HttpReply {
  const type = typeof body === 'string' && body !== '' ? { 'content-type': 'application/xml' } : {};
  return {
    status,
    headers: { 'x-amz-request-id': requestId, 'x-amz-id-2': 'simulator', server: 'AmazonS3', ...type, ...headers },
    body,
  };
}
