import type { IncomingHttpHeaders } from 'node:http';
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
