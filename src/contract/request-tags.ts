import type { Tag } from './job';
import { isObject, problem, textProblems, unknownFields, type RequestProblem } from './request-problem';

/** MemoryDB allows 50 tags per resource, and one of them is the job's own. */
export const MAX_USER_TAGS = 49;

/** What is wrong with the tags of a copy or an export. */
export function tagProblems(tags: unknown): RequestProblem[] {
  if (tags === undefined || tags === null) return [];
  if (!Array.isArray(tags)) return [problem('Tags', tags, 'is not a list', 'pass [{ Key, Value }, …]')];
  if (tags.length > 200) {
    return [problem('Tags', `${tags.length} tags`, 'is more than the 200 that a request may hold', 'pass fewer')];
  }
  if (tags.length > MAX_USER_TAGS) {
    return [
      problem(
        'Tags',
        `${tags.length} tags`,
        'does not fit',
        `pass ${MAX_USER_TAGS} at most: 50 per copy, one is the job's`
      ),
    ];
  }
  const keys = new Set<unknown>();
  return tags.flatMap((tag: unknown, i) => {
    const field = `Tags[${i}]`;
    if (!isObject(tag)) return [problem(field, tag, 'is not a tag', 'pass { Key, Value }')];
    const { Key: key, Value: value } = tag satisfies Partial<Record<keyof Tag, unknown>>;
    const problems = [
      ...unknownFields(tag, ['Key', 'Value'], `${field}.`),
      ...textProblems(`${field}.Key`, key, 128, 'a tag key'),
      ...(typeof key === 'string' && /^aws:/i.test(key)
        ? [problem(`${field}.Key`, key, 'is reserved by AWS', 'use another prefix than "aws:"')]
        : []),
      ...(keys.has(key) ? [problem(`${field}.Key`, key, 'is there twice', 'keep one of them')] : []),
      ...(value == null || value === '' ? [] : textProblems(`${field}.Value`, value, 256, 'a tag value')),
    ];
    keys.add(key);
    return problems;
  });
}
