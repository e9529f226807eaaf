import type { IncomingHttpHeaders } from 'node:http';
import type { BucketRecord } from './buckets';
import type { StreamedBody } from './http-server';
import type { Distortion } from './protocol';
import { S3Refusal } from './s3-errors';
import { listObjects } from './s3-listing';
import { deleteObject, getObject, headObject, putObject } from './s3-objects';
import type { S3Input, S3OperationName } from './s3-wire';
import { writeXml } from './s3-xml';
import type { State } from './state';

/** A request that S3 takes, its bucket found. */
export interface S3Request {
  readonly input: S3Input;
  readonly bucket: BucketRecord | undefined;
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly how: Distortion;
}

/** A request about a bucket or an object. */
export type BucketRequest = S3Request & { readonly bucket: BucketRecord };

/** A success. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | StreamedBody;
}

/** An operation of the simulated S3 at the time `now`; throws a Refusal when it says no. */
type Operation = (request: S3Request, state: State, now: number) => S3Answer;

/** What each operation does. */
export const s3Operations: { readonly [O in S3OperationName]: Operation } = {
  ListBuckets: (_request, state) => listBuckets(state),
  HeadBucket: inBucket(({ bucket }) => ({ status: 200, headers: { 'x-amz-bucket-region': bucket.region } })),
  GetBucketLocation: inBucket(({ bucket: { region } }) => ({
    status: 200,
    body: writeXml('LocationConstraint', region === 'us-east-1' ? '' : region),
  })),
  ListObjectsV2: inBucket(listObjects),
  HeadObject: inBucket(headObject),
  GetObject: inBucket(getObject),
  PutObject: inBucket(putObject),
  DeleteObject: inBucket(deleteObject),
};

/**
 * The bucket that a request names, asked for in the region that the request is signed for; throws NoSuchBucket, the
 * redirect to the bucket's own region, or AccessDenied when it is not owned by whom the request expects.
 */
export function findBucket(operation: S3OperationName, input: S3Input, region: string, state: State): BucketRecord {
  const bucket = state.findBucket(input.Bucket ?? '');
  if (!bucket) {
    const name = { BucketName: input.Bucket ?? '' };
    throw new S3Refusal('NoSuchBucket', 'The specified bucket does not exist', name);
  }
  if (region !== bucket.region && operation !== 'GetBucketLocation') throw createRedirect(bucket, region, state);
  if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== bucket.owner) {
    throw new S3Refusal('AccessDenied', 'Access Denied', {}, { 'x-amz-bucket-region': bucket.region });
  }
  return bucket;
}

function createRedirect(bucket: BucketRecord, region: string, { settings }: State): S3Refusal {
  const headers = { 'x-amz-bucket-region': bucket.region };
  if (settings.wrongRegionAnswer === 400) {
    const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${bucket.region}'`;
    return new S3Refusal('AuthorizationHeaderMalformed', message, { Region: bucket.region }, headers);
  }
  const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
  const elements = { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name };
  return new S3Refusal('PermanentRedirect', message, elements, headers);
}

function inBucket(operation: (request: BucketRequest, state: State, now: number) => S3Answer): Operation {
  return (request, state, now) => {
    const { bucket } = request;
    if (!bucket) throw new S3Refusal('InvalidBucketName', 'The specified bucket is not valid.');
    return operation({ ...request, bucket }, state, now);
  };
}

function listBuckets(state: State): S3Answer {
  const Bucket = state
    .listBuckets()
    .map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt.ms).toISOString() }));
  return {
    status: 200,
    body: writeXml('ListAllMyBucketsResult', { Owner: { ID: state.accountId }, Buckets: { Bucket } }),
  };
}
