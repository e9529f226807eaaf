import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { RegisteredActivities } from '../contract/activities';
import {
  READS_CONTENT,
  type JudgedObject,
  type EtagsByShard,
  type ObjectCheck,
  type ObjectFacts,
  type SeenExport,
} from '../contract/export';
import type {
  CopyResult,
  CopySnapshotInput,
  Discarded,
  ExportPlan,
  JobPlan,
  LatestSnapshotQuery,
  StartedCopy,
} from '../contract/job';
import { labelsOf, MAX_SUMMARY, summaryOf } from '../contract/job-labels';
import { DEFAULT_PATIENCE_MS, patienceMs, refuse, requestOf } from '../contract/request';
import { nestingProblems, show } from '../contract/request-problem';
import { safeText } from '../contract/text';
import {
  parseCopy,
  parseDiscarded,
  parseFacts,
  parseLatest,
  parsePlan,
  parseSeenExport,
  parseStarted,
} from './activity-results';
import { withPatience, type PhasePatience } from './patience';

/**
 * What all activities share. An attempt is one look at AWS; the waits between attempts are the server's and cost no
 * history. The hint of a failure decides how long they are: the intervals here are for crashes and time-outs, which
 * carry none.
 */
const ATTEMPTS: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '15 seconds', backoffCoefficient: 1, maximumInterval: '2 hours' },
};

/** For each object, and for the set of them. */
const PATIENCE_TO_VERIFY_MS = DEFAULT_PATIENCE_MS.copy;

export async function inspectSource(input: CopySnapshotInput): Promise<JobPlan> {
  refuse(nestingProblems('input', input));
  const patience = { phase: 'inspecting', limit: 'patience.start', ms: patienceMs(input, 'start') } as const;
  const summary = `look at source and target: ${summaryOf(labelsOf(requestOf(input)))}`;
  return parsePlan(await attempt(patience, summary, (of) => of.memorydbInspectSource(input)));
}

/** A cancel waits for an attempt in flight: what it started must be known. */
export async function startCopy(plan: JobPlan): Promise<StartedCopy> {
  const patience = { phase: 'starting', limit: 'patience.start', ms: plan.patience.startMs, job: plan } as const;
  const options = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED };
  return parseStarted(await attempt(patience, summaryOf(plan), (of) => of.memorydbStartCopy(plan), options));
}

/** The phase in which MemoryDB does its work. */
export function waitingPhase({ kind }: JobPlan): 'copying' | 'exporting' {
  return kind === 'copy' ? 'copying' : 'exporting';
}

export async function awaitCopy(plan: JobPlan, started: StartedCopy, round: number): Promise<CopyResult | SeenExport> {
  const patience: PhasePatience = {
    phase: waitingPhase(plan),
    limit: 'patience.copy',
    ms: plan.patience.copyMs,
    job: plan,
  };
  const until =
    plan.kind === 'copy'
      ? `until ${plan.target} is available`
      : `until ${plan.shards.length} objects of ${plan.target} are in ${plan.bucket}`;
  const result = await attempt(patience, until, (of) => of.memorydbAwaitCopy(plan, started, round));
  return plan.kind === 'copy' ? parseCopy(result) : parseSeenExport(result);
}

/** Where every byte is read, an attempt lasts as long as that takes; its heartbeats show that it goes on. */
export async function verifyObject(plan: ExportPlan, shard: string, check: ObjectCheck): Promise<ObjectFacts> {
  const options = { ...(READS_CONTENT[check.level] && { startToCloseTimeout: PATIENCE_TO_VERIFY_MS }) };
  const summary = `verify shard ${shard} at level ${check.level}`;
  return parseFacts(await attempt(verifying(plan), summary, (of) => of.memorydbVerifyObject(check), options));
}

/** Its result is not read. */
export async function concludeExport(plan: ExportPlan, objects: readonly JudgedObject[]): Promise<void> {
  const summary = `judge ${objects.length} objects and write ${plan.manifestKey}`;
  await attempt(verifying(plan), summary, (of) => of.memorydbConcludeExport(plan, objects));
}

export async function discardCopy(
  plan: JobPlan,
  started: StartedCopy | undefined,
  etags: EtagsByShard | undefined
): Promise<Discarded> {
  const patience = { phase: 'cancelling', limit: 'patience.copy', ms: plan.patience.copyMs, job: plan } as const;
  const summary = `after the cancel: ${plan.onCancel} ${plan.target}`;
  return parseDiscarded(
    await attempt(patience, summary, (of) => of.memorydbDiscardCopy(plan, started ?? null, etags ?? null))
  );
}

/** @param query not checked yet */
export async function findLatest(query: LatestSnapshotQuery, taskQueue: string | undefined): Promise<string> {
  refuse(nestingProblems('query', query));
  const patience = { phase: 'inspecting', limit: 'patience.start', ms: DEFAULT_PATIENCE_MS.start } as const;
  const options = { ...(taskQueue !== undefined && { taskQueue }) };
  const summary = `newest snapshot of ${show(query.cluster)}`;
  return parseLatest(await attempt(patience, summary, (of) => of.memorydbFindLatest(query), options));
}

function verifying(job: ExportPlan): PhasePatience {
  return { phase: 'verifying', limit: 'verification', ms: PATIENCE_TO_VERIFY_MS, job };
}

/** Runs an activity, one attempt after the other, for as long as the patience allows. */
function attempt<T>(
  patience: PhasePatience,
  summary: string,
  call: (activities: RegisteredActivities) => Promise<T>,
  options: ActivityOptions = {}
): Promise<T> {
  const activities = proxyActivities<RegisteredActivities>({
    ...ATTEMPTS,
    ...options,
    scheduleToCloseTimeout: patience.ms,
    summary: safeText(summary, MAX_SUMMARY),
  });
  return withPatience(patience, () => call(activities));
}
