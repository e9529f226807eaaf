import { findUnsafe, MAX_TEXT_BYTES, safeText, utf8Length } from './text';

/** One reason why a request cannot work: which field, what it holds, what is wrong with it, and the way out. */
export interface RequestProblem {
  readonly field: string;
  readonly value: unknown;
  readonly problem: string;
  readonly fix: string;
}

/** The problem as one sentence that names the field, the value and the fix. */
export function describeProblem({ field, value, problem, fix }: RequestProblem): string {
  return `${field} ${show(value)} ${problem}: ${fix}`;
}

/** More problems than these are counted, not told. */
const MAX_TOLD = 10;

/** The end of the longest message: ` (and 1000000 more)`. */
const BYTES_FOR_THE_REST = 20;

/** The first ten problems, as many of them as a message holds, and how many more there are. */
export function describeProblems(problems: readonly RequestProblem[]): string {
  let message = '';
  let told = 0;
  for (const one of problems.slice(0, MAX_TOLD)) {
    const next = `${told === 0 ? '' : '; '}${describeProblem(one)}`;
    if (told > 0 && utf8Length(message + next) > MAX_TEXT_BYTES - BYTES_FOR_THE_REST) break;
    message += next;
    told += 1;
  }
  return told < problems.length ? `${message} (and ${problems.length - told} more)` : message;
}

/** What is wrong with a text that must not be empty nor too long, nor hold what cannot be shown. */
export function textProblems(field: string, value: unknown, max: number, what: string): RequestProblem[] {
  if (typeof value !== 'string' || value === '') {
    return [problem(field, value, `is not ${what}`, 'pass a string that is not empty')];
  }
  if (value.length > max) {
    return [problem(field, value, `has ${value.length} characters`, `${max} are allowed`)];
  }
  return unsafeProblems(field, value);
}

/** What is wrong with a text that holds control characters, invisible ones or half a character. */
export function unsafeProblems(field: string, value: string): RequestProblem[] {
  const found = findUnsafe(value);
  return found === undefined ? [] : [problem(field, value, `holds ${found}, which cannot be shown`, 'leave it out')];
}

/** What is wrong with a value that must be one of a few, or absent. */
export function oneOf(field: string, value: unknown, allowed: readonly string[]): RequestProblem[] {
  if (value === undefined || value === null || (typeof value === 'string' && allowed.includes(value))) return [];
  return [problem(field, value, 'is not known', `use one of ${allowed.map((a) => `'${a}'`).join(', ')}`)];
}

/** No input is deeper. What is nested thousands of times cannot be written as JSON again, and fails a workflow's task. */
const MAX_DEPTH = 20;

/** What is wrong with a value that no activity can be given. */
export function nestingProblems(field: string, value: unknown): RequestProblem[] {
  return isDeeper(value, MAX_DEPTH) ? [problem(field, value, 'is nested too deep', 'pass { request: { … } }')] : [];
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** Fields that nobody knows: a typing error, or another version. */
export function unknownFields(object: Fields, known: readonly string[], prefix: string): RequestProblem[] {
  return Object.keys(object)
    .filter((field) => !known.includes(field) && object[field] !== undefined)
    .map((field) =>
      problem(`${prefix}${cut(field)}`, object[field], 'is not a field', `known here: ${known.join(', ')}`)
    );
}

/** An object of which nothing is believed. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether there are fields to look at. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A problem, its parts in the order in which they are told. */
export function problem(field: string, value: unknown, what: string, fix: string): RequestProblem {
  return { field, value, problem: what, fix };
}

/** A value for a message: quoted, and cut where it is long. */
export function show(value: unknown): string {
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
  return safeText(text, 100);
}
