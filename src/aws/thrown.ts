/** What can be read off an error of the AWS SDK, whichever service it is of. */
export interface Thrown {
  /** The name that the service told; absent where an answer names no error, or none came. */
  readonly name?: string;
  readonly message: string;
  /** Of the answer; absent where none came. */
  readonly httpStatus?: number;
  /** Of the answer, without parameters. */
  readonly contentType?: string;
  readonly requestId?: string;
  /** Where the bucket is, if S3 said so. */
  readonly bucketRegion?: string;
  /** Whether the answer cannot be read: cut, or in another format than the service's. */
  readonly isGarbled: boolean;
  /** Whether it is an answer of a service that the SDK could read. */
  readonly isService: boolean;
  /** Node's code of the error that is the cause: ECONNRESET, CERT_HAS_EXPIRED, … */
  readonly code?: string;
  /** What the operating system was asked for: connect, open, read, … */
  readonly syscall?: string;
}

/** The names that the SDK itself gives to an answer that tells none. */
const NAMELESS: readonly string[] = ['Error', 'Unknown', 'UnknownError'];

/** Reads whatever was thrown. */
export function readThrown(err: unknown): Thrown {
  const error = err instanceof Error ? err : new Error(String(err));
  const { httpStatusCode: httpStatus, requestId } = metadataOf(error);
  const headers = headersOf(error);
  const { code, syscall } = '$fault' in error ? {} : causeOf(error);
  // An answer that broke off has a code; one that came to its end is garbled where the SDK makes no service error of it.
  const isGarbled = httpStatus !== undefined && code === undefined && !('$fault' in error);
  const isNameless = NAMELESS.includes(error.name) || isGarbled || isBareNotFound(error);
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const bucketRegion = headers['x-amz-bucket-region'];
  return {
    ...(!isNameless && { name: error.name }),
    message:
      httpStatus !== undefined && isNameless && code === undefined
        ? describeAnswer(httpStatus, contentType)
        : error.message,
    isGarbled,
    isService: '$fault' in error,
    ...(httpStatus !== undefined && { httpStatus }),
    ...(contentType && { contentType }),
    ...(requestId !== undefined && { requestId }),
    ...(bucketRegion !== undefined && { bucketRegion }),
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
  };
}

function describeAnswer(httpStatus: number, contentType: string | undefined): string {
  return `HTTP ${httpStatus}${contentType ? `, ${contentType}` : ''}`;
}

/** The SDK's model has a name for 404 to a HEAD request, which no answer tells. */
function isBareNotFound({ name, message }: Error): boolean {
  return name === 'NotFound' && message === 'UnknownError';
}

/** Some errors wrap the one that has the code, or several of them: one for each address of a host. */
function causeOf(error: Error): Pick<Thrown, 'code' | 'syscall'> {
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 10; inner = nextOf(inner), depth += 1) {
    // A TypeError or RangeError with a code (ERR_INVALID_URL, ERR_INVALID_ARG_TYPE) is a wrong set-up.
    if (inner instanceof TypeError || inner instanceof RangeError) return {};
    const { code, syscall } = inner as { code?: unknown; syscall?: unknown };
    if (typeof code === 'string') return { code, ...(typeof syscall === 'string' && { syscall }) };
  }
  return {};
}

function nextOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
}

interface ResponseMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

function metadataOf(error: Error): ResponseMetadata {
  return '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
}

function headersOf(error: Error): Readonly<Record<string, string | undefined>> {
  const response = ('$response' in error && error.$response) || {};
  return (response as { headers?: Record<string, string> }).headers ?? {};
}
