import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest } from './http-server';
import { Refusal } from './refusal';

const signed =
  /^AWS4-HMAC-SHA256 +Credential=[^/,\s]+\/\d{8}\/(?<region>[^/,\s]*)\/(?<service>[^/,\s]*)\/aws4_request, *SignedHeaders=[^,\s]+, *Signature=[0-9a-f]{64}$/;

/**
 * Throws the refusal of a request that is not signed, or signed for another service or region. Neither the signature
 * nor its date is checked: every pair of credentials is good, and the simulator's clock may be anywhere.
 */
export function checkSignature(headers: IncomingHttpHeaders, { region }: { readonly region: string }): void {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new Refusal('MissingAuthenticationTokenException', 'The request is not signed.');
  }
  const scope = signed.exec(authorization)?.groups;
  if (!scope) throw new Refusal('IncompleteSignature', 'The request signature does not conform to AWS standards.');
  if (scope['service'] !== 'memorydb') {
    throw new Refusal('InvalidSignatureException', "Credential should be scoped to correct service: 'memorydb'.");
  }
  if (scope['region'] !== region) {
    throw new Refusal('InvalidSignatureException', `Credential should be scoped to a valid region: '${region}'.`);
  }
}

/**
 * The region that a request to S3 is signed for, in its headers or, presigned, in its address. Throws AccessDenied for
 * one that is not signed.
 */
export function checkS3Signature(request: HttpRequest): string {
  const { authorization } = request.headers;
  const region = readScope(request)?.region;
  if (region !== undefined) return region;
  if (authorization === undefined) throw new Refusal('AccessDenied', 'Access Denied');
  throw new Refusal('AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.');
}

/** The service that a request is signed for; undefined when that cannot be told. */
export function readSignedService(request: HttpRequest): string | undefined {
  return readScope(request)?.service;
}

function readScope({ headers, path }: HttpRequest): { region: string; service: string } | undefined {
  const credential =
    /^AWS4-\S+ +Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
    new URLSearchParams(path.split('?')[1] ?? '').get('X-Amz-Credential');
  const [, , region, service] = credential?.split('/') ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}
