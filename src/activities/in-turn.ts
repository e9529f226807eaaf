import type { Attempt } from './attempt';
import type { Setting } from './setting';
import { valueOf, type Subject } from './wait-or-fail';

/** A turn that comes so soon is waited for in place: objects of some megabytes are read one after the other. */
const SOON_MS = 5_000;

/** Does the work when the worker's bounds allow it; a turn that is long in coming is waited for as all else is, without a worker slot. */
export async function inTurn<T>(
  work: () => Promise<T>,
  attempt: Attempt,
  subject: Subject,
  { turns, paces }: Setting
): Promise<T> {
  const late = AbortSignal.timeout(SOON_MS);
  try {
    return await turns.run(work, AbortSignal.any([attempt.signal, late]));
  } catch (err) {
    if (!late.aborted || err !== late.reason) throw err;
    return valueOf<never>(
      {
        verdict: 'wait',
        pace: 'poll',
        reason: 'NoTurn',
        message: 'this worker reads as many objects as it may at once',
        hint: 'Nothing is wrong: the object is read in its turn. More workers, or a larger verification.objectsAtOnce, read more at once.',
      },
      attempt,
      subject,
      paces
    );
  }
}
