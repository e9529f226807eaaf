import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { EtagsByShard } from '../contract/export';
import type {
  CopySnapshotInput,
  Discarded,
  JobPhase,
  JobPlan,
  JobProgress,
  ShardsVerified,
  StartedCopy,
} from '../contract/job';
import { requestOf } from '../contract/request';
import { codeSpan, safeText } from '../contract/text';

/** Where a job stands. Poll counts and last answers are in its pending activity. */
export const progressQuery = defineQuery<JobProgress>('progress');

/** A running job, as far as a query, the Web UI and a cancel must know it. */
export interface TrackedJob {
  readonly input: CopySnapshotInput;
  readonly phase: JobPhase;
  readonly plan: JobPlan | undefined;
  readonly started: StartedCopy | undefined;
  /** Of an export whose objects are all there. */
  readonly etags: EtagsByShard | undefined;
  /** Does the work of a phase. */
  during<T>(phase: JobPhase, work: () => Promise<T>): Promise<T>;
  planned(plan: JobPlan): JobPlan;
  accepted(started: StartedCopy): StartedCopy;
  seen(objects: readonly { readonly shard: string; readonly etag: string }[]): void;
  /** So many objects of an export were looked at. */
  verified(count: number, of: number): void;
  /** The last phase. */
  close(phase: 'completed' | 'failed'): void;
  close(phase: 'cancelled', cancelled: Discarded): void;
}

const WAITING_FOR: Readonly<Record<JobPhase, string>> = {
  inspecting: 'a look at the source and the target',
  starting: 'MemoryDB to accept the copy',
  copying: 'the copy to become available',
  verifying: 'the objects to be looked at',
  cancelling: 'what is left behind to be settled',
  completed: 'nothing: it is done',
  failed: 'nothing: the job failed',
  cancelled: 'nothing: the job was cancelled',
};

/** Answers the `progress` query and keeps the workflow's current details, from the first moment on. */
export function trackJob(input: CopySnapshotInput): TrackedJob {
  const names = namesOf(input);
  let phase: JobPhase = 'inspecting';
  let since = now();
  let plan: JobPlan | undefined;
  let started: StartedCopy | undefined;
  let shardsVerified: ShardsVerified | undefined;
  let etags: EtagsByShard | undefined;
  let cancelled: Discarded | undefined;

  const progress = (): JobProgress => ({
    phase,
    since,
    ...names,
    waitingFor: plan?.kind === 'export' && phase === 'copying' ? 'the objects to be there' : WAITING_FOR[phase],
    ...(started && { adopted: started.adopted }),
    ...(shardsVerified && { shardsVerified }),
    ...(cancelled && { cancelled }),
  });
  const show = () => setCurrentDetails(toMarkdown(progress()));
  const enter = (next: JobPhase) => {
    phase = next;
    since = now();
    show();
  };
  setHandler(progressQuery, progress);
  return {
    input,
    get phase() {
      return phase;
    },
    get plan() {
      return plan;
    },
    get started() {
      return started;
    },
    get etags() {
      return etags;
    },
    during(next, work) {
      enter(next);
      return work();
    },
    planned: (made) => (plan = made),
    accepted: (accepted) => (started = accepted),
    seen(objects) {
      etags = Object.fromEntries(objects.map(({ shard, etag }) => [shard, etag]));
    },
    verified(count, of) {
      shardsVerified = { count, of };
      show();
    },
    close(last: JobPhase, settled?: Discarded) {
      cancelled = settled;
      enter(last);
    },
  };
}

function toMarkdown(progress: JobProgress): string {
  const { phase, since, source, target, waitingFor, adopted, shardsVerified, cancelled } = progress;
  return [
    `**${phase}** since ${since}`,
    `copy ${codeSpan(source)} to ${codeSpan(target)}${adopted === true ? ' (adopted)' : ''}`,
    ...(shardsVerified ? [`shards verified: ${shardsVerified.count} of ${shardsVerified.of}`] : []),
    cancelled ? `${cancelled.outcome}: ${codeSpan(cancelled.detail)}` : `waiting for ${waitingFor}`,
  ].join('\n\n');
}

/** The input is not checked yet: that is an activity's work. */
function namesOf(input: unknown): { source: string; target: string } {
  const { SourceSnapshotName: source, TargetSnapshotName: target } = requestOf(input);
  return { source: nameOf(source), target: nameOf(target) };
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? safeText(value) : '';
}

function now(): string {
  return new Date().toISOString();
}
