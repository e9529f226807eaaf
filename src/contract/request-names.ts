import { problem, show, textProblems, unsafeProblems, type RequestProblem } from './request-problem';
import { utf8Length } from './text';

type NameRule = readonly [breaks: (name: string) => boolean, problem: string, fix: string];

const TOO_LONG: NameRule = [(name) => name.length > 255, 'has more than 255 characters', 'use a shorter name'];

const NAME_FIX = 'use letters and digits, and single hyphens between them';
const KEY_FIX = 'the objects are called <TargetSnapshotName>-<shard>.rdb: choose a plain prefix';

const RULES = {
  /** May be `automatic.*`. */
  source: [TOO_LONG],
  /** What AWS documents of the names that can be given to a snapshot. AWS itself judges the rest. */
  copy: [
    TOO_LONG,
    [(name) => !/^[A-Za-z0-9-]*$/.test(name), 'holds more than letters, digits and hyphens', NAME_FIX],
    [(name) => name.includes('--'), 'holds two hyphens in a row', NAME_FIX],
    [(name) => name.endsWith('-'), 'ends with a hyphen', NAME_FIX],
  ],
  /** The prefix of keys. S3 allows nearly any; tools cannot handle these, and nobody wants them. */
  export: [
    [(name) => name.startsWith('/'), 'begins with a slash', KEY_FIX],
    [(name) => name.endsWith('/'), 'ends with a slash', KEY_FIX],
    [(name) => name.includes('//'), 'holds an empty part', KEY_FIX],
    [(name) => name.split('/').some((part) => part === '.' || part === '..'), 'holds a part "." or ".."', KEY_FIX],
    // S3 allows 1,024 bytes; the shard's name and the ending take the rest.
    [(name) => utf8Length(name) > 1_010, 'has more than 1,010 bytes', KEY_FIX],
  ],
} satisfies Record<string, readonly NameRule[]>;

/** What is wrong with the name of a source or a target. */
export function nameProblems(field: string, name: unknown, use: keyof typeof RULES): RequestProblem[] {
  if (name === undefined || name === null) return [problem(field, name, 'is missing', 'pass the name of a snapshot')];
  if (typeof name !== 'string' || name.trim() === '') {
    return [problem(field, name, 'is not a snapshot name', 'pass a string that is not empty')];
  }
  if (name.startsWith('arn:')) {
    return [problem(field, name, 'is an ARN', `MemoryDB takes names here, for example ${show(name.split('/').pop())}`)];
  }
  const unsafe = unsafeProblems(field, name);
  if (unsafe.length > 0) return unsafe;
  return RULES[use].filter(([breaks]) => breaks(name)).map(([, what, fix]) => problem(field, name, what, fix));
}

/** What is wrong with a copy onto its own source. */
export function samePlaceProblems(source: unknown, target: unknown): RequestProblem[] {
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

/** What is wrong with the names by which Temporal finds a job and its workers; each may be left out. */
export function placeProblems(place: {
  readonly workflowId?: unknown;
  readonly taskQueue?: unknown;
}): RequestProblem[] {
  const { workflowId, taskQueue } = place;
  return [
    ...(workflowId == null ? [] : textProblems('workflowId', workflowId, 1_000, 'the id of a workflow')),
    ...(taskQueue == null ? [] : textProblems('taskQueue', taskQueue, 1_000, 'the name of a task queue')),
  ];
}
