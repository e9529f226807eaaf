import type { PaceName } from '../contract/pacing';
import type { FaultKind } from './faults';
import type { S3Meaning } from './s3-faults';

/** Whether the copy may have been accepted by the time of the fault: then an expired login must not end a day-long wait. */
export type Acceptance = 'none' | 'possible';

/** What a fault does to a job: it ends it, or the job waits and tries again at a pace. */
export type Outcome = 'final' | PaceName;

const ALWAYS = (outcome: Outcome): Readonly<Record<Acceptance, Outcome>> => ({ none: outcome, possible: outcome });

/** What somebody can mend while the job waits is waited for once the copy may have been accepted, and not before. */
const ONCE_ACCEPTED: Readonly<Record<Acceptance, Outcome>> = { none: 'final', possible: 'state' };

/** Final or wait, where no look at the source, the target or the object can tell more. */
export const OUTCOMES: Readonly<Record<FaultKind | S3Meaning, Readonly<Record<Acceptance, Outcome>>>> = {
  quota: ALWAYS('quota'),
  state: ALWAYS('state'),
  trouble: ALWAYS('throttled'),
  unknown: ALWAYS('throttled'),
  // An answer to a condition or a range that nobody asked for; who did ask knows what it means.
  replaced: ALWAYS('throttled'),
  empty: ALWAYS('throttled'),
  access: ONCE_ACCEPTED,
  clock: ONCE_ACCEPTED,
  tls: ONCE_ACCEPTED,
  gateway: ONCE_ACCEPTED,
  exists: ALWAYS('final'),
  missing: ALWAYS('final'),
  refused: ALWAYS('final'),
  client: ALWAYS('final'),
  unsupported: ALWAYS('final'),
  archived: ALWAYS('final'),
  'wrong region': ALWAYS('final'),
};
