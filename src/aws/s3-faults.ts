import { commonKindOf, COMMON_NAMES, kindsOf, readPath, readUnsupported, type CommonKind } from './common-faults';
import type { Fault } from './faults';
import { readThrown, type Thrown } from './thrown';

/** What a refusal of S3 means for us. */
export type S3Meaning =
  | CommonKind
  | 'missing' // no such bucket or key
  | 'wrong region'
  | 'replaced' // If-Match: it is another object now; If-None-Match: it is there
  | 'empty' // a range of an object that has no bytes
  | 'archived'; // the object must be restored before it can be read

export interface S3Fault extends Pick<Fault, 'name' | 'message' | 'requestId' | 'httpStatus'> {
  readonly meaning: S3Meaning;
  /** Where the bucket is, if S3 said so. */
  readonly bucketRegion?: string;
}

/** S3's error codes by AWS's page of error responses and by the SDK's model; `client` are those of other requests too. */
const FAULTS = kindsOf<S3Meaning>({
  missing: 'NoSuchBucket NoSuchKey NoSuchVersion NoSuchUpload NoSuchAccessPoint NoSuchMultiRegionAccessPoint',
  'wrong region': `PermanentRedirect PermanentRedirectControlError Redirect TemporaryRedirect IncorrectEndpoint
    EndpointNotFound IllegalLocationConstraintException`,
  access: `AccountProblem AllAccessDisabled CrossLocationLoggingProhibited InvalidAccessKeyId InvalidPayer
    InvalidRegion InvalidSecurity InvalidSessionException InvalidToken MissingSecurityElement MissingSecurityHeader
    NotDeviceOwnerError NotSignedUp TokenCodeInvalidError TokenRefreshRequired UnauthorizedAccess
    UnauthorizedAccessError UnexpectedIPError`,
  archived: 'InvalidObjectState ObjectNotInActiveTierError',
  replaced: 'PreconditionFailed',
  empty: 'InvalidRange',
  unsupported: 'MethodNotAllowed InvalidHttpMethod UnsupportedArgument UnsupportedSignature CredentialsNotSupported',
  trouble: `ConditionalRequestConflict OperationAborted BadDigest IncompleteBody XAmzContentSHA256Mismatch
    ConnectionClosedByRequester ResponseInterrupted Busy ServiceFailure`,
  client: `AccessControlListNotSupported AccessPointAlreadyOwnedByYou AmbiguousGrantByEmailAddress
    AnnotationLimitExceeded AnnotationNameTooLong InvalidAnnotationName InvalidPrefix NoSuchAnnotation
    UnsupportedMediaType
    AuthorizationHeaderMalformed AuthorizationQueryParametersError BucketAlreadyExists BucketAlreadyOwnedByYou
    BucketHasAccessPointsAttached BucketNotEmpty ClientTokenConflict DeviceNotActiveError EncryptionTypeMismatch
    EntityTooLarge EntityTooSmall IdempotencyParameterMismatch IllegalVersioningConfigurationException
    IncorrectNumberOfFilesInPostRequest InlineDataTooLarge InvalidAccessPoint InvalidAccessPointAliasError
    InvalidAddressingHeader InvalidArgument InvalidBucketAclWithObjectOwnership InvalidBucketName
    InvalidBucketOwnerAWSAccountID InvalidBucketState InvalidDigest InvalidEncryptionAlgorithmError InvalidHostHeader
    InvalidLocationConstraint InvalidPart InvalidPartOrder InvalidPolicyDocument InvalidRequest InvalidSOAPRequest
    InvalidSignature InvalidStorageClass InvalidTag InvalidTargetBucketForLogging InvalidURI InvalidWriteOffset
    KeyTooLongError MalformedACLError MalformedPOSTRequest MalformedPolicy MalformedXML MaxMessageLengthExceeded
    MaxPostPreDataLengthExceededError MetadataTooLarge MissingAttachment MissingContentLength MissingRequestBodyError
    NoLoggingStatusForKey NoSuchAsyncRequest NoSuchBucketPolicy NoSuchCORSConfiguration NoSuchLifecycleConfiguration
    NoSuchObjectLockConfiguration NoSuchResource NoSuchTagSet NoSuchWebsiteConfiguration NoTransformationDefined
    NotModified ObjectAlreadyInActiveTierError ObjectLockConfigurationNotFoundError OwnershipControlsNotFoundError
    ReplicationConfigurationNotFoundError RequestHeaderSectionTooLarge RequestIsNotMultiPartContent
    RequestTorrentOfBucketError RestoreAlreadyInProgress ServerSideEncryptionConfigurationNotFoundError
    TooManyAccessPoints TooManyBuckets TooManyMultiRegionAccessPointregionsError TooManyMultiRegionAccessPoints
    TooManyParts TooManyTags UnexpectedContent UnresolvableGrantByEmailAddress UserKeyMustBeSpecified`,
});

/** Every name that S3's table knows: what the tests walk. */
export const KNOWN_S3_NAMES: readonly string[] = [...COMMON_NAMES, ...FAULTS.keys()];

/** Where the name says nothing: an answer to HEAD has no body, and so no name, but every answer has a status. */
const BY_STATUS: Readonly<Record<number, S3Meaning>> = {
  301: 'wrong region',
  307: 'wrong region',
  401: 'access',
  403: 'access',
  404: 'missing',
  409: 'trouble', // ConditionalRequestConflict: another write was under way
  412: 'replaced',
  416: 'empty',
  429: 'trouble',
};

/** Reads an error of the S3 client by its name; by its status, and by `x-amz-bucket-region`, where it has none. */
export function classifyS3Fault(err: unknown): S3Fault {
  const thrown = readThrown(err);
  const { httpStatus, requestId, bucketRegion } = thrown;
  return {
    ...identify(thrown),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(requestId !== undefined && { requestId }),
    ...(bucketRegion !== undefined && { bucketRegion }),
  };
}

function identify(thrown: Thrown): Pick<S3Fault, 'name' | 'meaning' | 'message'> {
  const special = readUnsupported(thrown) ?? readPath(thrown, isOfS3);
  if (special) return { name: special.name, meaning: special.kind, message: special.message };
  const { message, httpStatus, bucketRegion } = thrown;
  const name = thrown.name ?? (httpStatus === undefined ? 'ClientError' : `Http${httpStatus}`);
  const meaning = FAULTS.get(name) ?? commonKindOf(name) ?? meaningOf(httpStatus);
  const isElsewhere = httpStatus === 400 && meaning === 'client' && bucketRegion !== undefined;
  if (isElsewhere) return { name, meaning: 'wrong region', message };
  // To a HEAD request that makes sense, 400 says that the login has expired.
  return { name, meaning: thrown.name === undefined && httpStatus === 400 ? 'access' : meaning, message };
}

function meaningOf(httpStatus: number | undefined): S3Meaning {
  if (httpStatus === undefined) return 'client';
  // A success that the SDK cannot read is an answer of something between S3 and us.
  return BY_STATUS[httpStatus] ?? (httpStatus >= 500 || httpStatus < 300 ? 'trouble' : 'client');
}

/** S3 answers XML, and nothing at all to HEAD. */
function isOfS3(contentType: string | undefined): boolean {
  return contentType === undefined || /[/+]xml$/.test(contentType);
}
