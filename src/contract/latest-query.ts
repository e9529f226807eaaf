import type { LatestSnapshotQuery } from './job';
import { isObject, oneOf, problem, textProblems, unknownFields, type RequestProblem } from './request-problem';
import { durationMs, refuse } from './request';

const FIELDS: readonly string[] = ['cluster', 'kind', 'maxAge'] satisfies (keyof LatestSnapshotQuery)[];

/** Throws a final `InvalidRequest` that names every problem of a query, taken as it arrived. */
export function refuseQueryProblems(query: unknown): asserts query is LatestSnapshotQuery {
  refuse(queryProblems(query));
}

function queryProblems(query: unknown): RequestProblem[] {
  if (!isObject(query)) return [problem('query', query, 'is not an object', 'pass the name of a cluster')];
  const { cluster, kind, maxAge } = query;
  return [
    ...unknownFields(query, FIELDS, ''),
    ...textProblems('cluster', cluster, 255, 'the name of a cluster'),
    ...oneOf('kind', kind, ['automatic', 'manual', 'any']),
    ...(maxAge == null || durationMs(maxAge) !== undefined
      ? []
      : [problem('maxAge', maxAge, 'is not a duration', "pass milliseconds or a string like '26h', up to a year")]),
  ];
}
