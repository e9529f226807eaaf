import { activityType, type SnapshotActivities } from '../contract/activities';
import {
  READS_CONTENT,
  type BriefObject,
  type ObjectFacts,
  type PlannedObject,
  type SeenExport,
  type VerifyLevel,
} from '../contract/export';
import { finalFailure } from '../contract/failures';
import type {
  CopyPlan,
  CopyResult,
  Discarded,
  ExportPlan,
  JobPhase,
  JobPlan,
  OwnershipTag,
  SnapshotRecord,
  StartedCopy,
  TagPair,
} from '../contract/job';
import { show } from '../contract/request-problem';
import {
  hasFields,
  isCount,
  isEither,
  isFlag,
  isListOf,
  isName,
  isOneOf,
  isOptional,
  isText,
  type Guard,
} from '../contract/shape';

/*
 * An operator can complete any activity by hand, with any value (`temporal activity complete --result`). A workflow that
 * reads a field of null fails its task for ever. So each result is checked before it is read.
 */

const HINT =
  'Let a worker run the activity: reset the workflow to the event before it, or run the job again, which goes on from what is there.';

const planFields = {
  source: isText,
  target: isText,
  tags: isListOf(hasFields<TagPair>({ Key: isText, Value: isText })),
  ownership: hasFields<OwnershipTag>({ key: isText, jobHash: isText, requestHash: isText }),
  targetExisted: isFlag,
  patience: hasFields<JobPlan['patience']>({ startMs: isCount, copyMs: isCount }),
  onCancel: isOneOf('keep', 'delete'),
};

const isCopyPlan = hasFields<CopyPlan>({ ...planFields, kind: isOneOf('copy') });

const isExportPlan = hasFields<ExportPlan>({
  ...planFields,
  kind: isOneOf('export'),
  bucket: isText,
  bucketOwner: isText,
  manifestKey: isText,
  sourceArn: isText,
  level: isOneOf(...(Object.keys(READS_CONTENT) as VerifyLevel[])),
  shards: isListOf(hasFields<PlannedObject>({ shard: isText, slots: isOptional(isText) })),
});

const isBriefObject = hasFields<BriefObject>({
  shard: isText,
  size: isCount,
  etag: isText,
  key: isOptional(isText),
});

/** Reads the results of the activities; each throws a final `InvalidResult` where an operator passed anything else. */
export const parsePlan: Parser<JobPlan> = parser('inspectSource', 'inspecting', isEither(isCopyPlan, isExportPlan));

export const parseStarted: Parser<StartedCopy> = parser(
  'startCopy',
  'starting',
  hasFields<StartedCopy>({ adopted: isFlag, arn: isOptional(isText) })
);

export const parseCopy: Parser<CopyResult> = parser(
  'awaitCopy',
  'copying',
  hasFields<CopyResult>({
    kind: isOneOf('copy'),
    adopted: isFlag,
    snapshot: hasFields<SnapshotRecord>({ Name: isText, ARN: isText, Status: isText }),
  })
);

export const parseSeenExport: Parser<SeenExport> = parser(
  'awaitCopy',
  'copying',
  isEither(
    hasFields<Extract<SeenExport, { kind: 'export seen' }>>({
      kind: isOneOf('export seen'),
      objects: isListOf(isBriefObject),
    }),
    hasFields<Extract<SeenExport, { kind: 'again' }>>({ kind: isOneOf('again') })
  )
);

export const parseFacts: Parser<ObjectFacts> = parser(
  'verifyObject',
  'verifying',
  hasFields<ObjectFacts>({ verdict: isOneOf('verified', 'unproven', 'unsupported', 'corrupt') })
);

export const parseDiscarded: Parser<Discarded> = parser(
  'discardCopy',
  'cancelling',
  hasFields<Discarded>({ outcome: isOneOf('nothing was started', 'kept', 'deleted', 'delete marker'), detail: isText })
);

export const parseLatest: Parser<string> = parser('findLatest', 'inspecting', isName);

type Parser<T> = (result: unknown) => T;

function parser<T>(activity: keyof SnapshotActivities, phase: JobPhase, is: Guard<T>): Parser<T> {
  return (result) => {
    if (is(result)) return result;
    throw finalFailure(
      'InvalidResult',
      `${activityType(activity)} was completed by hand with ${show(result)}, which is not its result`,
      { phase, hint: HINT }
    );
  };
}
