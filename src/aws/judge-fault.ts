import { withRegion } from './fault-hints';
import type { Fault } from './faults';
import { OUTCOMES, type Acceptance } from './outcomes';
import type { Final, Wait } from './verdict';

export type { Acceptance };

/**
 * Final or wait: what a fault means where no look at the source or the target can tell more. `state` and `exists` are
 * worth that look first.
 *
 * @param region of the source, for hints that name AWS's principal there
 */
export function judgeFault(fault: Fault, acceptance: Acceptance, region?: string): Final | Wait {
  const pace = OUTCOMES[fault.kind][acceptance];
  const { name, hint, message, requestId } = fault;
  const common = {
    message: `${name}: ${message}`,
    hint: withRegion(hint, region),
    ...(requestId !== undefined && { requestId }),
  };
  return pace === 'final'
    ? { verdict: 'final', type: name, ...common }
    : { verdict: 'wait', pace, reason: name, ...common };
}
