/** What a refusal or a broken answer means for us. The status decides only where the name is unknown. */
export type FaultKind =
  | 'quota' // a limit that time clears
  | 'state' // the source is busy
  | 'exists' // the target's name is taken
  | 'missing' // the snapshot is not there
  | 'refused' // waiting cannot help
  | 'access' // a missing permission, or an expired login
  | 'client' // a bug of ours or a wrong set-up: the request never made sense to the service
  | 'trouble' // service or path trouble: the request may have been accepted all the same
  | 'unknown'; // a name that nobody has told us about

export interface Fault {
  /** AWS's error name in its long form, or the name of what broke on the way. */
  readonly name: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly hint: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
}

type Row = readonly [kind: FaultKind, hint: string];

const ACCESS_HINT = 'Grant the worker the permission that the message names, or renew its credentials.';
const CLIENT_HINT = 'Check region, endpoint and the versions of the AWS SDK; AWS did not understand the request.';
const TROUBLE_HINT =
  'Nothing to do: the job retries. If it lasts, look at the AWS Health Dashboard and the network path.';

const row = (kind: FaultKind, hint: string): Row => [kind, hint];
const rows = (names: string, kind: FaultKind, hint: string): Record<string, Row> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, row(kind, hint)]));

/**
 * MemoryDB's errors by name. Sources: the service model 2021-01-01 (the eight errors of CopySnapshot), the API
 * reference's list of common errors, and the JSON protocol's own.
 */
const FAULTS: ReadonlyMap<string, Row> = byName({
  SnapshotQuotaExceededFault: row(
    'quota',
    'MemoryDB allows 20 manual snapshots per cluster in any 24 hours: delete some, or let the job wait.'
  ),
  InvalidSnapshotStateFault: row('state', 'The source is busy: it can be copied when its status is `available` again.'),
  SnapshotAlreadyExistsFault: row('exists', 'Choose another TargetSnapshotName, or delete the snapshot of that name.'),
  SnapshotNotFoundFault: row('missing', 'Check the name, the account and the region of the worker.'),
  InvalidParameterValueException: row('refused', 'Correct the value that the message names.'),
  InvalidParameterCombinationException: row('refused', 'Leave out one of the parameters that the message names.'),
  ServiceLinkedRoleNotFoundFault: row(
    'refused',
    'Create the role: aws iam create-service-linked-role --aws-service-name memorydb.amazonaws.com'
  ),
  TagQuotaPerResourceExceeded: row('refused', "A snapshot holds 50 tags, one of them is the job's: pass 49 at most."),
  ClusterNotFoundFault: row('refused', 'Check the name of the cluster, and the account and region of the worker.'),
  InvalidKMSKeyFault: row('refused', 'Use a symmetric, enabled KMS key of the same region.'),
  ...rows(
    `AccessDeniedException AccessDenied NotAuthorized OptInRequired RequestExpired InvalidClientTokenId
     UnrecognizedClientException ExpiredTokenException ExpiredToken InvalidSignatureException IncompleteSignature
     MissingAuthenticationToken MissingAuthenticationTokenException SignatureDoesNotMatch
     CredentialsProviderError TokenProviderError`,
    'access',
    ACCESS_HINT
  ),
  ...rows(
    `ValidationException ValidationError InvalidAction UnknownOperationException SerializationException
     MalformedQueryString InvalidQueryParameter MissingAction MissingParameter InvalidARNFault`,
    'client',
    CLIENT_HINT
  ),
  ...rows(
    `ThrottlingException Throttling ThrottledException RequestThrottled RequestThrottledException
     TooManyRequestsException RequestLimitExceeded SlowDown LimitExceededException
     APICallRateForCustomerExceededFault ProvisionedThroughputExceededException BandwidthLimitExceeded
     InternalFailure InternalServerError InternalError ServiceUnavailable ServiceUnavailableException
     TimeoutError RequestTimeout RequestTimeoutException`,
    'trouble',
    TROUBLE_HINT
  ),
});

/** The names of the Query protocol, which MemoryDB's sister services use and its model lists. */
const SHORT_FORMS: ReadonlyMap<string, string> = byName({
  SnapshotQuotaExceeded: 'SnapshotQuotaExceededFault',
  InvalidSnapshotState: 'InvalidSnapshotStateFault',
  SnapshotAlreadyExists: 'SnapshotAlreadyExistsFault',
  SnapshotNotFound: 'SnapshotNotFoundFault',
  InvalidParameterValue: 'InvalidParameterValueException',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  ServiceLinkedRoleNotFound: 'ServiceLinkedRoleNotFoundFault',
  TagQuotaPerResourceExceededFault: 'TagQuotaPerResourceExceeded',
  APICallRateForCustomerExceeded: 'APICallRateForCustomerExceededFault',
  InvalidKMSKey: 'InvalidKMSKeyFault',
  InvalidARN: 'InvalidARNFault',
});

/** Every name the table knows, short forms included: what the tests walk. */
export const KNOWN_FAULT_NAMES: readonly string[] = [...FAULTS.keys(), ...SHORT_FORMS.keys()];

/** Reads an error of the AWS client by its name, never by its message. */
export function classifyFault(err: unknown): Fault {
  const thrown = err instanceof Error ? err : new Error(String(err));
  const meta = metadataOf(thrown);
  // The SDK throws plain errors where its set-up is incomplete, for example without a region.
  const name = thrown.name === 'Error' ? 'ClientError' : (SHORT_FORMS.get(thrown.name) ?? thrown.name);
  const known = FAULTS.get(name);
  const [kind, hint] = known ?? unnamed(thrown, meta.httpStatusCode);
  return {
    name: kind === 'trouble' && known === undefined ? nameOfTrouble(thrown, meta.httpStatusCode) : name,
    kind,
    hint,
    message: thrown.message,
    ...(meta.httpStatusCode !== undefined && { httpStatus: meta.httpStatusCode }),
    ...(meta.requestId !== undefined && { requestId: meta.requestId }),
  };
}

function unnamed(err: Error, httpStatus: number | undefined): Row {
  if (httpStatus !== undefined && httpStatus >= 500) return row('trouble', TROUBLE_HINT);
  if (isNetworkError(err) || isGarbledAnswer(err)) return row('trouble', TROUBLE_HINT);
  if (isServiceError(err)) {
    return row('unknown', 'AWS answered with an error that this version does not know: look it up by its name.');
  }
  return row('client', CLIENT_HINT);
}

/** What the SDK calls an answer that tells no name, as gateways give it. */
const NAMELESS: readonly string[] = ['Error', 'Unknown', 'UnknownError'];

function nameOfTrouble(err: Error, httpStatus: number | undefined): string {
  const code = codeOf(err);
  if (code !== undefined) return code;
  if (isGarbledAnswer(err)) return 'GarbledAnswer';
  return httpStatus !== undefined && NAMELESS.includes(err.name) ? `Http${httpStatus}` : err.name;
}

/** Node's own errors (ECONNRESET, EPIPE, ENOTFOUND, …) carry a code. */
function isNetworkError(err: Error): boolean {
  return codeOf(err) !== undefined || err.name === 'NetworkingError' || err.message === 'aborted';
}

/** The SDK throws a SyntaxError with the response attached when a body is cut or is no JSON. */
function isGarbledAnswer(err: Error): boolean {
  return err instanceof SyntaxError && ('$response' in err || '$responseBodyText' in err || '$metadata' in err);
}

function isServiceError(err: Error): boolean {
  return '$fault' in err && err.name !== 'Error';
}

/** A TypeError or RangeError with a code (ERR_INVALID_URL, ERR_INVALID_ARG_TYPE) is a wrong set-up, not the network. */
function codeOf(err: Error): string | undefined {
  if (err instanceof TypeError || err instanceof RangeError) return undefined;
  return 'code' in err && typeof err.code === 'string' && /^E[A-Z_]+$/.test(err.code) ? err.code : undefined;
}

/** A table that answers to its own names only: an error could be called `constructor`. */
function byName<Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(table));
}

interface ResponseMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

function metadataOf(err: Error): ResponseMetadata {
  return '$metadata' in err && typeof err.$metadata === 'object' && err.$metadata !== null ? err.$metadata : {};
}
