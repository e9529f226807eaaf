import { msToNumber } from '@temporalio/common/lib/time';
import { bucketProblems, verificationProblems } from './export-request';
import { finalFailure } from './failures';
import type { CopySnapshotInput, CopySnapshotRequest, Patience } from './job';
import {
  describeProblems,
  isObject,
  oneOf,
  problem,
  textProblems,
  unknownFields,
  type Fields,
  type RequestProblem,
} from './request-problem';
import { nameProblems, samePlaceProblems } from './request-names';
import { tagProblems } from './request-tags';

/** Used where the input leaves `patience` out. Milliseconds. */
export const DEFAULT_PATIENCE_MS: Readonly<Record<keyof Patience, number>> = {
  start: 26 * 60 * 60 * 1_000,
  copy: 24 * 60 * 60 * 1_000,
};

const MAX_PATIENCE_MS = 366 * 24 * 60 * 60 * 1_000;
const INPUT_FIELDS: readonly string[] = [
  'request',
  'verify',
  'requireVerified',
  'onCancel',
  'patience',
] satisfies (keyof CopySnapshotInput)[];
const REQUEST_FIELDS: readonly string[] = [
  'SourceSnapshotName',
  'TargetSnapshotName',
  'TargetBucket',
  'KmsKeyId',
  'Tags',
] satisfies (keyof CopySnapshotRequest)[];
const PATIENCE_FIELDS: readonly string[] = ['start', 'copy'] satisfies (keyof Patience)[];

/**
 * Everything that is wrong with an input, in the order of its fields; an empty list means that it can be sent. The
 * input is taken as it arrived, from any language and any version: nothing about its shape is believed.
 */
export function findProblems(input: unknown): RequestProblem[] {
  if (!isObject(input)) return [problem('input', input, 'is not an object', 'pass { request: { … } }')];
  const { request } = input;
  return [
    ...unknownFields(input, INPUT_FIELDS, ''),
    ...(isObject(request)
      ? requestProblems(request)
      : [problem('request', request, 'is not an object', 'pass the fields of CopySnapshot')]),
    ...verificationProblems(input),
    ...oneOf('onCancel', input['onCancel'], ['keep', 'delete']),
    ...patienceProblems(input['patience']),
  ];
}

/** The fields of a request in an input that is not checked yet: they may hold anything. */
export function requestOf(input: unknown): Fields {
  return isObject(input) && isObject(input['request']) ? input['request'] : {};
}

/** Throws a final `InvalidRequest` that names every problem, before anything is sent. */
export function refuseProblems(input: unknown): asserts input is CopySnapshotInput {
  refuse(findProblems(input));
}

/** Throws a final `InvalidRequest` where there are problems. */
export function refuse(problems: readonly RequestProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw finalFailure('InvalidRequest', describeProblems(problems), { phase: 'inspecting', hint: first.fix });
}

/** A patience in milliseconds: what the input says, or the default where it says nothing or nonsense (`findProblems` refuses that). */
export function patienceMs(input: unknown, phase: keyof Patience): number {
  const patience = isObject(input) ? input['patience'] : undefined;
  return durationMs(isObject(patience) ? patience[phase] : undefined) ?? DEFAULT_PATIENCE_MS[phase];
}

/** A duration in milliseconds, or undefined when it is absent or none. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration !== 'string' && typeof duration !== 'number') return undefined;
  try {
    const ms = msToNumber(duration as Parameters<typeof msToNumber>[0]);
    return Number.isFinite(ms) && ms > 0 && ms <= MAX_PATIENCE_MS ? ms : undefined;
  } catch {
    return undefined;
  }
}

function requestProblems(request: Fields): RequestProblem[] {
  const { SourceSnapshotName: source, TargetSnapshotName: target, TargetBucket: bucket, KmsKeyId: key } = request;
  return [
    ...unknownFields(request, REQUEST_FIELDS, 'request.'),
    ...nameProblems('SourceSnapshotName', source, 'source'),
    ...nameProblems('TargetSnapshotName', target, bucket == null ? 'copy' : 'export'),
    ...(bucket == null ? samePlaceProblems(source, target) : bucketProblems(bucket, key)),
    ...(key == null ? [] : textProblems('KmsKeyId', key, 2_048, 'the ARN or id of a KMS key')),
    ...tagProblems(request['Tags']),
  ];
}

function patienceProblems(patience: unknown): RequestProblem[] {
  if (patience === undefined || patience === null) return [];
  if (!isObject(patience))
    return [problem('patience', patience, 'is not an object', "pass { start: '26h', copy: '24h' }")];
  return [
    ...unknownFields(patience, PATIENCE_FIELDS, 'patience.'),
    ...PATIENCE_FIELDS.filter((field) => patience[field] != null && durationMs(patience[field]) === undefined).map(
      (field) =>
        problem(
          `patience.${field}`,
          patience[field],
          'is not a duration',
          "pass milliseconds or a string like '26h', up to a year"
        )
    ),
  ];
}
