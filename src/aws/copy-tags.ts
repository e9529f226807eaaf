import type { CopySnapshotRequest, OwnershipTag, TagPair } from '../contract/job';
import { MAX_USER_TAGS } from '../contract/request-tags';
import { ownershipTag } from './ownership';
import { done, type Verdict } from './verdict';

/** AWS's own prefixes: tags under them are not ours to send. */
const RESERVED = /^(aws|memorydb):/i;

/** Whether the request leaves the tags to the source: AWS inherits them only where a request has none. */
export function inheritsTags({ Tags: tags }: CopySnapshotRequest): boolean {
  return tags === undefined || tags === null || tags.length === 0;
}

/** The request's own tags as they are sent: a value of null is the empty string. */
export function requestTags({ Tags: tags }: CopySnapshotRequest): TagPair[] {
  return (tags ?? []).map(({ Key, Value }) => ({ Key, Value: Value ?? '' }));
}

/**
 * Every tag that the copy will carry: the request's, or else the source's, and the ownership tag. The ownership tag
 * makes AWS inherit nothing, so that the source's tags are sent along.
 */
export function collectTags(
  request: CopySnapshotRequest,
  sourceTags: readonly TagPair[],
  ownership: OwnershipTag
): Verdict<TagPair[]> {
  if (!inheritsTags(request)) {
    const tags = requestTags(request);
    if (tags.some(({ Key }) => Key === ownership.key)) {
      return refusal(
        `Tags holds the key ${JSON.stringify(ownership.key)}, which marks the job's own copies`,
        'leave it out, or give the worker another tagKey'
      );
    }
    return done([...tags, ownershipTag(ownership)]);
  }
  // A source that is itself one of our copies carries a tag of that key: it is the source's, not this copy's.
  const inherited = sourceTags.filter(({ Key }) => !RESERVED.test(Key) && Key !== ownership.key);
  if (inherited.length > MAX_USER_TAGS) {
    return refusal(
      `the source has ${inherited.length} tags to inherit, and a copy has room for ${MAX_USER_TAGS} beside the job's own`,
      `pass Tags with the ${MAX_USER_TAGS} that matter`
    );
  }
  return done([...inherited, ownershipTag(ownership)]);
}

function refusal(what: string, fix: string): Verdict<never> {
  return { verdict: 'final', type: 'InvalidRequest', message: `${what}: ${fix}`, hint: fix };
}
