import type { HttpRequest } from './http-server';
import { Refusal } from './refusal';

/** What S3 operations take, under AWS's names, as the request says it; the body aside. */
export interface S3Input {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly ExpectedBucketOwner?: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: string;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
  readonly EncodingType?: string;
  readonly VersionId?: string;
  readonly Range?: string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly ChecksumMode?: string;
  readonly ContentType?: string;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
}

/** An S3 operation as a request asks for it. */
export interface S3Call {
  readonly operation: S3OperationName;
  readonly input: S3Input;
}

type Member = keyof S3Input;

interface Shape {
  readonly method: string;
  readonly on: 'service' | 'bucket' | 'object';
  /** Parameters that must be there, and the value if it must be this one. */
  readonly marks?: Readonly<Record<string, string | undefined>>;
  readonly query?: Readonly<Record<string, Member | undefined>>;
}

const listing: Shape['query'] = {
  prefix: 'Prefix',
  delimiter: 'Delimiter',
  'max-keys': 'MaxKeys',
  'continuation-token': 'ContinuationToken',
  'start-after': 'StartAfter',
  'encoding-type': 'EncodingType',
  'fetch-owner': undefined,
};

const shapes = {
  ListBuckets: { method: 'GET', on: 'service' },
  HeadBucket: { method: 'HEAD', on: 'bucket' },
  GetBucketLocation: { method: 'GET', on: 'bucket', marks: { location: undefined } },
  ListObjectsV2: { method: 'GET', on: 'bucket', marks: { 'list-type': '2' }, query: listing },
  HeadObject: { method: 'HEAD', on: 'object', query: { versionId: 'VersionId' } },
  GetObject: { method: 'GET', on: 'object', query: { versionId: 'VersionId' } },
  PutObject: { method: 'PUT', on: 'object' },
  DeleteObject: { method: 'DELETE', on: 'object', query: { versionId: 'VersionId' } },
} as const satisfies Readonly<Record<string, Shape>>;

/** The S3 operations that the simulator knows. */
export type S3OperationName = keyof typeof shapes;

/** The S3 operations that the simulator knows, by name. */
export const s3OperationNames: readonly S3OperationName[] = Object.keys(shapes).filter(isS3OperationName);

/** Whether the simulator knows an S3 operation of this name. */
export function isS3OperationName(name: string): name is S3OperationName {
  return Object.hasOwn(shapes, name);
}

const headers: readonly (readonly [string, Member])[] = [
  ['x-amz-expected-bucket-owner', 'ExpectedBucketOwner'],
  ['range', 'Range'],
  ['if-match', 'IfMatch'],
  ['if-none-match', 'IfNoneMatch'],
  ['x-amz-checksum-mode', 'ChecksumMode'],
  ['content-type', 'ContentType'],
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
];

/** Says what a request asks for; throws InvalidURI, or NotImplemented for what the simulator does not know. */
export function readS3Call(request: HttpRequest): S3Call {
  const [path = '', search = ''] = request.path.split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const on = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const query = new URLSearchParams(search);
  const asked = [...query.keys()].filter((name) => !/^x-(id$|amz-)|^response-/i.test(name));
  for (const operation of s3OperationNames) {
    const shape: Shape = shapes[operation];
    const { marks = {}, query: known = {} } = shape;
    const isMarked = Object.entries(marks).every(
      ([name, value]) => query.has(name) && query.get(name) === (value ?? query.get(name))
    );
    const isKnown = asked.every((name) => Object.hasOwn(marks, name) || Object.hasOwn(known, name));
    if (shape.method !== request.method || shape.on !== on || !isMarked || !isKnown) continue;
    if (request.headers['x-amz-copy-source'] !== undefined) break;
    const input: { [member in Member]?: string } = {
      ...(bucket !== '' && { Bucket: decode(bucket) }),
      ...(key !== '' && { Key: decode(key) }),
    };
    for (const [name, member] of Object.entries(known)) {
      const value = query.get(name);
      if (member !== undefined && value !== null) input[member] = value;
    }
    for (const [name, member] of headers) {
      const value = request.headers[name];
      if (typeof value === 'string') input[member] = value;
    }
    return { operation, input };
  }
  throw new Refusal('NotImplemented', `The simulator has no S3 operation for ${request.method} ${request.path}.`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('InvalidURI', "Couldn't parse the specified URI.");
  }
}
