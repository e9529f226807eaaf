import * as sdk from '@aws-sdk/client-memorydb';
import { validateSchema } from '@smithy/typecheck';
import { Refusal, invalidValue } from './refusal';

/** What each simulated operation takes and gives, in the SDK's types. */
interface OperationShapes {
  CopySnapshot: { input: sdk.CopySnapshotRequest; output: sdk.CopySnapshotResponse };
  CreateSnapshot: { input: sdk.CreateSnapshotRequest; output: sdk.CreateSnapshotResponse };
  DeleteSnapshot: { input: sdk.DeleteSnapshotRequest; output: sdk.DeleteSnapshotResponse };
  DescribeClusters: { input: sdk.DescribeClustersRequest; output: sdk.DescribeClustersResponse };
  DescribeSnapshots: { input: sdk.DescribeSnapshotsRequest; output: sdk.DescribeSnapshotsResponse };
  ListTags: { input: sdk.ListTagsRequest; output: sdk.ListTagsResponse };
  TagResource: { input: sdk.TagResourceRequest; output: sdk.TagResourceResponse };
  UntagResource: { input: sdk.UntagResourceRequest; output: sdk.UntagResourceResponse };
}

/** The operations that the simulator knows. */
export type OperationName = keyof OperationShapes;
/** What an operation takes. */
export type InputOf<O extends OperationName> = OperationShapes[O]['input'];
/** What an operation gives. */
export type OutputOf<O extends OperationName> = OperationShapes[O]['output'];

const schemas: { readonly [O in OperationName]: typeof sdk.CopySnapshot$ } = {
  CopySnapshot: sdk.CopySnapshot$,
  CreateSnapshot: sdk.CreateSnapshot$,
  DeleteSnapshot: sdk.DeleteSnapshot$,
  DescribeClusters: sdk.DescribeClusters$,
  DescribeSnapshots: sdk.DescribeSnapshots$,
  ListTags: sdk.ListTags$,
  TagResource: sdk.TagResource$,
  UntagResource: sdk.UntagResource$,
};

/** Status codes of errors that every AWS service gives and no model lists (MemoryDB's page of common errors). */
const commonErrors = new Map([
  ['ExpiredTokenException', 403],
  ['InternalFailure', 500],
  ['InvalidClientTokenId', 403],
  ['InvalidSignatureException', 403],
  ['MissingAuthenticationTokenException', 403],
  ['OptInRequired', 403],
  ['ServiceUnavailable', 503],
  ['ServiceUnavailableException', 503],
  ['UnrecognizedClientException', 403],
]);

/** The operations that the simulator knows, by name. */
export const operationNames: readonly OperationName[] = Object.keys(schemas).filter(isOperationName);

/** Whether the simulator knows an operation of this name. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(schemas, name);
}

/** The HTTP status that an error of this name is sent with: the model's, a common error's, or 400. */
export function getErrorStatus(name: string): number {
  const exported: Readonly<Record<string, unknown>> = sdk;
  const schema = exported[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== -3) return commonErrors.get(name) ?? 400;
  const traits: unknown = schema[3];
  const status = isRecord(traits) ? traits['httpError'] : undefined;
  if (typeof status !== 'number') throw new Error(`the SDK's schema of ${name} says no HTTP status`);
  return status;
}

/**
 * Reads a request body. `null` members count as absent; members that the model does not know are refused when
 * `strict`, and dropped otherwise, as the service does. Throws the Refusal that the service would answer.
 */
export function readInput<O extends OperationName>(operation: O, body: string, strict: boolean): InputOf<O> {
  const input = dropNulls(parseJson(body));
  const problems = findProblems(operation, 4, input).filter((problem) => strict || !isUnknownMember(problem));
  if (fits(operation, input, problems)) return input;
  const missing = problems.map((problem) => /(\w+): is required\.$/.exec(problem)?.[1]).find(Boolean);
  if (missing !== undefined) throw invalidValue(`The parameter ${missing} must be provided.`);
  throw new Refusal(
    problems.every(isUnknownMember) ? 'ValidationException' : 'SerializationException',
    problems.join(' ')
  );
}

/** Writes a response body; throws an Error when the answer does not fit the model, which is a bug of the simulator. */
export function writeOutput<O extends OperationName>(operation: O, output: OutputOf<O>): string {
  const problems = findProblems(operation, 5, output);
  if (problems.length > 0) throw new Error(`an answer that ${operation} cannot give: ${problems.join(' ')}`);
  return JSON.stringify(toWire(output));
}

function findProblems(operation: OperationName, part: 4 | 5, value: unknown): string[] {
  const name = `${operation}${part === 4 ? 'Request' : 'Response'}`;
  if (!isRecord(value)) return [`${name}: expected an object.`];
  return validateSchema(schemas[operation][part], value, name);
}

function fits<O extends OperationName>(
  _operation: O,
  input: unknown,
  problems: readonly string[]
): input is InputOf<O> {
  return isRecord(input) && problems.length === 0;
}

function isUnknownMember(problem: string): boolean {
  return problem.includes(': unmatched keys: ');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new Refusal('SerializationException', 'The request body is not JSON.');
  }
}

/** awsJson1_1: `null` in a structure means absent; in a list it stays, for the schema to refuse. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isRecord(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, dropNulls(member)]));
}

/** awsJson1_1: times are seconds since 1970, with a fraction. */
function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWire);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
