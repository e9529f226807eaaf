import { addAbortSignal, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { at, withSignal, type Bucket } from './bucket';
import { BadAnswer, readBodyFault } from './common-faults';
import { askOfObject, type PinnedObject } from './pinned-object';

/** Bytes `from` to `to` (not included) of an object. */
export interface RangeToRead {
  readonly bucket: Bucket;
  readonly object: PinnedObject;
  readonly from: number;
  readonly to: number;
}

/** What S3 tells of an object beside its bytes. */
export interface AnswerFacts {
  readonly versionId?: string;
  readonly encryption?: string;
}

/** What a reading of a range does with it. */
export interface RangeReader {
  /** Takes the next bytes of the range; none: something came that is not of the range. */
  readonly onChunk: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/**
 * A store that answers a range with the whole object is borne with up to here: so many bytes before the range are
 * thrown away. What is behind it is not downloaded.
 */
const MAX_SKIPPED = 64 << 20;

/**
 * Some bytes of an object, if it is still the one that was seen.
 *
 * @throws BadAnswer, or what S3 answers: 412 when the object was replaced
 */
export async function readRange(
  range: RangeToRead,
  signal?: AbortSignal
): Promise<AnswerFacts & { readonly bytes: Uint8Array }> {
  const chunks: Uint8Array[] = [];
  const facts = await streamRange(range, { onChunk: (chunk) => chunks.push(chunk), ...(signal && { signal }) });
  return { ...facts, bytes: Buffer.concat(chunks) };
}

/**
 * The same, chunk by chunk, as the socket gives them: an iterator over a stream would join what has come into copies.
 *
 * @throws BadAnswer, or what S3 answers: 412 when the object was replaced
 */
export async function streamRange(range: RangeToRead, { onChunk, signal }: RangeReader): Promise<AnswerFacts> {
  const { bucket, object, from, to } = range;
  const request = { ...at(bucket), Key: object.key, IfMatch: object.etag, Range: `bytes=${from}-${to - 1}` };
  const { send, headers } = watchHeaders(new GetObjectCommand(request));
  const answer = await askOfObject(bucket, object, () => send(bucket, signal), signal);
  const { Body: body } = answer;
  if (!(body instanceof Readable))
    throw new TypeError('the S3 client gives no Node.js stream: use its NodeHttpHandler');
  const sent = readSpan(range, answer, headers());
  if (sent === undefined) {
    body.destroy();
    throw new BadAnswer(`${object.key}: asked for ${describe(range)}, got ${describeAnswer(answer)}`);
  }
  await takeRange(range, { body, ...sent }, { onChunk, ...(signal && { signal }) });
  return {
    ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
    ...(answer.ServerSideEncryption !== undefined && { encryption: answer.ServerSideEncryption }),
  };
}

/** Where in the object the bytes of an answer begin and end. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range, or the whole object where length and ETag prove that it is the right one; undefined: neither. */
function readSpan(
  { object, from, to }: RangeToRead,
  { ContentLength: length, ContentRange, ETag: etag, $metadata: { httpStatusCode: status } }: GetObjectCommandOutput,
  headers: Readonly<Record<string, string>>
): Span | undefined {
  // Not every store knows If-Match.
  if (etag !== undefined && etag !== object.etag) return undefined;
  const told = ContentRange ?? headers['x-amz-content-range'];
  if (status === 206 && told === `bytes ${from}-${to - 1}/${object.size}`) return { start: from, end: to };
  const isWhole = told === undefined && length === object.size && etag === object.etag;
  return isWhole && from <= MAX_SKIPPED ? { start: 0, end: object.size } : undefined;
}

/** Ends a body of which enough was read. */
class Enough extends Error {}

async function takeRange(
  range: RangeToRead,
  { body, start, end }: Span & { readonly body: Readable },
  { onChunk, signal }: RangeReader
): Promise<void> {
  const { object, from, to } = range;
  const misfit = (length: number) =>
    new BadAnswer(`${object.key}: ${describe(range)} was promised, and ${length} bytes came`);
  let at = start;
  body.on('data', (chunk: Uint8Array) => {
    if (body.destroyed || chunk.length === 0) return;
    const next = at + chunk.length;
    if (next > end) return void body.destroy(misfit(next - start));
    onChunk(chunk.subarray(Math.min(Math.max(from - at, 0), chunk.length), Math.max(to - at, 0)));
    at = next;
    if (at >= to && to < end) body.destroy(new Enough());
  });
  try {
    await finished(signal ? addAbortSignal(signal, body) : body, { writable: false });
  } catch (err) {
    if (err instanceof Enough) return;
    throw readBodyFault(object.key, err);
  }
  if (at < end) throw misfit(at - start);
}

/** The SDK keeps the headers of a success to itself. */
function watchHeaders(command: GetObjectCommand) {
  let seen: Readonly<Record<string, string>> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      seen = (result.response as { headers?: Readonly<Record<string, string>> }).headers ?? {};
      return result;
    },
    { step: 'deserialize', name: 'watchHeaders', priority: 'low' }
  );
  return {
    send: (bucket: Bucket, signal: AbortSignal | undefined) => bucket.s3.send(command, withSignal(signal)),
    headers: () => seen,
  };
}

function describe({ object, from, to }: RangeToRead): string {
  return `bytes ${from}-${to - 1}/${object.size}`;
}

function describeAnswer({ ContentRange, ETag, $metadata }: GetObjectCommandOutput): string {
  return `${$metadata.httpStatusCode ?? 'no status'} ${ContentRange ?? 'without a range'}, ETag ${ETag ?? 'unknown'}`;
}
