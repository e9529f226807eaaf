import type { ApplicationFailure } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { finalFailure } from './failures';
import type { CopySnapshotInput, CopySnapshotRequest, Patience, Tag } from './job';

/** One reason why a request cannot work: which field, what it holds, what is wrong with it, and the way out. */
export interface RequestProblem {
  readonly field: string;
  readonly value: unknown;
  readonly problem: string;
  readonly fix: string;
}

/** Used where the input leaves `patience` out. Milliseconds. */
export const DEFAULT_PATIENCE_MS: Readonly<Record<keyof Patience, number>> = {
  start: 26 * 60 * 60 * 1_000,
  copy: 24 * 60 * 60 * 1_000,
};

/** MemoryDB allows 50 tags per resource, and one of them is the job's own. */
export const MAX_USER_TAGS = 49;

const MAX_PATIENCE_MS = 366 * 24 * 60 * 60 * 1_000;
const BUCKET_NAME = /^[A-Za-z0-9._-]+$/;
const INPUT_FIELDS: readonly string[] = [
  'request',
  'verify',
  'onCancel',
  'patience',
] satisfies (keyof CopySnapshotInput)[];
const REQUEST_FIELDS: readonly string[] = [
  'SourceSnapshotName',
  'TargetSnapshotName',
  'TargetBucket',
  'KmsKeyId',
  'Tags',
] satisfies (keyof CopySnapshotRequest)[];
const PATIENCE_FIELDS: readonly string[] = ['start', 'copy'] satisfies (keyof Patience)[];

/**
 * Everything that is wrong with an input, in the order of its fields; an empty list means that it can be sent. The
 * input is taken as it arrived, from any language and any version: nothing about its shape is believed.
 */
export function findProblems(input: unknown): RequestProblem[] {
  if (!isObject(input)) return [problem('input', input, 'is not an object', 'pass { request: { … } }')];
  const { request } = input;
  return [
    ...unknownFields(input, INPUT_FIELDS, ''),
    ...(isObject(request)
      ? requestProblems(request)
      : [problem('request', request, 'is not an object', 'pass the fields of CopySnapshot')]),
    ...oneOf('verify', input['verify'], ['presence', 'header']),
    ...(input['verify'] != null && isObject(request) && request['TargetBucket'] == null
      ? [problem('verify', input['verify'], 'is for exports', 'leave it out, or pass request.TargetBucket')]
      : []),
    ...oneOf('onCancel', input['onCancel'], ['keep', 'delete']),
    ...patienceProblems(input['patience']),
  ];
}

/** Throws a final `InvalidRequest` that names every problem, before anything is sent. */
export function refuseProblems(input: unknown): asserts input is CopySnapshotInput {
  const [first, ...others] = findProblems(input);
  if (first !== undefined) throw refusal(first, ...others);
}

/** The final `InvalidRequest` for what is wrong with a request. */
export function refusal(first: RequestProblem, ...others: readonly RequestProblem[]): ApplicationFailure {
  const message = [first, ...others].map(describeProblem).join('; ');
  return finalFailure('InvalidRequest', message, { phase: 'inspecting', hint: first.fix });
}

/** The problem as one sentence that names the field, the value and the fix. */
export function describeProblem({ field, value, problem, fix }: RequestProblem): string {
  return `${field} ${show(value)} ${problem}: ${fix}`;
}

/** A patience in milliseconds: what the input says, or the default where it says nothing or nonsense (`findProblems` refuses that). */
export function patienceMs(input: CopySnapshotInput, phase: keyof Patience): number {
  return durationMs((input as CopySnapshotInput | undefined)?.patience?.[phase]) ?? DEFAULT_PATIENCE_MS[phase];
}

/** A duration in milliseconds, or undefined when it is absent or none. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration !== 'string' && typeof duration !== 'number') return undefined;
  try {
    const ms = msToNumber(duration as Parameters<typeof msToNumber>[0]);
    return Number.isFinite(ms) && ms > 0 && ms <= MAX_PATIENCE_MS ? ms : undefined;
  } catch {
    return undefined;
  }
}

function requestProblems(request: Fields): RequestProblem[] {
  const { SourceSnapshotName: source, TargetSnapshotName: target, TargetBucket: bucket, KmsKeyId: key } = request;
  return [
    ...unknownFields(request, REQUEST_FIELDS, 'request.'),
    ...nameProblems('SourceSnapshotName', source),
    ...nameProblems('TargetSnapshotName', target),
    ...(bucket == null ? samePlaceProblems(source, target) : [...bucketProblems(bucket, key), ...keyProblems(target)]),
    ...(key == null ? [] : textProblems('KmsKeyId', key, 2_048, 'the ARN or id of a KMS key')),
    ...tagProblems(request['Tags']),
  ];
}

function nameProblems(field: string, name: unknown): RequestProblem[] {
  if (name === undefined || name === null) return [problem(field, name, 'is missing', 'pass the name of a snapshot')];
  if (typeof name !== 'string' || name.trim() === '') {
    return [problem(field, name, 'is not a snapshot name', 'pass a string that is not empty')];
  }
  if (name.startsWith('arn:')) {
    return [problem(field, name, 'is an ARN', `MemoryDB takes names here, for example ${show(name.split('/').pop())}`)];
  }
  return [];
}

function samePlaceProblems(source: unknown, target: unknown): RequestProblem[] {
  if (typeof source !== 'string' || typeof target !== 'string' || source === '') return [];
  if (source.toLowerCase() !== target.toLowerCase()) return [];
  return [
    problem(
      'TargetSnapshotName',
      target,
      'is the source itself',
      'choose another name (MemoryDB compares in lower case)'
    ),
  ];
}

function bucketProblems(bucket: unknown, key: unknown): RequestProblem[] {
  const problems = textProblems('TargetBucket', bucket, 255, 'the name of an S3 bucket');
  if (problems.length > 0) return problems;
  if (!BUCKET_NAME.test(String(bucket))) {
    return [problem('TargetBucket', bucket, 'is not a bucket name', 'use letters, digits, ".", "_" and "-" only')];
  }
  if (key != null) {
    return [
      problem(
        'KmsKeyId',
        key,
        'cannot be used with TargetBucket',
        'leave it out: set encryption on the bucket instead'
      ),
    ];
  }
  return [];
}

/** S3 keys may hold nearly anything; these make no key that one would want, or none that tools can handle. */
const BAD_KEYS: readonly (readonly [test: (target: string) => boolean, problem: string])[] = [
  [(target) => target.startsWith('/'), 'begins with a slash'],
  [(target) => target.endsWith('/'), 'ends with a slash'],
  [(target) => target.includes('//'), 'holds an empty part'],
  [(target) => target.split('/').some((part) => part === '.' || part === '..'), 'holds a part "." or ".."'],
  [(target) => /[\u0000-\u001f\u007f]/.test(target), 'holds a control character'],
  // S3 allows 1,024 bytes; the shard's name and the ending take the rest.
  [(target) => byteLength(target) > 1_010, 'has more than 1,010 bytes'],
];

function keyProblems(target: unknown): RequestProblem[] {
  if (typeof target !== 'string') return [];
  return BAD_KEYS.filter(([test]) => test(target)).map(([, what]) =>
    problem(
      'TargetSnapshotName',
      target,
      what,
      'the objects are called <TargetSnapshotName>-<shard>.rdb: choose a plain prefix'
    )
  );
}

/** UTF-8; the sandbox has no TextEncoder. */
function byteLength(text: string): number {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '?')).replace(/%../g, '.').length;
}

function tagProblems(tags: unknown): RequestProblem[] {
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

function patienceProblems(patience: unknown): RequestProblem[] {
  if (patience === undefined || patience === null) return [];
  if (!isObject(patience))
    return [problem('patience', patience, 'is not an object', "pass { start: '26h', copy: '24h' }")];
  return [
    ...unknownFields(patience, PATIENCE_FIELDS, 'patience.'),
    ...PATIENCE_FIELDS.filter((field) => patience[field] != null && durationMs(patience[field]) === undefined).map(
      (field) =>
        problem(
          `patience.${field}`,
          patience[field],
          'is not a duration',
          "pass milliseconds or a string like '26h', up to a year"
        )
    ),
  ];
}

function textProblems(field: string, value: unknown, max: number, what: string): RequestProblem[] {
  if (typeof value !== 'string' || value === '') {
    return [problem(field, value, `is not ${what}`, 'pass a string that is not empty')];
  }
  if (value.length <= max) return [];
  return [problem(field, value, `has ${value.length} characters`, `${max} are allowed`)];
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): RequestProblem[] {
  if (value === undefined || value === null || (typeof value === 'string' && allowed.includes(value))) return [];
  return [problem(field, value, 'is not known', `use one of ${allowed.map((a) => `'${a}'`).join(', ')}`)];
}

function unknownFields(object: Fields, known: readonly string[], prefix: string): RequestProblem[] {
  return Object.keys(object)
    .filter((field) => !known.includes(field) && object[field] !== undefined)
    .map((field) =>
      problem(`${prefix}${cut(field)}`, object[field], 'is not a field', `known here: ${known.join(', ')}`)
    );
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(field: string, value: unknown, what: string, fix: string): RequestProblem {
  return { field, value, problem: what, fix };
}

/** A value for a message: quoted, and cut where it is long. */
function show(value: unknown): string {
  return cut(toJson(value) ?? typeof value);
}

/** Undefined for what JSON cannot hold: a function, a bigint, a circle. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
