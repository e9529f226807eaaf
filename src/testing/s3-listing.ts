import { S3Refusal } from './s3-errors';
import type { BucketRequest, S3Answer } from './s3-operations';
import { writeXml } from './s3-xml';
import type { State } from './state';
import { type StoredObject, tellTime } from './stored-objects';

const mostKeys = 1000;

/** An entry of a listing: an object, or the common beginning of several. */
type Entry = { readonly name: string; readonly object?: StoredObject };

/** Lists a page of keys; a page starts after the key in the token, so that what comes and goes moves nothing. */
export function listObjects({ bucket, input }: BucketRequest, _state: State, now: number): S3Answer {
  const { Prefix = '', Delimiter, ContinuationToken, StartAfter, EncodingType } = input;
  if (EncodingType !== undefined && EncodingType !== 'url')
    throw invalid('Invalid Encoding Method specified in Request');
  const most = readMaxKeys(input.MaxKeys);
  const after = ContinuationToken === undefined ? (StartAfter ?? '') : readToken(ContinuationToken);
  const entries = fold(bucket.objects.list(now), Prefix, Delimiter).filter(
    ({ name }) => after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0
  );
  const page = entries.slice(0, most);
  const last = page.at(-1);
  const rest = entries.length > page.length && last !== undefined;
  const encode = (text: string): string => (EncodingType === 'url' ? encodeUrl(text) : text);
  const body = writeXml('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(Prefix),
    Delimiter: Delimiter === undefined ? undefined : encode(Delimiter),
    StartAfter: StartAfter === undefined ? undefined : encode(StartAfter),
    EncodingType,
    ContinuationToken,
    NextContinuationToken: rest ? writeToken(last.name) : undefined,
    KeyCount: page.length,
    MaxKeys: most,
    IsTruncated: rest,
    Contents: page.flatMap(({ object }) => (object ? [describe(object, encode)] : [])),
    CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : [{ Prefix: encode(name) }])),
  });
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region }, body };
}

function describe(object: StoredObject, encode: (text: string) => string): Readonly<Record<string, string | number>> {
  return {
    Key: encode(object.key),
    LastModified: new Date(tellTime(object)).toISOString(),
    ETag: object.etag,
    ChecksumAlgorithm: (object.checksum?.header ?? 'crc64nvme').replace('x-amz-checksum-', '').toUpperCase(),
    ChecksumType: 'FULL_OBJECT',
    Size: object.content.size,
    StorageClass: 'STANDARD',
  };
}

function fold(objects: readonly StoredObject[], prefix: string, delimiter: string | undefined): Entry[] {
  const entries: Entry[] = [];
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const common = end < 0 ? undefined : object.key.slice(0, end + (delimiter ?? '').length);
    if (common === undefined) entries.push({ name: object.key, object });
    else if (entries.at(-1)?.name !== common) entries.push({ name: common });
  }
  return entries;
}

function readMaxKeys(text: string | undefined): number {
  if (text === undefined) return mostKeys;
  if (!/^\d{1,10}$/.test(text)) throw invalid('Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), mostKeys);
}

/** `/` stays: so does S3 write keys with encoding-type=url. */
function encodeUrl(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString('base64');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('after:')) throw invalid('The continuation token provided is incorrect');
  return text.slice('after:'.length);
}

function invalid(message: string): S3Refusal {
  return new S3Refusal('InvalidArgument', message);
}
