import { READS_CONTENT } from './export';
import { isObject, oneOf, problem, textProblems, type Fields, type RequestProblem } from './request-problem';

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

const LEVELS = Object.keys(READS_CONTENT);
const WITHOUT_CONTENT = Object.entries(READS_CONTENT).flatMap(([level, reads]) => (reads ? [] : [level]));

/** What is wrong with how the objects of an export are to be verified. */
export function verificationProblems({ request, verify, requireVerified }: Fields): RequestProblem[] {
  const isCopy = isObject(request) && request['TargetBucket'] == null;
  const onlyForExports = Object.entries({ verify, requireVerified })
    .filter(([, value]) => isCopy && value != null)
    .map(([field, value]) => problem(field, value, 'is for exports', 'leave it out, or pass request.TargetBucket'));
  return [...oneOf('verify', verify, LEVELS), ...requirementProblems(verify, requireVerified), ...onlyForExports];
}

function requirementProblems(verify: unknown, requireVerified: unknown): RequestProblem[] {
  if (requireVerified == null || requireVerified === false) return [];
  if (requireVerified !== true) {
    return [problem('requireVerified', requireVerified, 'is not true or false', 'pass a boolean')];
  }
  if (typeof verify !== 'string' || !WITHOUT_CONTENT.includes(verify)) return [];
  const levels = LEVELS.filter((level) => !WITHOUT_CONTENT.includes(level)).map((level) => `'${level}'`);
  return [
    problem(
      'requireVerified',
      true,
      `cannot be met at level '${verify}', which reads no content`,
      `leave it out, or verify at ${levels.join(', ')}`
    ),
  ];
}
