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
import { labelsOf } from '../contract/job-labels';
import { requestOf } from '../contract/request';
import { codeSpan } from '../contract/text';

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

/** Absent where nothing is waited for any more. */
const WAITING_FOR: Readonly<Partial<Record<JobPhase, string>>> = {
  inspecting: 'a look at the source and the target',
  starting: 'MemoryDB to accept the request',
  copying: 'the copy to become available',
  exporting: 'the objects to be there',
  verifying: 'the objects to be verified',
  cancelling: 'what is left behind to be settled',
};

/** Answers the `progress` query and keeps the workflow's current details, from the first moment on. */
export function trackJob(input: CopySnapshotInput): TrackedJob {
  const labels = labelsOf(requestOf(input));
  let phase: JobPhase = 'inspecting';
  let since = now();
  let plan: JobPlan | undefined;
  let started: StartedCopy | undefined;
  let shardsVerified: ShardsVerified | undefined;
  let etags: EtagsByShard | undefined;
  let cancelled: Discarded | undefined;

  const progress = (): JobProgress => {
    const waitingFor = WAITING_FOR[phase];
    return {
      phase,
      since,
      ...labels,
      ...(waitingFor !== undefined && { waitingFor }),
      ...(started && { adopted: started.adopted }),
      ...(shardsVerified && { shardsVerified }),
      ...(cancelled && { cancelled }),
    };
  };
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
  const { phase, since, kind, source, target, bucket, waitingFor, adopted, shardsVerified, cancelled } = progress;
  const place = bucket === undefined ? target : `s3://${bucket}/${target}`;
  return [
    `**${phase}** since ${since}`,
    `${kind} ${codeSpan(source)} to ${codeSpan(place)}${adopted === true ? ' (adopted)' : ''}`,
    ...(shardsVerified ? [`objects verified: ${shardsVerified.count} of ${shardsVerified.of}`] : []),
    ...(waitingFor === undefined ? [] : [`waiting for ${waitingFor}`]),
    ...(cancelled ? [`${cancelled.outcome}: ${codeSpan(cancelled.detail)}`] : []),
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function now(): string {
  return new Date().toISOString();
}
