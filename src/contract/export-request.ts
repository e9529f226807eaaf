import { byteLength, problem, textProblems, type RequestProblem } from './request-problem';

const BUCKET_NAME = /^[A-Za-z0-9._-]+$/;

/** What is wrong with the bucket of an export, and with a key to encrypt it with. */
export function bucketProblems(bucket: unknown, key: unknown): RequestProblem[] {
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

/** What is wrong with a target that the keys of the objects begin with. */
export function keyProblems(target: unknown): RequestProblem[] {
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
