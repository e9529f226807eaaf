import { keepBytes } from './contents';
import { storeObject } from './object-fixtures';
import { S3Refusal } from './s3-errors';
import type { BucketRequest, S3Answer } from './s3-operations';
import { readRange } from './s3-range';
import { decodeUpload } from './s3-upload';
import type { S3Input } from './s3-wire';
import type { State } from './state';
import { type ObjectVersion, type StoredObject, isObject, tellTime, writeChecksum } from './stored-objects';

/** Describes an object; throws NoSuchKey and the like. */
export function headObject(request: BucketRequest, _state: State, now: number): S3Answer {
  const object = readObject(request, now);
  const { input, how } = request;
  const range = how.ignoreRange ? undefined : readRange(input.Range, object.content.size);
  const length = range ? range.end - range.start : object.content.size;
  return {
    status: range ? 206 : 200,
    headers: {
      ...describe(object, request, range === undefined),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end - 1}/${object.content.size}` }),
      'content-length': String(length),
    },
  };
}

/** Sends an object or a range of it. */
export function getObject(request: BucketRequest, state: State, now: number): S3Answer {
  const { status, headers = {} } = headObject(request, state, now);
  const { content } = readObject(request, now);
  const { start, end } = (status === 206 && readRange(request.input.Range, content.size)) || {
    start: 0,
    end: content.size,
  };
  return { status, headers, body: { size: end - start, pieces: content.read(start, end) } };
}

/** Keeps an object; throws PreconditionFailed when what is there is not what the request says. */
export function putObject({ input, bucket, body, headers }: BucketRequest, _state: State, now: number): S3Answer {
  const key = readKey(input);
  if (bucket.demandsEncryption !== undefined && bucket.demandsEncryption !== input.ServerSideEncryption) {
    const resource = `arn:aws:s3:::${bucket.name}/${key}`;
    const message = `not authorized to perform: s3:PutObject on resource: "${resource}" with an explicit deny`;
    throw new S3Refusal('AccessDenied', `${message} in a resource-based policy`);
  }
  const current = bucket.objects.find(key, now);
  if (input.IfNoneMatch !== undefined && input.IfNoneMatch !== '*') {
    throw new S3Refusal('NotImplemented', 'A header you provided implies functionality that is not implemented');
  }
  if (input.IfNoneMatch !== undefined && isObject(current)) throw preconditionFailed('If-None-Match');
  if (input.IfMatch !== undefined) {
    if (!isObject(current)) throw noSuchKey(key);
    if (!matches(input.IfMatch, current.etag)) throw preconditionFailed('If-Match');
  }
  const { bytes, checksum } = decodeUpload(body, headers);
  const stored = storeObject(bucket, key, keepBytes(bytes), {
    writing: 'put',
    hidden: { since: { ms: now }, forMs: 0 },
    contentType: input.ContentType ?? 'binary/octet-stream',
    checksum,
  });
  return {
    status: 200,
    headers: { etag: stored.etag, ...tellVersion(stored), ...tellChecksum(stored), ...tellEncryption(bucket) },
  };
}

/** Deletes an object, or hides it behind a delete marker; one that is not there is no error. */
export function deleteObject({ input, bucket }: BucketRequest, _state: State, now: number): S3Answer {
  const key = readKey(input);
  const { objects } = bucket;
  const current = objects.find(key, now);
  if (input.IfMatch !== undefined) {
    if (!current) throw noSuchKey(key);
    if (!isObject(current) || !matches(input.IfMatch, current.etag)) throw preconditionFailed('If-Match');
  }
  if (input.VersionId !== undefined) {
    const version = objects.findVersion(key, input.VersionId, now);
    if (version) objects.remove(version);
    return {
      status: 204,
      headers: {
        'x-amz-version-id': input.VersionId,
        ...(version && !isObject(version) && { 'x-amz-delete-marker': 'true' }),
      },
    };
  }
  const marker = objects.delete(key, { ms: now }, now);
  return { status: 204, headers: marker ? { ...tellVersion(marker), 'x-amz-delete-marker': 'true' } : {} };
}

/** The object that a request names, if it may have it; throws what S3 answers otherwise. */
function readObject({ input, bucket }: BucketRequest, now: number): StoredObject {
  const key = readKey(input);
  const { VersionId: id, IfMatch, IfNoneMatch } = input;
  const version = id === undefined ? bucket.objects.find(key, now) : bucket.objects.findVersion(key, id, now);
  if (!version) {
    if (id === undefined) throw noSuchKey(key);
    throw new S3Refusal('NoSuchVersion', 'The specified version does not exist.', { Key: key, VersionId: id });
  }
  if (!isObject(version)) {
    const headers = { 'x-amz-delete-marker': 'true', ...tellVersion(version) };
    if (id === undefined) throw noSuchKey(key, headers);
    const message = 'The specified method is not allowed against this resource.';
    throw new S3Refusal('MethodNotAllowed', message, { ResourceType: 'DeleteMarker' }, headers);
  }
  if (IfMatch !== undefined && !matches(IfMatch, version.etag)) throw preconditionFailed('If-Match');
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, version.etag)) {
    throw new S3Refusal('NotModified', 'Not Modified', {}, { etag: version.etag });
  }
  return version;
}

function describe(
  object: StoredObject,
  { bucket, input }: BucketRequest,
  isWhole: boolean
): Readonly<Record<string, string>> {
  return {
    etag: object.etag,
    'last-modified': new Date(tellTime(object)).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    ...tellVersion(object),
    ...tellEncryption(bucket),
    // A checksum of the whole says nothing of a range.
    ...(input.ChecksumMode?.toUpperCase() === 'ENABLED' && isWhole && tellChecksum(object)),
  };
}

function tellVersion({ versionId }: ObjectVersion): Readonly<Record<string, string>> {
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}

function tellChecksum(object: StoredObject): Readonly<Record<string, string>> {
  const { header, value } = object.checksum ?? writeChecksum(object.content);
  return { [header]: value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

function tellEncryption({ encryption, region, owner }: BucketRequest['bucket']): Readonly<Record<string, string>> {
  return {
    'x-amz-server-side-encryption': encryption,
    ...(encryption === 'aws:kms' && {
      'x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:${region}:${owner}:alias/aws/s3`,
    }),
  };
}

/** Whether an ETag is one of a header's, which may lack quotes, or `*`. */
function matches(header: string, etag: string): boolean {
  const plain = (text: string): string => text.trim().replace(/^"|"$/g, '');
  return header.split(',').some((one) => one.trim() === '*' || plain(one) === plain(etag));
}

function readKey({ Key: key = '' }: S3Input): string {
  if (Buffer.byteLength(key) <= 1024) return key;
  throw new S3Refusal('KeyTooLongError', 'Your key is too long', { MaxSizeAllowed: '1024' });
}

function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): S3Refusal {
  return new S3Refusal('NoSuchKey', 'The specified key does not exist.', { Key: key }, headers);
}

function preconditionFailed(condition: string): S3Refusal {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new S3Refusal('PreconditionFailed', message, { Condition: condition });
}
