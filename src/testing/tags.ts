import type { Tag } from '@aws-sdk/client-memorydb';
import { type OptionRules, checkOptions, text } from './option-rules';
import { Refusal, invalidValue } from './refusal';
import { refuseConstraint } from './request-rules';

/** Tags of a resource, as AWS lists them or as a plain object. */
export type TagsInput = readonly Tag[] | Readonly<Record<string, string>>;
/** Tags of a resource, by key. */
export type Tags = ReadonlyMap<string, string>;

const tagRules: OptionRules<Tag> = { Key: text, Value: text };
const maxTagsInRequest = 200;
const maxTagsOnResource = 50;
/** Letters, digits, spaces and these signs: what AWS takes in keys and values. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Reads the tags of a fixture, which may hold what no request may: `aws:` keys and more than 50. */
export function toTags(tags: TagsInput = []): Tags {
  if (isTagList(tags)) for (const tag of tags) checkOptions('a tag', tag, tagRules);
  const entries = isTagList(tags) ? tags.map((tag) => [tag.Key ?? '', tag.Value ?? ''] as const) : Object.entries(tags);
  return new Map(entries);
}

/** Lists tags as AWS does. */
export function listTags(tags: Tags): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Reads the tags of a request; throws the Refusal of a tag that AWS would not take. */
export function readTags(tags: readonly Tag[] = []): Tags {
  if (tags.length > maxTagsInRequest) {
    throw refuseConstraint('tags', `Member must have length less than or equal to ${maxTagsInRequest}`);
  }
  const read = new Map<string, string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key === '' || key.length > 128) throw invalidValue(`A tag key has 1 to 128 characters, not ${key.length}.`);
    if (value.length > 256) throw invalidValue(`The value of tag ${key} is longer than 256 characters.`);
    if (!tagText.test(key) || !tagText.test(value))
      throw invalidValue(`Tag ${key} holds characters that are not allowed.`);
    if (isSystemKey(key)) throw invalidValue(`Tag ${key} uses the prefix aws:, which is reserved.`);
    if (read.has(key)) throw invalidValue(`Tag ${key} is given twice.`);
    read.set(key, value);
  }
  return checkTagCount(read);
}

/** Gives the tags back; throws TagQuotaPerResourceExceeded when they are too many for a resource. */
export function checkTagCount(tags: Tags): Tags {
  if (listUserTags(tags).length <= maxTagsOnResource) return tags;
  throw new Refusal(
    'TagQuotaPerResourceExceeded',
    `The request cannot be processed because it would cause the resource to have more than ${maxTagsOnResource} tags.`
  );
}

/** The tags that a copy without tags of its own takes over: all but those of AWS itself. */
export function inheritTags(tags: Tags): Tags {
  return new Map(listUserTags(tags));
}

function listUserTags(tags: Tags): [string, string][] {
  return [...tags].filter(([key]) => !isSystemKey(key));
}

function isSystemKey(key: string): boolean {
  return /^aws:/i.test(key);
}

function isTagList(tags: TagsInput): tags is readonly Tag[] {
  return Array.isArray(tags);
}
