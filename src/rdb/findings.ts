import { finding, type Finding, type Reason } from './verdict';

/** What a scan has found wrong so far: of each kind the first. */
export interface Findings {
  /** Where the walk ended: proven wrong, or not known. */
  readonly fault: Finding | undefined;
  /** The content is not what it should be, of a file that is sound in itself. */
  readonly misfit: Finding | undefined;
  /** The right end of a part of the file was met, and more follows. */
  readonly end: Finding | undefined;
  /** Could not be looked into. */
  readonly doubt: Finding | undefined;
  note(kind: FindingKind, reason: Reason, offset?: number): void;
  state(): FindingsState;
}

/** Findings as JSON: of each kind the reason, which says the verdict too, and the offset. */
export type FindingsState = Partial<Record<FindingKind, readonly [reason: Reason, offset?: number]>>;

/** See {@link Findings}. */
export type FindingKind = 'fault' | 'misfit' | 'end' | 'doubt';

/** Nothing found yet, or what another scan had found. */
export function openFindings(before: FindingsState = {}): Findings {
  const noted: FindingsState = { ...before };
  const of = (kind: FindingKind) => noted[kind] && finding(...noted[kind]);
  return {
    get fault() {
      return of('fault');
    },
    get misfit() {
      return of('misfit');
    },
    get end() {
      return of('end');
    },
    get doubt() {
      return of('doubt');
    },
    note(kind, reason, offset) {
      noted[kind] ??= offset === undefined ? [reason] : [reason, offset];
    },
    state() {
      const { doubt, ...others } = noted;
      // A doubt beside one of these is never told.
      const isDecided = noted.fault !== undefined || noted.misfit !== undefined;
      return { ...others, ...(doubt && !isDecided && { doubt }) };
    },
  };
}
