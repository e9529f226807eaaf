import { readThrown, type Thrown } from './thrown';

/** What a fault means that any service, or what is between it and us, may give. */
export type CommonKind =
  | 'access' // a missing permission, an expired login, or a key that cannot be used
  | 'clock' // a signature whose time the service does not accept
  | 'tls' // no trusted connection
  | 'gateway' // what answers is not the service: a proxy, a login page, a wrong endpoint
  | 'unsupported' // the endpoint does not do that
  | 'client' // a bug of ours or a wrong set-up: the request never made sense to the service
  | 'trouble'; // service or path trouble: the request may have been accepted all the same

/** A fault as it is told. */
export interface NamedKind<Kind> {
  /** The service's name of the error, or ours of what broke on the way. */
  readonly name: string;
  readonly kind: Kind;
  readonly message: string;
}

/** The name of an answer that contradicts the request, an earlier answer or itself. */
const BAD_ANSWER = 'BadAnswer';

/** An answer that cannot be right: nothing of it is believed, and it is asked for again. */
export class BadAnswer extends Error {
  override readonly name = BAD_ANSWER;
}

/**
 * What broke the body of an answer off. An error without a name or a code is the SDK's for a checksum that is wrong.
 */
export function readBodyFault(key: string, err: unknown): unknown {
  const { name, message, code } = readThrown(err);
  return name === undefined && code === undefined ? new BadAnswer(`${key}: ${message}`, { cause: err }) : err;
}

/**
 * Errors that any service gives, and those of the providers of credentials. Sources: the common errors of the API
 * references, the JSON protocol, the SDK's lists of errors worth a retry, the models of STS, SSO and SSO OIDC.
 */
const COMMON = kindsOf<CommonKind>({
  access: `AccessDeniedException AccessDenied NotAuthorized OptInRequired InvalidClientTokenId
    UnrecognizedClientException ExpiredTokenException ExpiredToken IncompleteSignature MissingAuthenticationToken
    MissingAuthenticationTokenException CredentialsProviderError TokenProviderError ForbiddenException
    ExpiredTradeInTokenException IDPRejectedClaim IDPRejectedClaimException InvalidIdentityToken
    InvalidIdentityTokenException MalformedPolicyDocumentException PackedPolicyTooLargeException
    JWTPayloadSizeExceededException RegionDisabledException SessionDurationEscalationException UnauthorizedException
    UnauthorizedClientException InvalidGrantException InvalidClientException AuthorizationPendingException
    OutboundWebIdentityFederationDisabledException`,
  clock: `RequestTimeTooSkewed RequestExpired RequestInTheFuture InvalidSignatureException SignatureDoesNotMatch`,
  unsupported: 'NotImplemented',
  client: `ValidationException ValidationError InvalidAction UnknownOperationException SerializationException
    MalformedQueryString InvalidQueryParameter MissingAction MissingParameter`,
  trouble: `ThrottlingException Throttling ThrottledException RequestThrottled RequestThrottledException
    TooManyRequestsException RequestLimitExceeded SlowDown SlowDownException LimitExceededException
    PriorRequestNotComplete ProvisionedThroughputExceededException BandwidthLimitExceeded InternalFailure
    InternalServerError InternalServerException InternalError ServiceUnavailable ServiceUnavailableException
    TimeoutError RequestTimeout RequestTimeoutException NetworkingError IDPCommunicationError
    IDPCommunicationErrorException ${BAD_ANSWER}`,
});

/**
 * Errors of KMS, which S3 tells as `KMS.` and the name. A key that is disabled, about to be deleted or not granted can
 * be mended while a job waits.
 */
const OF_KMS = kindsOf<CommonKind>({
  access: `AccessDeniedException DisabledException NotFoundException KMSInvalidStateException InvalidStateException
    InvalidGrantTokenException KMSAccessDenied CloudHsmClusterInvalidConfigurationException
    CloudHsmClusterNotActiveException CloudHsmClusterNotFoundException CloudHsmClusterNotRelatedException
    CustomKeyStoreInvalidStateException CustomKeyStoreNotFoundException IncorrectTrustAnchorException
    XksKeyInvalidConfigurationException XksKeyNotFoundException XksProxyIncorrectAuthenticationCredentialException
    XksProxyInvalidConfigurationException XksProxyVpcEndpointServiceInvalidConfigurationException
    XksProxyVpcEndpointServiceNotFoundException`,
  client: `AlreadyExistsException CloudHsmClusterInUseException ConflictException CustomKeyStoreHasCMKsException
    CustomKeyStoreNameInUseException DryRunOperationException ExpiredImportTokenException IncorrectKeyException
    IncorrectKeyMaterialException InvalidAliasNameException InvalidArnException InvalidCiphertextException
    InvalidGrantIdException InvalidImportTokenException InvalidKeyUsageException InvalidMarkerException
    KMSInvalidMacException KMSInvalidSignatureException MalformedPolicyDocumentException TagException
    UnsupportedOperationException XksKeyAlreadyInUseException XksProxyUriEndpointInUseException
    XksProxyUriInUseException XksProxyVpcEndpointServiceInUseException`,
  trouble: `DependencyTimeoutException KeyUnavailableException KMSInternalException KMSInternal LimitExceededException
    ThrottlingException XksProxyInvalidResponseException XksProxyUriUnreachableException`,
});

/** Node's and the SDK's codes of a connection that is not made, or breaks. Every other code is something else. */
const NETWORK_CODES = new Set(
  `ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT ESOCKETTIMEDOUT ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA
   EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET ENOTCONN EADDRNOTAVAIL EADDRINUSE EMFILE ENFILE ENOBUFS
   ERR_STREAM_PREMATURE_CLOSE ERR_SOCKET_CLOSED ERR_SOCKET_CONNECTION_TIMEOUT ERR_HTTP2_STREAM_ERROR
   ERR_HTTP2_SESSION_ERROR ERR_HTTP2_GOAWAY_SESSION ERR_HTTP2_STREAM_CANCEL ETIMEOUT ESERVFAIL EREFUSED`.split(/\s+/)
);

/** OpenSSL's codes of a handshake or a certificate. EPROTO: what answers does not speak TLS. */
const TLS_CODES =
  /^(?:EPROTO|ERR_(?:SSL|TLS)_\w+|(?:CERT|CRL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERROR_IN)_\w+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** The codes of a file that cannot be read: only credentials and configuration are read from files. */
const FILE_CODES: readonly string[] = ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** Statuses that a gateway answers where a while later it may answer otherwise. */
const PASSING: readonly number[] = [408, 425, 429];

/** Every name that all services share: what the tests walk. */
export const COMMON_NAMES: readonly string[] = [...COMMON.keys()];

/** The kind of a name that any service may give. */
export function commonKindOf(name: string): CommonKind | undefined {
  const [, ofKms] = /^KMS\.(.+)$/.exec(name) ?? [];
  if (ofKms !== undefined) return OF_KMS.get(ofKms) ?? COMMON.get(ofKms);
  return COMMON.get(name) ?? (name.startsWith('KMS') ? OF_KMS.get(name) : undefined);
}

/** An endpoint that does not do what was asked of it answers 501, whatever it names the error. */
export function readUnsupported({ name, message, httpStatus }: Thrown): NamedKind<CommonKind> | undefined {
  if (httpStatus !== 501 && !(httpStatus === 405 && name === undefined)) return undefined;
  const said = name === undefined || name === 'NotImplemented' ? message : `${name}: ${message}`;
  return { name: 'NotImplemented', kind: 'unsupported', message: said };
}

/**
 * What is wrong where no service named an error: with the path to it, with the files that are read before, or with us.
 *
 * @param speaks whether an answer of that content type may be the service's own
 */
export function readPath(
  { name, message, httpStatus, contentType, isGarbled, code, syscall }: Thrown,
  speaks: (contentType: string | undefined) => boolean
): NamedKind<CommonKind> | undefined {
  if (name !== undefined && (code === undefined || commonKindOf(name) !== undefined)) return undefined;
  if (code === undefined && httpStatus !== undefined) {
    if (httpStatus < 300) return { name: 'GarbledAnswer', kind: 'trouble', message };
    const named = (kind: CommonKind) => ({ name: `Http${httpStatus}`, kind, message });
    if (httpStatus >= 500 || PASSING.includes(httpStatus)) return named('trouble');
    return isGarbled || httpStatus === 407 || !speaks(contentType) ? named('gateway') : undefined;
  }
  if (code === undefined) return undefined;
  const told = message.includes(code) ? message : `${code}: ${message}`;
  if (NETWORK_CODES.has(code)) return { name: code, kind: 'trouble', message };
  if (TLS_CODES.test(code)) return { name: 'TlsError', kind: 'tls', message: told };
  if (code.startsWith('HPE_')) return { name: 'GarbledAnswer', kind: 'trouble', message: told };
  const isFile = FILE_CODES.includes(code) && syscall !== undefined && syscall !== 'connect';
  return isFile ? { name: 'CredentialsProviderError', kind: 'access', message: told } : undefined;
}

/** A table by kind, as a map that answers to its own names only: an error could be called `constructor`. */
export function kindsOf<Kind extends string>(
  names: Readonly<Partial<Record<Kind, string>>>
): ReadonlyMap<string, Kind> {
  const rows = Object.entries<string | undefined>(names) as [Kind, string][];
  return new Map(rows.flatMap(([kind, list]) => list.split(/\s+/).map((name) => [name, kind] as const)));
}
