import type { Final, Wait } from '../aws/verdict';

/** A refusal is not the end while what an accepted send made may still show up. */
export function mayShowUp(target: string, verdict: Final | Wait): Wait {
  if (verdict.verdict === 'wait') return verdict;
  const { type, message, hint } = verdict;
  return {
    verdict: 'wait',
    pace: 'state',
    reason: type,
    message: `${message}; an earlier send may have been accepted, and ${target} may still show up`,
    hint,
  };
}
