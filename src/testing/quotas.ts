import type { Moment } from './clock';
import { Refusal } from './refusal';

const windowMs = 24 * 60 * 60 * 1000;

/** Counts the manual snapshots that each cluster was given: so many in any 24 hours, deleted ones included. */
export class Quotas {
  readonly #created = new Map<string, Moment[]>();
  readonly #exhausted = new Map<string, { readonly since: Moment; readonly forMs: number }>();

  /** Counts a manual snapshot of `cluster`. */
  count(cluster: string, at: Moment): void {
    this.#created.set(cluster, [...(this.#created.get(cluster) ?? []), at]);
  }

  /** Refuses every new manual snapshot of `cluster` for `forMs` milliseconds. */
  exhaust(cluster: string, since: Moment, forMs: number): void {
    this.#exhausted.set(cluster, { since, forMs });
  }

  /** Throws SnapshotQuotaExceededFault when one more manual snapshot of `cluster` would exceed `limit`. */
  check(cluster: string, now: number, limit: number): void {
    const exhausted = this.#exhausted.get(cluster);
    const recent = (this.#created.get(cluster) ?? []).filter((created) => created.ms > now - windowMs);
    if (recent.length < limit && !(exhausted && now < exhausted.since.ms + exhausted.forMs)) return;
    throw new Refusal(
      'SnapshotQuotaExceededFault',
      'The request cannot be processed because it would exceed the maximum number of snapshots allowed.'
    );
  }
}
