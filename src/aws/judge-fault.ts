import type { PaceName } from '../contract/pacing';
import type { Fault, FaultKind } from './faults';
import type { Final, Wait } from './verdict';

/** Whether the copy may have been accepted by the time of the fault: then an expired login must not end a day-long wait. */
export type Acceptance = 'none' | 'possible';

const PACE_OF: Readonly<Partial<Record<FaultKind, PaceName>>> = {
  quota: 'quota',
  state: 'state',
  trouble: 'throttled',
  unknown: 'throttled',
};

/**
 * Final or wait: what a fault means where no look at the source or the target can tell more. `state` and `exists` are
 * worth that look first.
 */
export function judgeFault(fault: Fault, acceptance: Acceptance): Final | Wait {
  const pace = fault.kind === 'access' && acceptance === 'possible' ? 'state' : PACE_OF[fault.kind];
  const { name, hint, message, requestId } = fault;
  const common = { message: `${name}: ${message}`, hint, ...(requestId !== undefined && { requestId }) };
  return pace === undefined
    ? { verdict: 'final', type: name, ...common }
    : { verdict: 'wait', pace, reason: name, ...common };
}
