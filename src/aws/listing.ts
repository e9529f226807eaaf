import { ListObjectsV2Command, type ListObjectsV2Output } from '@aws-sdk/client-s3';
import { at, withSignal, type Bucket } from './bucket';
import { BadAnswer } from './common-faults';

/** An object as a listing tells it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** Where a listing begins, and what ends it. */
export interface ListingOptions {
  /** Keys behind this one only. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** How many pages in a row may bring no key: S3 answers such pages while it passes over what was deleted. */
const MAX_EMPTY_PAGES = 100;

/** The objects whose keys begin with `prefix`. @throws BadAnswer, or what S3 answers */
export async function listObjects(bucket: Bucket, prefix: string, signal?: AbortSignal): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const page of listPages(bucket, prefix, signal && { signal })) objects.push(...page);
  return objects;
}

/**
 * The same, a page at a time, as S3 answers. A listing that contradicts itself is not believed, and ends.
 *
 * @throws BadAnswer, or what S3 answers
 */
export async function* listPages(
  bucket: Bucket,
  prefix: string,
  { after, signal }: ListingOptions = {}
): AsyncGenerator<ListedObject[], void, void> {
  const start = { ...at(bucket), Prefix: prefix, ...(after !== undefined && { StartAfter: after }) };
  const keys = new Set<string>();
  const tokens = new Set<string>();
  let emptyPages = 0;
  for (let token: string | undefined; ;) {
    const request = new ListObjectsV2Command({ ...start, ...(token !== undefined && { ContinuationToken: token }) });
    const answer = await bucket.s3.send(request, withSignal(signal));
    signal?.throwIfAborted();
    const doubt = (what: string) => new BadAnswer(`the listing of ${prefix} in ${bucket.name} ${what}`);
    const problem = findProblem(answer, bucket.name);
    if (problem !== undefined) throw doubt(problem);
    const page = (answer.Contents ?? []).flatMap(({ Key: key, Size: size, ETag: etag }) =>
      key === undefined || size === undefined || etag === undefined ? [] : [{ key, size, etag }]
    );
    for (const { key } of page) {
      if (!key.startsWith(prefix)) throw doubt(`holds ${key}`);
      if (keys.has(key)) throw doubt(`holds ${key} twice`);
      keys.add(key);
    }
    token = answer.NextContinuationToken || undefined;
    if (token !== undefined && tokens.has(token)) throw doubt('goes on with the same token again');
    emptyPages = page.length === 0 ? emptyPages + 1 : 0;
    if (token !== undefined && emptyPages > MAX_EMPTY_PAGES) throw doubt(`has ${emptyPages} empty pages in a row`);
    yield page;
    if (token === undefined) return;
    tokens.add(token);
  }
}

/** What is wrong with a page by itself; undefined where it can be believed. */
function findProblem(
  { Contents: contents = [], IsTruncated, KeyCount, Name, NextContinuationToken: token }: ListObjectsV2Output,
  bucket: string
): string | undefined {
  // What is no listing, such as a login page, reads as one without any of its fields. Some stores leave KeyCount out.
  const isListing = KeyCount !== undefined || IsTruncated !== undefined || Name === bucket || contents.length > 0;
  if (!isListing) return 'is no listing';
  if (KeyCount !== undefined && KeyCount !== contents.length) {
    return `says that it has ${KeyCount} keys on a page, and has ${contents.length}`;
  }
  if (contents.some(({ Key, Size, ETag }) => Key === undefined || Size === undefined || ETag === undefined)) {
    return 'has an entry without key, size or ETag';
  }
  if (IsTruncated === true && !token) return 'is cut, and has no token to go on with';
  if (IsTruncated === false && token) return 'is complete, and has a token to go on with';
  return undefined;
}
