import { REASONS } from '../../rdb/verdict';
import type { Level } from './source';
import { PROBLEMS } from './subject';
import { EXIT_CODES, worstOf } from './verdicts';
import type { ObjectResult, SubjectResult } from './verify-subject';

/** The one document that `--json` prints. What is in it today stays; more may come. */
export function formatJson(results: readonly SubjectResult[], level: Level): string {
  const verdict = worstOf(results.map(({ outcome }) => outcome));
  return JSON.stringify(
    {
      verdict,
      exitCode: EXIT_CODES[verdict],
      level,
      results: results.map(({ outcome, problems, objects, ...about }) => ({
        ...about,
        verdict: outcome,
        problems: problems.map(({ problem, detail }) => ({
          problem,
          verdict: PROBLEMS[problem].outcome,
          means: PROBLEMS[problem].means,
          detail,
        })),
        objects: objects.map(toJson),
      })),
    },
    null,
    2
  );
}

function toJson({ outcome, reading, ...about }: ObjectResult): object {
  const reason = reading?.reason;
  return { ...about, ...reading, verdict: outcome, ...(reason !== undefined && { means: REASONS[reason].means }) };
}
