import { finding, type Finding, type Reason } from './verdict';

/** What a scan has found wrong so far: of each kind the first. */
export interface Findings {
  /** Where the walk ended: proven wrong, or not known. */
  readonly fault: Finding | undefined;
  /** The content is not what it should be, of a file that is sound in itself. */
  readonly misfit: Finding | undefined;
  /** Could not be looked into. */
  readonly doubt: Finding | undefined;
  note(kind: FindingKind, reason: Reason, offset?: number): void;
  state(): Partial<Record<FindingKind, Finding>>;
}

/** See {@link Findings}. */
export type FindingKind = 'fault' | 'misfit' | 'doubt';

/** Nothing found yet, or what another scan had found. */
export function openFindings(before: Partial<Record<FindingKind, Finding>> = {}): Findings {
  const found: Partial<Record<FindingKind, Finding>> = { ...before };
  return {
    get fault() {
      return found.fault;
    },
    get misfit() {
      return found.misfit;
    },
    get doubt() {
      return found.doubt;
    },
    note(kind, reason, offset) {
      found[kind] ??= finding(reason, offset);
    },
    state: () => ({ ...found }),
  };
}
