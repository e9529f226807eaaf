import type { Outcome } from './protocol';
import { Refusal } from './refusal';
import { writeXml } from './s3-xml';

/** The status of each error that a client may meet, as S3's page of error responses lists them; 400 for all others. */
const statuses: Readonly<Record<string, number>> = {
  PermanentRedirect: 301,
  NotModified: 304,
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchVersion: 404,
  MethodNotAllowed: 405,
  BucketAlreadyExists: 409,
  ConditionalRequestConflict: 409,
  PreconditionFailed: 412,
  InvalidRange: 416,
  InternalError: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  SlowDown: 503,
};

/** A refusal with what S3 says besides: elements of its body, and headers. */
export class S3Refusal extends Refusal {
  constructor(
    name: string,
    message: string,
    readonly elements: Readonly<Record<string, string>> = {},
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(name, message);
  }
}

/** S3's error: XML, or no body at all for HEAD. */
export function createS3Error(
  refusal: Refusal,
  { method, path }: { readonly method: string; readonly path: string },
  requestId: string,
  status = statuses[refusal.name] ?? 400
): Outcome {
  const { elements, headers } = refusal instanceof S3Refusal ? refusal : { elements: {}, headers: {} };
  const body = writeXml('Error', {
    Code: refusal.name,
    Message: refusal.message,
    ...elements,
    Resource: path.split('?')[0] ?? '',
    RequestId: requestId,
    HostId: 'simulator',
  });
  const isBare = method === 'HEAD' || status === 304;
  const common = { 'x-amz-request-id': requestId, 'x-amz-id-2': 'simulator' };
  return {
    outcome: refusal.name,
    reply: {
      status,
      headers: { ...common, ...headers, ...(!isBare && { 'content-type': 'application/xml' }) },
      body: isBare ? '' : body,
    },
  };
}
