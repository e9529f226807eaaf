import type { Buckets, S3Flags } from './bucket';
import { endOnSignal } from './interrupt';
import { locate, type OpenBucket, type Target } from './locate';
import { openProgress, type Progress } from './progress';
import { formatJson } from './report-json';
import { openReportOutput } from './report-output';
import { formatFailures, formatText } from './report-text';
import { AccessError, type Check, type Place } from './source';
import { EXIT_CODES, worstOf } from './verdicts';
import { unreadable, verifySubject, type SubjectResult } from './verify-subject';

/** The options of the command. */
export interface VerifyFlags extends S3Flags, Pick<Check, 'level' | 'slots'> {
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** An argument, as it was given and as it was understood. */
export interface NamedTarget {
  readonly argument: string;
  readonly target: Target;
}

/** Verifies one argument after the other and prints what was found out; the exit code. */
export async function verifyAll(targets: readonly NamedTarget[], flags: VerifyFlags): Promise<number> {
  const { json = false, quiet = false, level, slots, strict = false } = flags;
  const check = { level, strict, ...(slots !== undefined && { slots }) };
  const progress = openProgress(process.stderr.isTTY && !json && !quiet ? process.stderr : undefined);
  endOnSignal(() => progress.describe());
  const output = openReportOutput();
  let buckets: Buckets | undefined;
  const openBucket = async (name: string): Promise<Place> => {
    // The AWS SDK takes longer to load than most files take to be verified.
    buckets ??= (await import('./bucket.js')).openBuckets(flags);
    return buckets.open(name);
  };
  const results: SubjectResult[] = [];
  for (const target of targets) {
    const result = await verifyTarget(target, check, openBucket, progress);
    results.push(result);
    if (!json) await output.print(quiet ? formatFailures(result) : formatText(result));
  }
  buckets?.close();
  if (json) await output.print(`${formatJson(results, level)}\n`);
  const outcomes = results.map(({ outcome }) => outcome);
  return EXIT_CODES[worstOf(output.hasFailed ? [...outcomes, 'unreadable'] : outcomes)];
}

async function verifyTarget(
  { argument, target }: NamedTarget,
  check: Check,
  openBucket: OpenBucket,
  progress: Progress
): Promise<SubjectResult> {
  try {
    const subject = await locate(argument, target, openBucket);
    if (subject.kind === 'object' || check.slots === undefined) return await verifySubject(subject, check, progress);
    throw new AccessError(`${argument} is a whole export, and its manifest tells the slots: leave --slots out`);
  } catch (error) {
    return unreadable(argument, error);
  }
}
