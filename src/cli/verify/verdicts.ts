import type { Verdict } from '../../rdb/verdict';

/** What the command finds: a verdict of content, or that some of it is missing or cannot be read. */
export type Outcome = Verdict | 'incomplete' | 'unreadable';

/** Every outcome with its exit code, from the best to the worst: what is proven wrong is hidden by nothing else. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  verified: 0,
  unproven: 3,
  unsupported: 3,
  unreadable: 2,
  incomplete: 1,
  corrupt: 1,
};

const FROM_BEST_TO_WORST = Object.keys(EXIT_CODES);

/** The worst of them; `verified` where there are none. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>(
    (worst, outcome) => (FROM_BEST_TO_WORST.indexOf(outcome) > FROM_BEST_TO_WORST.indexOf(worst) ? outcome : worst),
    'verified'
  );
}
